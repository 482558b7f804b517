"""A folder of labelled pictures: ``LABEL/*.jpg``, and the pairs of them to compare.

The pairs are those in LFW's files, or drawn in the same way. ``pairs.txt`` (View 2) has ten folds,
each with as many pairs of one person as of two. A threshold is chosen on nine folds and tested on
the tenth. ``pairsDevTrain.txt`` and ``pairsDevTest.txt`` (View 1) are one fixed split.

LFW: Huang, Ramesh, Berg, Learned-Miller, "Labeled Faces in the Wild: A Database for Studying Face
Recognition in Unconstrained Environments", University of Massachusetts, TR 07-49 (2007); for the
pairs see section IV.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from pathlib import Path
from typing import Final

import numpy as np

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


FOLDS = 10
_FEWEST_FOLDS = 2


@dataclass(frozen=True, slots=True)
class Pair:
    """Two pictures, and whether they show one person."""

    first: Picture
    second: Picture
    same: bool


@dataclass(frozen=True, slots=True)
class Protocol:
    """Pairs in folds.

    Attributes:
        name: the name in reports.
        folds: each is tested with a threshold from the others; in a fixed split only the last is.
        fixed: whether it is a fixed split.

    """

    name: str
    folds: tuple[tuple[Pair, ...], ...]
    fixed: bool = False


def protocols(dataset: Dataset, *, seed: int) -> list[Protocol]:
    """Return the protocols whose files exist; without files, pairs drawn from the pictures.

    Raises:
        DatasetError: a file of pairs can't be read or names a missing picture, or there are too few
            people with two pictures to draw pairs from.

    """
    named = {picture.name: picture for picture in dataset.pictures}
    found = []
    if (view_2 := dataset.listing("pairs.txt")) is not None:
        folds = tuple(_read(view_2, named))
        if len(folds) < _FEWEST_FOLDS:
            raise DatasetError(f"{view_2} has {len(folds)} folds; thresholds come from the others")
        found.append(Protocol(f"LFW View 2, {len(folds)} folds", folds))
    halves = [dataset.listing(f"pairsDev{half}.txt") for half in ("Train", "Test")]
    read = [_read(half, named) for half in halves if half is not None]
    if len(read) == len(halves):
        train, test = (tuple(pair for fold in half for pair in fold) for half in read)
        found.append(Protocol("LFW View 1, fixed split", (train, test), fixed=True))
    return found or [_drawn(dataset, seed)]


def _read(path: Path, named: Mapping[str, Picture]) -> Iterator[tuple[Pair, ...]]:
    """Yield the folds of a file; its first line gives the number of folds and of pairs."""
    try:
        lines = path.read_text("utf-8").splitlines()
        *folds, size = (int(word) for word in lines[0].split())
        rows = [_pair(line, named) for line in lines[1:] if line.strip()]
    except (ValueError, IndexError) as error:
        raise DatasetError(f"{path} is not a file of pairs in LFW's format: {error}") from error
    except KeyError as error:
        raise DatasetError(f"{path} names {error}, which is not in the folder") from error
    whole = 2 * size
    if not rows or len(rows) != whole * (folds[0] if folds else 1):
        raise DatasetError(f"{path} has {len(rows)} pairs, but its first line says otherwise")
    for start in range(0, len(rows), whole):
        yield tuple(rows[start : start + whole])


def _pair(line: str, named: Mapping[str, Picture]) -> Pair:
    match line.split():
        case [name, one, other]:
            return Pair(_named(named, name, one), _named(named, name, other), same=True)
        case [first, one, second, other]:
            return Pair(_named(named, first, one), _named(named, second, other), same=False)
        case _:
            raise ValueError(f"a line holds {line!r}; it must have 3 or 4 words")


def _named(named: Mapping[str, Picture], label: str, number: str) -> Picture:
    return named[f"{label}/{label}_{int(number):04}"]


def _drawn(dataset: Dataset, seed: int) -> Protocol:
    """Draw up to ten folds of people: every pair of one person, and as many pairs of two."""
    people = [list(pictures) for pictures in dataset.by_label().values() if len(pictures) > 1]
    count = min(FOLDS, len(people) // 2)
    if count < _FEWEST_FOLDS:
        raise DatasetError(
            f"{dataset.folder} has {len(people)} people with two pictures or more; pairs can be "
            "drawn from four or more"
        )
    random = np.random.default_rng(seed)
    random.shuffle(people)
    folds = tuple(_fold(people[fold::count], random) for fold in range(count))
    return Protocol(f"drawn pairs, {count} folds", folds)


def _fold(people: Sequence[Sequence[Picture]], random: np.random.Generator) -> tuple[Pair, ...]:
    same = [Pair(*two, same=True) for pictures in people for two in combinations(pictures, 2)]
    return (*same, *(_two_people(people, random) for _ in same))


def _two_people(people: Sequence[Sequence[Picture]], random: np.random.Generator) -> Pair:
    one, other = random.choice(len(people), 2, replace=False)
    first, second = (
        pictures[int(random.integers(len(pictures)))]
        for pictures in (people[int(one)], people[int(other)])
    )
    return Pair(first, second, same=False)
