"""A folder of labelled pictures: ``LABEL/*.jpg``, with LFW's files of pairs if they are there.

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
        """What the picture is called: its folder and its file, without the ending."""
        return f"{self.path.parent.name}/{self.path.stem}"


@dataclass(frozen=True, slots=True)
class Dataset:
    """The pictures of a folder, by label and file name.

    Attributes:
        folder: the one that was given.
        root: the one that holds the people's; ``folder``, or one in it.

    """

    folder: Path
    root: Path
    pictures: tuple[Picture, ...]

    def listing(self, name: str) -> Path | None:
        """A file of LFW's: in the folder given, among the people's folders, or beside those."""
        places = (self.folder, self.root, self.root.absolute().parent)
        return next((path / name for path in places if (path / name).is_file()), None)

    def by_label(self) -> Mapping[str, Sequence[Picture]]:
        """Each person's pictures."""
        people: dict[str, list[Picture]] = defaultdict(list)
        for picture in self.pictures:
            people[picture.label].append(picture)
        return people


def read_dataset(folder: Path) -> Dataset:
    """Find the people in a folder, or in the one folder of it that holds them, as LFW's does.

    Raises:
        DatasetError: there is no such folder, or fewer than two people with pictures in it.

    """
    if not folder.is_dir():
        raise DatasetError(f"{folder} is no folder; give one with a folder of pictures a person")
    for root in (folder, *_folders(folder)):
        pictures = tuple(_pictures(root))
        if len({picture.label for picture in pictures}) > 1:
            return Dataset(folder, root, pictures)
    raise DatasetError(
        f"{folder} holds no two people; it needs a folder for each, with pictures in it "
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
"""Label → the label under which LFW has the same person too.

Found among the most similar faces of View 1, as those of ``SHOWS`` were. In open-set identification
each would be counted as an unknown person named wrongly. Verification keeps LFW's labels as they
are, since its protocol does.
"""

SHOWS: Final[Mapping[str, str]] = {"Recep_Tayyip_Erdogan/Recep_Tayyip_Erdogan_0004": "Abdullah_Gul"}
"""Picture → whom it shows, where LFW's label says otherwise."""


def relabelled(picture: Picture) -> Picture:
    """The picture under the label of whom it shows."""
    label = SHOWS.get(picture.name, picture.label)
    return replace(picture, label=ONE_PERSON.get(label, label))
