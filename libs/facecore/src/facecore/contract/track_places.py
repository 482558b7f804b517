"""Which face of a picture belongs to which track: a query parameter that names tracks and places.

``visit-1:0.1200,0.3000,0.0900,0.1600;visit-2:…``: left, top, width and height in fractions of the
picture's own, so that they hold for a picture that was made smaller to be sent.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Final

from pydantic import AfterValidator, Field, StringConstraints

from facecore.contract.base import MAX_CROPS, TRACK_NAME, Number, Request, TrackId

_NUMBER = r"-?\d{1,2}(\.\d{1,6})?"
_PLACE = rf"{TRACK_NAME}:{_NUMBER}(,{_NUMBER}){{3}}"
TRACK_PLACES_PATTERN: Final = rf"^{_PLACE}(;{_PLACE}){{0,{MAX_CROPS - 1}}}$"

_Fraction = Annotated[Number, Field(ge=-10, le=10)]
_Length = Annotated[Number, Field(gt=0, le=10)]


class TrackPlace(Request):
    """A track and where its face is, in fractions of the picture; it may reach past the edge."""

    track: TrackId
    x: _Fraction
    y: _Fraction
    width: _Length
    height: _Length


def write_track_places(places: Sequence[TrackPlace]) -> str | None:
    """As the parameter has it; none for no places."""
    return ";".join(map(_written, places)) or None


def read_track_places(text: str) -> tuple[TrackPlace, ...]:
    """What the parameter says. Raises ``ValueError``."""
    places = tuple(map(_read, text.split(";")))
    if len({place.track for place in places}) < len(places):
        raise ValueError("a track is named twice; it has one face in a picture")
    return places


def _checked(text: str) -> str:
    read_track_places(text)
    return text


TrackPlaces = Annotated[
    str, StringConstraints(pattern=TRACK_PLACES_PATTERN), AfterValidator(_checked)
]
"""Up to 32 places, as ``read_track_places`` takes them."""


def _written(place: TrackPlace) -> str:
    numbers = (place.x, place.y, place.width, place.height)
    return f"{place.track}:{','.join(f'{number:.4f}' for number in numbers)}"


def _read(text: str) -> TrackPlace:
    track, _, numbers = text.partition(":")
    x, y, width, height = map(float, numbers.split(","))
    if not (width > 0 and height > 0):
        raise ValueError(f"the face of track {track} has no size; width and height are above 0")
    return TrackPlace(track=track, x=x, y=y, width=width, height=height)
