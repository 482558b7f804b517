"""Find the same faces in two sets of boxes by their overlap.

It loads no vision library: a recorder without the extra ``vision`` needs it too.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from facecore.contract import Box

_SAME_FACE: Final = 0.3
"""Least overlap of two detections of one face in one frame; neighbours overlap less."""


def overlap(one: Box, other: Box) -> float:
    """Return the intersection over union, 0 to 1."""
    width = min(one.x + one.width, other.x + other.width) - max(one.x, other.x)
    height = min(one.y + one.height, other.y + other.height) - max(one.y, other.y)
    if width <= 0 or height <= 0:
        return 0.0
    shared = width * height
    return shared / (one.width * one.height + other.width * other.height - shared)


def same_faces(boxes: Sequence[Box], others: Sequence[Box]) -> list[int | None]:
    """Find the same faces in two sets of boxes of one picture by their overlap.

    Returns:
        For each box the index of the other box that overlaps it most, or None; each other box
        is used once.

    """
    pairs = sorted(
        (
            (shared, index, number)
            for index, box in enumerate(boxes)
            for number, other in enumerate(others)
            if (shared := overlap(box, other)) >= _SAME_FACE
        ),
        key=lambda pair: -pair[0],
    )
    found: dict[int, int] = {}
    for _, index, number in pairs:
        if index not in found and number not in found.values():
            found[index] = number
    return [found.get(index) for index in range(len(boxes))]
