"""Measure the grouping of unknown people: each person in one row, and no two people in one row.

Run ``python -m services.recognizer.benchmarks.unknown_people FOLDER``. The folder holds a folder of
pictures for each person. The pictures are shuffled, and each counts as a visit.
"""

from __future__ import annotations

import argparse
import random
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from facecore.contract import Decision, SeenFace
from facecore.vision.analyzer import FaceAnalyzer, load_analyzer
from recognizer.domain.ports import KeptCrop
from recognizer.use_cases.unknown_people.grouping import Group, grouped

_START = datetime(2026, 1, 1, tzinfo=UTC)
_MOST_PICTURES = 6
"""Most pictures of one person; LFW has hundreds of some."""


@dataclass(frozen=True, slots=True)
class Result:
    """The result at one threshold.

    Attributes:
        mixed: groups with faces of two or more people.
        whole: people with two or more pictures, all in one group.
        several: people with two or more pictures.
    """

    threshold: float
    groups: int
    mixed: int
    whole: int
    several: int
    ms: float


def measure(crops: Sequence[KeptCrop], names: Mapping[str, str], threshold: float) -> Result:
    """Group the crops, and compare the groups with the true names by crop id."""
    started = time.perf_counter()
    groups = grouped(crops, threshold)
    ms = (time.perf_counter() - started) * 1000
    people = [_people(group, names) for group in groups]
    rows = Counter(name for of_group in people for name in of_group)
    several = [name for name, count in Counter(names.values()).items() if count > 1]
    return Result(
        threshold=threshold,
        groups=len(groups),
        mixed=sum(len(of_group) > 1 for of_group in people),
        whole=sum(rows[name] == 1 for name in several),
        several=len(several),
        ms=ms,
    )


def _people(group: Group, names: Mapping[str, str]) -> set[str]:
    return {names[crop.id] for crop in group.crops}


def _pictures(folder: Path, people: int) -> list[Path]:
    named = [one for one in sorted(folder.iterdir()) if one.is_dir()]
    shuffled = random.Random(1)  # noqa: S311 - the same people each time
    chosen = shuffled.sample(named, min(people, len(named)))
    found = [file for one in chosen for file in sorted(one.iterdir())[:_MOST_PICTURES]]
    shuffled.shuffle(found)
    return found


def _crops(analyzer: FaceAnalyzer, pictures: Sequence[Path]) -> Iterator[KeptCrop]:
    for number, picture in enumerate(pictures):
        face = next(iter(analyzer.analyze(picture.read_bytes()).faces), None)
        if face is None or face.embedding is None:
            continue
        at = _START + timedelta(minutes=number)
        seen = SeenFace(
            sighting=f"{number:032x}",
            device="camera",
            captured_at=at,
            received_at=at,
            track=None,
            decision=Decision.UNKNOWN,
            box=face.box,
            quality=face.quality,
        )
        yield KeptCrop(f"{number:032x}", None, seen, face.embedding)


def main() -> None:
    """Print a line for each threshold; the model's own is marked."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--people", type=int, default=300)
    given = parser.parse_args()
    analyzer = load_analyzer()
    pictures = _pictures(given.folder, given.people)
    crops = list(_crops(analyzer, pictures))
    names = {crop.id: pictures[int(crop.id, 16)].parent.name for crop in crops}
    own = analyzer.thresholds
    print(f"{len(crops)} faces of {len(set(names.values()))} people, {analyzer.model_id}")
    for threshold in (own.uncertain, own.match, own.match + 0.1):
        one = measure(crops, names, threshold)
        mark = "  <- used" if threshold == own.match else ""
        print(
            f"{threshold:.2f}: {one.groups} rows, {one.mixed} of them mixed; {one.whole} of "
            f"{one.several} people with several pictures in one row; {one.ms:.0f} ms{mark}"
        )


if __name__ == "__main__":
    main()
