"""The frames that benchmarks look at, with who is in them; made of public-domain portraits.

A frame is one portrait, or several as tiles. Obama is enrolled from one picture and shown in two
others. Of Biden and of Collins there is one picture each, so they are shown mirrored and in another
light than they were enrolled. Hopper is never enrolled: the right answer for her is no name.
The same call always gives the same frames.
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from PIL import Image, ImageEnhance, ImageFilter, ImageOps

from facecore import samples

ENROLLED: Final[Mapping[str, str]] = {
    "barack_obama": "obama",
    "joe_biden": "biden",
    "eileen_collins": "collins",
}
"""Label → the sample to enrol from, one photo a person."""

_QUALITY: Final = 85
"""Of the JPEG, as cameras use."""


@dataclass(frozen=True, slots=True)
class Head:
    """Where a head is, with hair and chin: its left, top, right and bottom in pixels."""

    left: float
    top: float
    right: float
    bottom: float

    def holds(self, x: float, y: float) -> bool:
        """Whether the point is in it; a face belongs to the head that holds its middle."""
        return self.left <= x <= self.right and self.top <= y <= self.bottom


@dataclass(frozen=True, slots=True)
class Shown:
    """One face of a frame, and the label it should be given; none for an unknown person."""

    label: str | None
    head: Head


@dataclass(frozen=True, slots=True)
class Frame:
    """A picture as a camera sends it: JPEG bytes, and the truth about them."""

    name: str
    jpeg: bytes
    shown: tuple[Shown, ...]


@dataclass(frozen=True, slots=True)
class _Portrait:
    """A sample picture; the head's middle (x, y), width and height in its pixels."""

    sample: str
    label: str | None
    head: tuple[int, int, int, int]
    mirrored: bool = False


_PORTRAITS: Final = (
    _Portrait("obama2", "barack_obama", (370, 398, 336, 474)),
    _Portrait("biden", "joe_biden", (569, 331, 370, 490), mirrored=True),
    _Portrait("collins", "eileen_collins", (227, 100, 151, 175), mirrored=True),
    _Portrait("hopper", None, (271, 168, 238, 334)),
    _Portrait("obama3", "barack_obama", (750, 419, 335, 405)),
)


@dataclass(frozen=True, slots=True)
class _Shot:
    """How a portrait is seen: the head's share of the tile's height, and the light."""

    portrait: _Portrait
    share: float
    light: float


def enrolment() -> dict[str, Path]:
    """Label → the photo's file; fetched first if need be. Raises ``ModelError``."""
    return {label: samples.path(sample) for label, sample in ENROLLED.items()}


def everyday(width: int = 640, height: int = 480) -> list[Frame]:
    """24 frames with 32 faces: sixteen of one person, near and far, and eight of two people."""
    shares = (0.2, 0.4, 0.6)
    alone = [[_shot(number, shares[number // 5 % 3])] for number in range(16)]
    pairs = [[_shot(number, 0.35), _shot(number + 2 + number // 5, 0.45)] for number in range(8)]
    return _frames([*alone, *pairs], width, height)


def crowded(faces: int = 8, width: int = 640, height: int = 480, *, count: int = 6) -> list[Frame]:
    """``count`` frames with so many faces each, at most 16, in rows of four.

    There are four people, so some are in a frame twice.
    """
    starts = range(count)
    crowds = [[_shot(start + place, 0.4) for place in range(faces)] for start in starts]
    return _frames(crowds, width, height)


def _shot(number: int, share: float) -> _Shot:
    return _Shot(_PORTRAITS[number % len(_PORTRAITS)], share, (1.0, 0.75, 1.15)[number % 3])


def _frames(scenes: Sequence[Sequence[_Shot]], width: int, height: int) -> list[Frame]:
    return [_frame(number, shots, width, height) for number, shots in enumerate(scenes, start=1)]


def _frame(number: int, shots: Sequence[_Shot], width: int, height: int) -> Frame:
    columns = min(4, len(shots))
    rows = -(-len(shots) // columns)
    picture = Image.new("RGB", (width, height))
    shown = []
    for place, shot in enumerate(shots):
        row, column = divmod(place, columns)
        size = width // columns, height // rows
        corner = column * size[0], row * size[1]
        picture.paste(_tile(shot, size), corner)
        shown.append(_shown(shot, size, corner))
    with io.BytesIO() as file:
        picture.save(file, "JPEG", quality=_QUALITY)
        name = f"{number}: {', '.join(shot.portrait.sample for shot in shots)}"
        return Frame(name, file.getvalue(), tuple(shown))


def _tile(shot: _Shot, size: tuple[int, int]) -> Image.Image:
    """The portrait around its head, which stands in the middle of the tile's upper half."""
    x, y, _, height = shot.portrait.head
    scale = size[1] * shot.share / height
    left, top = x - size[0] / 2 / scale, y - _middle(shot, size[1]) / scale
    box = tuple(map(round, (left, top, left + size[0] / scale, top + size[1] / scale)))
    with Image.open(samples.path(shot.portrait.sample)) as file:
        picture = file.convert("RGB")
    whole = _backdrop(picture, (box[2] - box[0], box[3] - box[1]))
    whole.paste(picture, (-box[0], -box[1]))
    tile = whole.resize(size, Image.Resampling.LANCZOS)
    tile = ImageOps.mirror(tile) if shot.portrait.mirrored else tile
    return ImageEnhance.Brightness(tile).enhance(shot.light)


def _backdrop(picture: Image.Image, size: tuple[int, int]) -> Image.Image:
    """What is seen where the picture ends and the tile does not: the picture, out of focus."""
    small = ImageOps.fit(picture, (max(1, size[0] // 8), max(1, size[1] // 8)))
    return small.filter(ImageFilter.GaussianBlur(size[1] / 80)).resize(size)


def _middle(shot: _Shot, height: int) -> float:
    """The row of the head's middle: a little above the tile's, and the head never cut."""
    return height * max(0.4, shot.share / 2 + 0.05)


def _shown(shot: _Shot, size: tuple[int, int], corner: tuple[int, int]) -> Shown:
    _, _, width, height = shot.portrait.head
    scale = size[1] * shot.share / height
    x, y = corner[0] + size[0] / 2, corner[1] + _middle(shot, size[1])
    half = width * scale / 2, height * scale / 2
    return Shown(shot.portrait.label, Head(x - half[0], y - half[1], x + half[0], y + half[1]))
