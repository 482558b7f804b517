"""Test that groups depend on the crops, not on their order, and a newer crop moves no other."""

from __future__ import annotations

import random
from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from facecore.contract import Decision
from facecore.vision.gallery import Embedding
from recognizer.domain.ports import KeptCrop
from recognizer.use_cases.unknown_people.grouping import Group, cosine, grouped, highest_cosines
from services.recognizer.tests.stores.conftest import crop

ALIKE = 0.5


def around(axis: int, number: int) -> NDArray[np.float32]:
    """Return a unit vector near an axis; two of one axis are similar, of two axes they are not."""
    noise = np.random.default_rng(number).normal(size=32) * 0.08
    vector = np.eye(32)[axis] + noise
    unit: NDArray[np.float32] = (vector / np.linalg.norm(vector)).astype(np.float32)
    return unit


def some(*people: int) -> list[KeptCrop]:
    """Return crops a minute apart."""
    return [
        replace(crop(number, minutes=number), embedding=Embedding("m1", around(person, number)))
        for number, person in enumerate(people)
    ]


def numbers(groups: list[Group]) -> list[list[int]]:
    return [[int(one.id, 16) for one in group.crops] for group in groups]


def test_no_crops_are_no_groups() -> None:
    assert grouped([], ALIKE) == []


def test_similar_faces_are_one_group_in_the_order_of_time() -> None:
    crops = some(1, 2, 1, 3, 2, 1)
    groups = grouped(crops, ALIKE)
    assert numbers(groups) == [[0, 2, 5], [1, 4], [3]]
    assert [group.id for group in groups] == [crops[n].id for n in (0, 1, 3)]
    for group in groups:
        assert np.linalg.norm(group.mean.vector) == pytest.approx(1, abs=1e-6)


def test_the_order_they_are_given_in_does_not_matter() -> None:
    crops = some(*[number % 7 for number in range(40)])
    shuffled = random.Random(1).sample(crops, len(crops))
    assert numbers(grouped(shuffled, ALIKE)) == numbers(grouped(crops, ALIKE))


def test_a_newer_crop_moves_no_other() -> None:
    crops = some(*[number % 5 for number in range(30)])
    before = numbers(grouped(crops[:20], ALIKE))
    after = numbers(grouped(crops, ALIKE))
    assert [[n for n in group if n < 20] for group in after] == before


def test_the_best_is_the_largest_that_can_be_enrolled() -> None:
    crops = some(1, 1, 1)
    sizes = [(300.0, False), (100.0, True), (200.0, True)]
    graded = []
    for one, (size, accepted) in zip(crops, sizes, strict=True):
        quality = one.face.quality.model_copy(update={"size_px": size, "accepted": accepted})
        graded.append(replace(one, face=one.face.model_copy(update={"quality": quality})))
    (group,) = grouped(graded, ALIKE)
    assert [int(one.id, 16) for one in group.ranked()] == [2, 1, 0]
    assert group.best.id == crops[2].id


def test_a_group_is_uncertain_when_one_of_its_faces_was() -> None:
    crops = some(1, 1)
    assert grouped(crops, ALIKE)[0].decision is Decision.UNKNOWN
    uncertain = crops[1].face.model_copy(update={"decision": Decision.UNCERTAIN})
    (group,) = grouped([crops[0], replace(crops[1], face=uncertain)], ALIKE)
    assert group.decision is Decision.UNCERTAIN


def test_faces_of_two_models_are_never_compared() -> None:
    vector = around(1, 1)
    assert cosine(Embedding("m1", vector), Embedding("m1", vector)) == pytest.approx(1)
    assert cosine(Embedding("m1", vector), Embedding("m2", vector)) == -1


def test_the_highest_cosine_is_that_of_the_same_models_nearest() -> None:
    ones = [Embedding("m1", around(person, 0)) for person in (1, 2)]
    near, far = Embedding("m1", around(1, 1)), Embedding("m1", around(3, 2))
    foreign = Embedding("m2", around(2, 0))
    expected = [max(cosine(one, near), cosine(one, far)) for one in ones]
    assert highest_cosines(ones, [far, foreign, near]) == pytest.approx(expected, abs=1e-6)
    assert expected[0] > ALIKE > expected[1]
    assert highest_cosines(ones, [foreign]) == [-1, -1]
    assert highest_cosines(ones, []) == [-1, -1]
    assert highest_cosines([], [near]) == []
