"""A folder of labelled pictures: ``LABEL/*.jpg``, and optionally LFW's files of pairs.

LFW: Huang, Ramesh, Berg, Learned-Miller, "Labeled Faces in the Wild: A Database for Studying Face
Recognition in Unconstrained Environments", University of Massachusetts, TR 07-49 (2007).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from facecore.errors import DatasetError

PICTURE_TYPES = frozenset({".jpg", ".jpeg", ".png", ".webp"})


@dataclass(frozen=True, slots=True, order=True)
class Picture:
    """One picture of one person."""

    label: str
    path: Path

    @property
    def name(self) -> str:
        """The picture's name: its folder and its file name without the suffix."""
        return f"{self.path.parent.name}/{self.path.stem}"


@dataclass(frozen=True, slots=True)
class Dataset:
    """The pictures of a folder, in the order of label and file name.

    Attributes:
        folder: the given folder.
        root: the folder that holds the people's folders: ``folder`` or one in it.

    """

    folder: Path
    root: Path
    pictures: tuple[Picture, ...]

    def listing(self, name: str) -> Path | None:
        """Return a file of LFW's from the given folder, from ``root``, or from beside ``root``."""
        folders = (self.folder, self.root, self.root.absolute().parent)
        return next((path / name for path in folders if (path / name).is_file()), None)

    def by_label(self) -> Mapping[str, Sequence[Picture]]:
        """Return the pictures of each person by label."""
        people: dict[str, list[Picture]] = defaultdict(list)
        for picture in self.pictures:
            people[picture.label].append(picture)
        return people


def read_dataset(folder: Path) -> Dataset:
    """Find the people's folders in a folder, or in a folder inside it, as in LFW's archive.

    Raises:
        DatasetError: the folder does not exist, or has fewer than two people with pictures.

    """
    if not folder.is_dir():
        raise DatasetError(f"{folder} is not a folder; give one that has a folder for each person")
    for root in (folder, *_folders(folder)):
        pictures = tuple(_pictures(root))
        if len({picture.label for picture in pictures}) > 1:
            return Dataset(folder, root, pictures)
    raise DatasetError(
        f"{folder} has fewer than two people; it needs a folder of pictures for each person "
        f"({', '.join(sorted(PICTURE_TYPES))})"
    )


def _pictures(root: Path) -> Iterator[Picture]:
    for person in _folders(root):
        for path in sorted(person.iterdir()):
            if path.suffix.lower() in PICTURE_TYPES and not path.name.startswith("."):
                yield Picture(person.name, path)


def _folders(folder: Path) -> list[Path]:
    return sorted(p for p in folder.iterdir() if p.is_dir() and not p.name.startswith("."))


ONE_PERSON: Final[Mapping[str, str]] = {
    "Andrew_Gilligan": "Andrew_Caldecott",
    "Hasan_Wirayuda": "Hassan_Wirajuda",
    "Joseph_Blatter": "Sepp_Blatter",
    "Sung_Hong_Choi": "Choi_Sung-hong",
}
"""Label → the other label of the same person in LFW.

They and those of ``SHOWS`` were found among the most similar faces of View 1. In open-set
identification each would count as an unknown person who was named. Verification keeps LFW's labels,
as its protocol demands.
"""

SHOWS: Final[Mapping[str, str]] = {"Recep_Tayyip_Erdogan/Recep_Tayyip_Erdogan_0004": "Abdullah_Gul"}
"""Picture → label of the person it shows, where LFW's label is wrong."""


def relabelled(picture: Picture) -> Picture:
    """Return the picture with the label of the person it shows."""
    label = SHOWS.get(picture.name, picture.label)
    return replace(picture, label=ONE_PERSON.get(label, label))
