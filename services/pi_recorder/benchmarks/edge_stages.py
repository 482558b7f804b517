"""Measure the processor time of each stage for ``edge``, frame by frame, in one run."""

from __future__ import annotations

import statistics
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TypeVar

import av

from pi_recorder.events import Event
from pi_recorder.recognition.device_faces import DeviceFaces
from pi_recorder.recognition.motion import MotionGate
from pi_recorder.recognition.sending import jpeg, png
from pi_recorder.recognition.shots import RequestPolicy
from pi_recorder.recognition.visit_state import Observation, Visit
from pi_recorder.recognition.visits import Visits
from pi_recorder.settings.schema import Settings
from services.pi_recorder.benchmarks.edge_run import percentile
from services.pi_recorder.benchmarks.edge_truth import moment

_EVERY = 3
Made = TypeVar("Made")


@dataclass(frozen=True, slots=True)
class StageCost:
    """Processor time of one stage for one frame."""

    name: str
    median_ms: float
    p95_ms: float
    frames: int


class _Stopwatch:
    def __init__(self) -> None:
        self.spent: defaultdict[str, list[float]] = defaultdict(list)

    def __call__(self, name: str, work: Callable[[], Made]) -> Made:
        begun = time.process_time()
        made = work()
        self.spent[name].append((time.process_time() - begun) * 1000)
        return made


def stage_costs(clip: Path) -> list[StageCost]:
    """Measure every stage on every third frame of a clip."""
    timed = _Stopwatch()
    with av.open(clip) as container:
        rate = float(container.streams.video[0].average_rate or 30) / _EVERY
        pictures = [p for number, p in enumerate(container.decode(video=0)) if not number % _EVERY]
    _through(pictures, rate, timed)
    return [
        StageCost(name, statistics.median(ms), percentile(sorted(ms), 0.95), len(ms))
        for name, ms in timed.spent.items()
    ]


def _through(pictures: list[av.VideoFrame], rate: float, timed: _Stopwatch) -> None:
    fields = Settings.model_fields
    motion = MotionGate(level=fields["motion_level"].default, area=fields["motion_area"].default)
    finder = DeviceFaces(min_face_px=fields["min_face_px"].default)
    visits = Visits(
        _nobody,
        ttl_s=1.5,
        new_policy=partial(RequestPolicy, limit=4, first_pause_s=0.75),
        missed=_nobody,
    )
    for number, picture in enumerate(pictures):
        at = moment(number / rate)
        timed("motion gate", partial(motion.passes, picture, at))
        faces = timed("face gate", partial(finder.find, picture))
        observation = Observation(at, number / rate, (picture.width, picture.height), faces)
        timed("tracker and visits", partial(visits.observe, observation))
        timed("JPEG of a frame", partial(jpeg, picture))
        for face in faces:
            if face.crop is not None:
                timed("PNG of a crop", partial(png, face.crop))


def _nobody(event: Event | Visit) -> None:
    pass
