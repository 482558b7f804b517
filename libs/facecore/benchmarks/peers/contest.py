"""The course of the comparison: starts, then rounds in which everybody sees the same frame in turn.

Turns are short and their order changes from frame to frame, so that another load on the machine
falls on all alike; the ratios are of the same frame in the same round.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from libs.facecore.benchmarks.frames import Frame
from libs.facecore.benchmarks.peers.process import Answer, Running

Advance = Callable[[], None]

_REST_S: Final = 0.02
"""Between turns: threads that wait by turning round and round then let go of the processor."""


@dataclass(slots=True)
class Course:
    """What one contestant did."""

    starts_s: list[float] = field(default_factory=list)
    answers: list[Answer] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Files:
    """The pictures, as files that every environment can read."""

    frames: Sequence[Frame]
    frame_files: Sequence[Path]
    photos: Mapping[str, Path]


def turns(names: Sequence[str], number: int) -> list[str]:
    """The order of a turn: another one begins each time."""
    first = number % len(names)
    return [*names[first:], *names[:first]]


def run(
    names: Sequence[str],
    threads: int,
    files: Files,
    *,
    starts: int,
    rounds: int,
    advance: Advance,
) -> dict[str, Course]:
    """Let them all start ``starts`` times, and then see each frame ``rounds`` times."""
    courses = {name: Course() for name in names}
    for number in range(starts):
        for name in turns(names, number):
            with Running(name, threads) as process:
                process.look(files.frame_files[0])
                courses[name].starts_s.append(process.seconds())
            advance()
    with ExitStack() as stack:
        running = {name: stack.enter_context(Running(name, threads)) for name in names}
        for process in running.values():
            for label, photo in files.photos.items():
                process.enrol(label, photo)
            process.look(files.frame_files[0])
        for number in range(rounds):
            _round(running, number, files, courses, advance)
    return courses


def _round(
    running: Mapping[str, Running],
    number: int,
    files: Files,
    courses: Mapping[str, Course],
    advance: Advance,
) -> None:
    for place, file in enumerate(files.frame_files):
        for name in turns([*running], number + place):
            time.sleep(_REST_S)
            courses[name].answers.append(running[name].look(file))
        advance()
