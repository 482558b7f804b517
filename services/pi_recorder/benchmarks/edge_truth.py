"""Part of ``edge``: what the demo clip really shows, and what was said of it.

A visit is right only if the person shown has that label, or is an unknown person and said to be
unknown. A visit that went over from one person to another is wrong, whatever it is called.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import av

from facecore.contract import Box
from pi_recorder.capture.cameras.demo_scene import (
    FRAMES_PER_SECOND,
    VISITS,
    Visit,
    demo_people,
    pose,
)
from pi_recorder.events import TrackState
from pi_recorder.recognition.device_faces import DeviceFaces
from pi_recorder.recognition.shots import shot
from pi_recorder.settings.schema import Settings
from services.pi_recorder.benchmarks.edge_run import Run
from services.pi_recorder.tests.recognition.people import moment

_PICTURES = {"obama2": "obama", "obama3": "obama"}
"""Shown in another picture than they are enrolled from."""
_MIXED = 0.1
"""Share of a track's looks that may lie nearer to somebody else before it counts as gone over."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was said of one person who was shown.

    Attributes:
        label: None for an unknown person.
        visits: how many the recorder made of this one.
        result: right, wrong, uncertain, unknown or never seen; of several the worst.
        latency_s: from the capture of the clip's first usable frame to the right answer.
    """

    start_s: float
    label: str | None
    visits: int
    requests: int
    result: str
    latency_s: float | None


def label_of(visit: Visit) -> str | None:
    """Who is shown, if they are enrolled."""
    sample = _PICTURES.get(visit.portrait.sample, visit.portrait.sample)
    return next((person.label for person in demo_people() if person.sample == sample), None)


def usable_from(clip: Path) -> dict[Visit, float]:
    """When each person's first usable frame is shown, of all frames, in seconds of the clip."""
    finder = DeviceFaces(min_face_px=int(Settings.model_fields["min_face_px"].default))
    found: dict[Visit, float] = {}
    with av.open(clip) as container:
        for number, picture in enumerate(container.decode(video=0)):
            second = number / FRAMES_PER_SECOND
            for face in finder.find(picture):
                size = picture.width, picture.height
                usable = shot(face, moment(second), second, size).usable
                if usable and (visit := _nearest(face.box, second)):
                    found.setdefault(visit, second)
    return found


def judged(run: Run, usable: dict[Visit, float]) -> list[Outcome]:
    """What was said of each person who was shown, in order."""
    shown_in = _shown(run)
    return [_outcome(visit, run, shown_in, usable.get(visit)) for visit in VISITS]


def _shown(run: Run) -> dict[str, Counter[Visit]]:
    """Who was how often under each track's box."""
    found: defaultdict[str, Counter[Visit]] = defaultdict(Counter)
    for seen in run.seen():
        second = (seen.captured_at - run.begun_at) / timedelta(seconds=1)
        for face in seen.faces:
            if visit := _nearest(face.box, second):
                found[face.track][visit] += 1
    return found


def _nearest(box: Box, second: float) -> Visit | None:
    x = box.x + box.width / 2
    here = {visit: at for visit in VISITS if (at := pose(visit, second))}
    near = {visit: abs(at.x - x) for visit, at in here.items() if abs(at.x - x) < at.head_width}
    return min(near, key=lambda visit: near[visit], default=None)


def _outcome(
    visit: Visit, run: Run, shown_in: dict[str, Counter[Visit]], usable_s: float | None
) -> Outcome:
    label = label_of(visit)
    tracks = {track for track, counts in shown_in.items() if counts.most_common(1)[0][0] == visit}
    ended = [one for one in run.ended() if one.track in tracks]
    results = [_result(one.state, one.person and one.person.label, label) for one in ended]
    if any(
        named.person and named.person.label != label
        for _, named in run.named()
        if named.track in tracks
    ) or any(_went_over(shown_in[track]) for track in tracks):
        results.append("wrong")
    worst = max(results, key=_ORDER.index, default="never seen")
    return Outcome(
        start_s=visit.start,
        label=label,
        visits=len(ended),
        requests=sum(one.requests for one in ended),
        result=worst,
        latency_s=_latency(run, tracks, label, usable_s),
    )


_ORDER = ["right", "unknown", "uncertain", "unseen", "wrong"]


def _result(state: TrackState, said: object, label: str | None) -> str:
    if state is TrackState.MATCH:
        return "right" if said == label else "wrong"
    if state is TrackState.UNKNOWN and label is None:
        return "right"
    return state.value


def _went_over(counts: Counter[Visit]) -> bool:
    others = counts.total() - counts.most_common(1)[0][1]
    return others > _MIXED * counts.total()


def _latency(run: Run, tracks: set[str], label: str | None, usable_s: float | None) -> float | None:
    if usable_s is None:
        return None
    usable_at = run.begun_at + timedelta(seconds=usable_s)
    for at, named in run.named():
        said = named.person.label if named.person else None
        settled = named.state in (TrackState.MATCH, TrackState.UNKNOWN)
        if named.track in tracks and settled and said == label:
            return (at - usable_at) / timedelta(seconds=1)
    return None
