"""Part of ``speed``: times of each stage, and from a JPEG's bytes to the answer, as JSON.

The numbers of threads alternate frame by frame in one process, so that other load on the machine
affects them equally.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import TypeAdapter

from facecore.contract import Recognition
from libs.facecore.benchmarks.frames import Frame, crowded, everyday
from recognizer.bootstrap import Services
from recognizer.domain.capture import Capture
from services.recognizer.benchmarks.speed_results import Pipeline, Spread
from services.recognizer.benchmarks.speed_service import enrol, opened

_CAPTURE = Capture("bench", captured_at=None, video=None, offset_ms=None, track=None)
_PIPELINES = TypeAdapter(list[Pipeline])


@dataclass(slots=True)
class _Runs:
    """The times of one number of threads for one set of frames. The first round warms up."""

    answers: list[Recognition] = field(default_factory=list)
    wall_ms: list[float] = field(default_factory=list)
    cpu_ms: list[float] = field(default_factory=list)
    known: int = 0
    named: int = 0
    misnamed: int = 0

    def take(self, services: Services, frame: Frame) -> None:
        cpu, wall = time.process_time(), time.perf_counter()
        answer = services.recognizer.recognize(frame.jpeg, _CAPTURE).answer
        self.wall_ms.append((time.perf_counter() - wall) * 1000)
        self.cpu_ms.append((time.process_time() - cpu) * 1000)
        self.answers.append(answer)
        self._check(frame, answer)

    def _check(self, frame: Frame, answer: Recognition) -> None:
        # A person shown twice in a frame is named once.
        self.known += len({shown.label for shown in frame.shown} - {None})
        for face in answer.faces:
            if face.person is None:
                continue
            middle = face.box.x + face.box.width / 2, face.box.y + face.box.height / 2
            truth = {shown.label for shown in frame.shown if shown.head.holds(*middle)}
            right = face.person.label in truth
            self.named += right
            self.misnamed += not right

    def pipeline(self, name: str, threads: int, faces: float) -> Pipeline:
        times = [answer.times for answer in self.answers]
        return Pipeline(
            frames=name,
            threads=threads,
            runs=len(self.answers),
            faces=round(faces, 2),
            decode=Spread.of([t.decode_ms for t in times]),
            detect=Spread.of([t.detect_ms for t in times]),
            align=Spread.of([t.align_ms for t in times]),
            embed=Spread.of([t.embed_ms for t in times]),
            match=Spread.of([t.match_ms for t in times]),
            record=Spread.of([t.record_ms for t in times]),
            answer=Spread.of(self.wall_ms),
            cpu_ms=Spread.of(self.cpu_ms).median,
            known=self.known,
            named=self.named,
            misnamed=self.misnamed,
        )


def main(model: str, rounds: int, threads: Sequence[int]) -> None:
    """Measure and print the pipelines."""
    sets = {
        "640x480, one or two faces": everyday(),
        "640x480, eight faces": crowded(8),
        "1080p, one or two faces": everyday(1920, 1080),
        "1080p, eight faces": crowded(8, 1920, 1080),
    }
    with ExitStack() as stack:
        services = {count: _open(stack, model, count) for count in threads}
        found = [one for name, f in sets.items() for one in _measure(services, name, f, rounds)]
    sys.stdout.write(_PIPELINES.dump_json(found).decode())


def _open(stack: ExitStack, model: str, threads: int) -> Services:
    folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="bench-")))
    services = stack.enter_context(opened(folder, model, threads))
    enrol(services)
    return services


def _measure(
    services: dict[int, Services], name: str, frames: Sequence[Frame], rounds: int
) -> list[Pipeline]:
    runs = {count: _Runs() for count in services}
    for number in range(rounds + 1):
        for frame in frames:
            for count, service in services.items():
                (runs[count] if number else _Runs()).take(service, frame)
    faces = sum(len(frame.shown) for frame in frames) / len(frames)
    return [run.pipeline(name, count, faces) for count, run in runs.items()]


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), [int(count) for count in sys.argv[3:]])
