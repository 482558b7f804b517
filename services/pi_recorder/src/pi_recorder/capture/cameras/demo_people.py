"""Who is in the demo clip: public figures, by their public-domain pictures.

Obama is enrolled from one official picture and shown in two others. Of Biden and of Collins there
is only one picture each, so what is shown is what was enrolled. Hopper is shown and never
enrolled: whoever runs the demo should read ``unknown`` for her.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from facecore import samples


@dataclass(frozen=True, slots=True)
class DemoPerson:
    """A record to enrol before the demo clip is shown.

    Attributes:
        label: the person's key.
        name: as it is shown.
        attributes: facts of public record: what was studied, and the year of the degree.
        sample: the picture to enrol from, by its name in ``facecore.samples``.
    """

    label: str
    name: str
    attributes: Mapping[str, str | int]
    sample: str

    def photo(self) -> Path:
        """The picture to enrol from; fetched when it is not in the cache.

        Raises:
            ModelError: it could not be fetched.
        """
        return samples.path(self.sample)


def demo_people() -> tuple[DemoPerson, ...]:
    """The people to enrol: everybody in the clip but Grace Hopper."""
    return _PEOPLE


_PEOPLE = (
    DemoPerson(
        label="barack_obama",
        name="Barack Obama",
        attributes={"major": "Law", "year": 1991},
        sample="obama",
    ),
    DemoPerson(
        label="joe_biden",
        name="Joe Biden",
        attributes={"major": "Law", "year": 1968},
        sample="biden",
    ),
    DemoPerson(
        label="eileen_collins",
        name="Eileen Collins",
        attributes={"major": "Mathematics and Economics", "year": 1978},
        sample="collins",
    ),
)
