"""Find the same faces in two sets of boxes, by how much the boxes overlap.

It loads no vision library: a recorder without the extra ``vision`` needs it too.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from facecore.contract import Box

_SAME_FACE: Final = 0.3
"""Least overlap. Two detections of one face in one frame share more, two neighbours less."""


def overlap(one: Box, other: Box) -> float:
    """Return intersection over union, 0 to 1."""
    width = min(one.x + one.width, other.x + other.width) - max(one.x, other.x)
    height = min(one.y + one.height, other.y + other.height) - max(one.y, other.y)
    if width <= 0 or height <= 0:
        return 0.0
    shared = width * height
    return shared / (one.width * one.height + other.width * other.height - shared)


def same_faces(boxes: Sequence[Box], others: Sequence[Box]) -> list[int | None]:
    """Find the same faces in two sets of boxes of one picture, by how much the boxes overlap.

    Returns:
        For each box the index of the other that overlaps it most, or None; each other once.

    """
    pairs = sorted(
        (
            (shared, place, number)
            for place, box in enumerate(boxes)
            for number, other in enumerate(others)
            if (shared := overlap(box, other)) >= _SAME_FACE
        ),
        key=lambda pair: -pair[0],
    )
    found: dict[int, int] = {}
    for _, place, number in pairs:
        if place not in found and number not in found.values():
            found[place] = number
    return [found.get(place) for place in range(len(boxes))]
