"""The gallery agrees with a naive one after any changes and for any frame."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from facecore.contract import Decision
from facecore.models import Thresholds
from facecore.vision.gallery import Embedding, Gallery, Vector

THRESHOLDS = Thresholds(match=0.6, uncertain=0.45, margin=0.1)
ROUNDING = 1e-6
"""A float32 inner product of unit vectors is this exact; its last digits depend on the order."""


@dataclass
class Reference:
    """The naive gallery: a dictionary and a loop."""

    faces: dict[str, tuple[str, Vector]]

    def decide(self, query: Vector) -> tuple[Decision, set[str | None], float | None]:
        """Return the decision, the labels that may be nearest, and the margin."""
        vectors: dict[str, list[Vector]] = {}
        for label, vector in self.faces.values():
            vectors.setdefault(label, []).append(vector)
        people = {label: _similarity(query, of_one) for label, of_one in vectors.items()}
        if not people:
            return Decision.UNKNOWN, {None}, None
        first, *others = sorted(people.values(), reverse=True)
        # Of two that are equal up to rounding, either may be nearest.
        nearest: set[str | None] = {
            name for name, similarity in people.items() if first - similarity < ROUNDING
        }
        margin = first - others[0] if others else None
        if first < THRESHOLDS.uncertain:
            return Decision.UNKNOWN, nearest, margin
        close = margin is not None and margin < THRESHOLDS.margin
        if first < THRESHOLDS.match or close:
            return Decision.UNCERTAIN, nearest, margin
        return Decision.MATCH, nearest, margin


def _similarity(query: Vector, vectors: list[Vector]) -> float:
    """Return the similarity to the nearest of a person's embeddings, or to their mean."""
    mean = np.mean(vectors, axis=0)
    return max(float(query @ one) for one in (*vectors, mean / np.linalg.norm(mean)))


face_ids = st.sampled_from([f"f{n}" for n in range(30)])
labels = st.sampled_from(["ada", "bob", "cyd", "dan"])
seeds = st.integers(0, 2**32 - 1)


class GalleryMachine(RuleBasedStateMachine):
    """Any order of changes leaves the gallery and the reference with the same answers."""

    def __init__(self) -> None:
        super().__init__()
        self.gallery = Gallery("model", 4, THRESHOLDS)
        self.reference = Reference({})

    @rule(faces=st.lists(st.tuples(face_ids, labels, seeds), max_size=25))
    def extend(self, faces: list[tuple[str, str, int]]) -> None:
        entries = [(face_id, label, _random(seed)) for face_id, label, seed in faces]
        self.gallery.extend((i, label, _embedding(v)) for i, label, v in entries)
        self.reference.faces |= {face_id: (label, v) for face_id, label, v in entries}

    @rule(face_id=face_ids)
    def remove(self, face_id: str) -> None:
        self.gallery.remove(face_id)
        self.reference.faces.pop(face_id, None)

    @rule(label=labels)
    def remove_person(self, label: str) -> None:
        self.gallery.remove_person(label)
        kept = self.reference.faces.items()
        self.reference.faces = {i: face for i, face in kept if face[0] != label}

    @rule(seed=seeds)
    def match(self, seed: int) -> None:
        query = _random(seed)
        (match,) = self.gallery.match([_embedding(query)])
        decision, nearest, margin = self.reference.decide(query)
        assert match.decision == decision
        assert match.nearest in nearest
        assert match.margin == pytest.approx(margin, abs=1e-5)

    @invariant()
    def sizes_agree(self) -> None:
        assert self.gallery.size == len(self.reference.faces)
        assert self.gallery.people == len({label for label, _ in self.reference.faces.values()})


TestGalleryMachine = GalleryMachine.TestCase
TestGalleryMachine.settings = settings(stateful_step_count=25)


@given(seeds=st.lists(seeds, max_size=12), known=st.lists(seeds, max_size=6))
def test_nobody_is_named_twice_in_any_frame(seeds: list[int], known: list[int]) -> None:
    gallery = Gallery("model", 4, THRESHOLDS)
    gallery.extend((f"f{n}", f"p{n}", _embedding(_random(s))) for n, s in enumerate(known))
    frame = gallery.match([_embedding(_random(seed)) for seed in seeds])
    named = [match.label for match in frame if match.label is not None]
    assert len(named) == len(set(named))
    assert all((match.decision == Decision.MATCH) == (match.label is not None) for match in frame)


def _embedding(vector: Vector) -> Embedding:
    return Embedding("model", vector)


def _random(seed: int) -> Vector:
    vector = np.random.default_rng(seed).standard_normal(4, np.float32)
    unit: Vector = vector / np.linalg.norm(vector)
    return unit
