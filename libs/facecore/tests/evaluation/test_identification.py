"""Open-set identification and calibration, on faces with known results."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from facecore.errors import DatasetError
from facecore.evaluation.calibration import Calibration, GallerySize, calibrate
from facecore.evaluation.dataset import Picture
from facecore.evaluation.faces import FoundFace
from facecore.evaluation.identification import identify, measure
from facecore.evaluation.probes import candidates
from facecore.models import Thresholds

from .hand_made import DIMENSION, face

LIMITS = Thresholds(match=0.7, uncertain=0.4, margin=0.1)


def _people(*similar: float, count: int = 10, refused: int = 0) -> dict[Picture, FoundFace | None]:
    """Return people on their own axes, each with a photo there and probes of these similarities."""
    faces: dict[Picture, FoundFace | None] = {}
    for who in range(count):
        for number, similarity in enumerate((1.0, *similar)):
            # The other part of each probe lies on an axis that no person has.
            found = face(similarity, who, side=DIMENSION - 2, accepted=who >= refused or not number)
            faces[_picture(f"p{who:02}", number)] = found
    return faces


def _picture(label: str, number: int) -> Picture:
    return Picture(label, Path(label, f"{label}_{number}.jpg"))


def _unknown_people(*similar: float) -> dict[Picture, FoundFace | None]:
    """People with one picture each, as similar to the person of axis 0 as given."""
    return {
        _picture(f"s{number:04}", 0): face(similarity, 0, side=DIMENSION - 1)
        for number, similarity in enumerate(similar)
    }


def test_probes_are_counted_by_decision() -> None:
    """For any drawn photo, its person's other photo is at 0.9, and nobody else's is near."""
    faces = {**_people(0.9, count=4), **_unknown_people(0.8, 0.5, 0.1)}
    result = measure(LIMITS, faces, people=4, photos=1, seed=1)
    draws = result.draws
    assert (result.known.probes, result.known.named_right) == (4 * draws, 4 * draws)
    assert result.false_negative_rate == 0
    assert result.unknown_people.probes == 3 * draws
    assert result.unknown_people.uncertain > 0
    assert result.unknown_people.unknown > 0


def test_an_unknown_person_who_is_named_is_counted_and_listed() -> None:
    """Both photos of person 0 are equal, so an unknown person 0.8 away is named in every draw."""
    faces: dict[Picture, FoundFace | None] = {
        **_people(1.0, count=3),
        **_unknown_people(0.8, 0.5, 0.1, 0.0),
    }
    result = measure(LIMITS, faces, people=3, photos=1, seed=1)
    assert result.false_positive_rate == 0.25
    assert result.wrong_names == (("s0000/s0000_0", "p00", 0.8),)
    assert result.unknown_people.uncertain == result.draws
    assert result.unknown_people.unknown == 2 * result.draws


def test_a_refused_probe_is_a_miss_and_no_wrong_name() -> None:
    faces: dict[Picture, FoundFace | None] = {
        **_people(1.0, count=4, refused=1),
        **_unknown_people(0.0),
    }
    result = measure(LIMITS, faces, people=4, photos=1, seed=1)
    assert result.known.refused == result.draws
    assert result.known.named_right == 3 * result.draws
    assert (result.false_negative_rate, result.missed_of_accepted) == (0.25, 0)


def test_the_curve_gives_both_rates_at_each_threshold() -> None:
    faces: dict[Picture, FoundFace | None] = {
        **_people(1.0, count=3),
        **_unknown_people(0.8, 0.5, 0.1, 0.0),
    }
    result = measure(LIMITS, faces, people=3, photos=1, seed=1)
    by_threshold = {round(t, 2): (named, missed) for t, named, missed in result.curve}
    rates = [by_threshold[threshold] for threshold in (0.9, 0.75, 0.45)]
    assert rates == [(0, 0), (0.25, 0), (0.5, 0)]


def test_only_people_with_a_picture_to_spare_are_enrolled() -> None:
    faces: dict[Picture, FoundFace | None] = {**_people(1.0, 1.0, count=2), **_unknown_people(0.0)}
    assert {label: len(found) for label, found in candidates(faces, 2).items()} == {
        "p00": 3,
        "p01": 3,
    }
    assert len(candidates(faces, 3)) == 0
    assert [(one.people, one.photos) for one in identify(LIMITS, faces, seed=1)] == [(2, 1)]


def test_thresholds_let_so_many_unknown_people_pass_and_no_more() -> None:
    """Of 1,000 unknown people one is at 0.8, the next at 0.6: one in a thousand may be named."""
    unknown_people = _unknown_people(0.8, 0.6, *np.zeros(998))
    faces: dict[Picture, FoundFace | None] = {**_people(1.0, count=4), **unknown_people}
    found = _calibrated(faces, GallerySize(4, 1), false_positives=0.001)
    (rates,) = found.rates
    assert found.thresholds.match == pytest.approx(0.61)
    assert rates.false_positive_rate == pytest.approx(0.001)
    assert (rates.false_negative_rate, rates.known_unknown_rate) == (0, 0)


def test_thresholds_hold_in_every_gallery() -> None:
    """Only the gallery of all four always holds person 0, whom an unknown person resembles."""
    unknown_people = _unknown_people(0.8, *np.zeros(199))
    faces: dict[Picture, FoundFace | None] = {**_people(1.0, count=4), **unknown_people}
    small, whole = GallerySize(2, 1), GallerySize(4, 1)
    alone = _calibrated(faces, small, false_positives=0.004)
    both = _calibrated(faces, small, whole, false_positives=0.004)
    assert alone.thresholds.match < both.thresholds.match == pytest.approx(0.81)
    assert [one.gallery for one in both.rates] == [small, whole]
    assert all(one.false_positive_rate <= 0.004 for one in both.rates)


def test_the_margin_keeps_a_known_person_from_anothers_name() -> None:
    """A probe of person 1 lies 0.8 from person 0 and 0.6 from them: it must not be named."""
    faces: dict[Picture, FoundFace | None] = {
        **_people(1.0, count=2),
        **_unknown_people(*np.zeros(100)),
    }
    faces[_picture("p01", 2)] = face(0.8, 0, side=1, enrolled=False)
    found = _calibrated(faces, GallerySize(2, 1), false_positives=0.01)
    (rates,) = found.rates
    assert rates.named_wrong == 0
    assert found.thresholds.margin > 0.19
    assert rates.false_negative_rate == pytest.approx(1 / 3)


def test_too_few_people_for_a_rate_are_refused() -> None:
    faces: dict[Picture, FoundFace | None] = {**_people(1.0, count=4), **_unknown_people(0.0)}
    with pytest.raises(DatasetError, match="too few to measure a share of"):
        _calibrated(faces, GallerySize(4, 1), false_positives=0.00001)
    with pytest.raises(DatasetError, match="4 people can be enrolled from 1 pictures"):
        _calibrated(faces, GallerySize(5, 1), false_positives=0.1)
    twice: dict[Picture, FoundFace | None] = {
        **_people(1.0, count=2),
        **_unknown_people(*np.ones(100)),
    }
    with pytest.raises(DatasetError, match="one person has two labels"):
        _calibrated(twice, GallerySize(2, 1), false_positives=0.01)
    poor: dict[Picture, FoundFace | None] = {
        **_people(1.0, count=2),
        **_unknown_people(*np.zeros(100)),
    }
    for who in ("p00", "p01"):
        poor[_picture(who, 1)] = face(1.0, accepted=False, enrolled=False)
    with pytest.raises(DatasetError, match="the quality gate refuses all remaining"):
        _calibrated(poor, GallerySize(2, 1), false_positives=0.01)


def _calibrated(
    faces: dict[Picture, FoundFace | None], *galleries: GallerySize, false_positives: float
) -> Calibration:
    return calibrate(
        "hand-made", faces, galleries, false_positives=false_positives, unknown=0.02, seed=1
    )
