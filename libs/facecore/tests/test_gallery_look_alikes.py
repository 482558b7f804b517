"""The gallery's look-alikes."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from facecore.models import Thresholds
from facecore.vision.gallery import Embedding, Gallery, Vector

THRESHOLDS = Thresholds(match=0.6, uncertain=0.45, margin=0.1)
AXES = np.eye(8, dtype=np.float32)


def test_look_alikes_of_a_known_face() -> None:
    gallery = _gallery(ada=[AXES[0], AXES[1]], bob=[_towards(0.5, side=2)], cat=[AXES[5]])
    found = gallery.look_alikes(["ada-0", "ada-1", "bob-0", "cat-0", "nobody-0"])
    assert {face_id: other.label for face_id, other in found.items()} == {
        "ada-0": "bob",
        "bob-0": "ada",
    }
    assert found["ada-0"].similarity == pytest.approx(0.5, abs=1e-6)
    gallery.remove_person("bob")
    assert gallery.look_alikes(["ada-0"]) == {}
    assert gallery.look_alikes([]) == {}
    assert _gallery().look_alikes(["ada-0"]) == {}


def test_nobody_is_their_own_look_alike_and_a_mean_counts_as_in_a_match() -> None:
    gallery = _gallery(ada=[AXES[0], AXES[0], _towards(0.9)], bob=[_towards(0.3, side=2)])
    assert gallery.look_alikes(["ada-0", "ada-1", "ada-2", "bob-0"]) == {}
    mean = (AXES[0] + AXES[1]) / np.sqrt(2, dtype=np.float32)
    gallery = _gallery(ada=[AXES[0], AXES[1]], bob=[mean])
    assert gallery.look_alikes(["bob-0"])["bob-0"].similarity == pytest.approx(1.0, abs=1e-6)


def _gallery(**people: Sequence[Vector]) -> Gallery:
    gallery = Gallery("model", 8, THRESHOLDS)
    for label, vectors in people.items():
        for number, vector in enumerate(vectors):
            gallery.add(f"{label}-{number}", label, Embedding("model", vector))
    return gallery


def _towards(similarity: float, side: int = 1) -> Vector:
    """A unit vector of this similarity to the first axis."""
    along, across = similarity, np.sqrt(1 - similarity**2)
    unit: Vector = (along * AXES[0] + across * AXES[side]).astype(np.float32)
    return unit
