"""The pairs of pictures to compare: those in LFW's files, or pairs drawn in the same way.

``pairs.txt`` (View 2) has ten folds, each with as many pairs of one person as of two. A threshold
is chosen on nine folds and tested on the tenth. ``pairsDevTrain.txt`` and ``pairsDevTest.txt``
(View 1) are one fixed split. Source: LFW's technical report, section IV; see ``dataset``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

import numpy as np

from facecore.errors import DatasetError
from facecore.evaluation.dataset import Dataset, Picture

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
