"""Compare the recorder's names with the people whom the demo clip shows, for ``edge``.

A visit is right only if its label is that of the person shown, or if it is ``unknown`` for an
unknown person. A visit that switched from one person to another is wrong, whatever its name.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
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

_PICTURES = {"obama2": "obama", "obama3": "obama"}
"""Pictures shown in the clip, with the picture from which the same person is enrolled."""
_MIXED = 0.1
"""Share of a track's observations that may be nearer to another person; more count as a switch."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """The recorder's result for one person who was shown.

    Attributes:
        label: the person's label; None for an unknown person.
        visits: number of visits that the recorder made of this one.
        result: right, wrong, uncertain, unknown or never seen; the worst of several.
        latency_s: seconds from the capture of the first usable frame to the right answer.
    """

    start_s: float
    label: str | None
    visits: int
    requests: int
    result: str
    latency_s: float | None


def moment(second: float) -> datetime:
    """Return the time of day of a second of the clip."""
    return datetime(2026, 1, 1, 12, tzinfo=UTC) + timedelta(seconds=round(second, 3))


def label_of(visit: Visit) -> str | None:
    """Return the label of the person shown; None for an unknown person."""
    sample = _PICTURES.get(visit.portrait.sample, visit.portrait.sample)
    return next((person.label for person in demo_people() if person.sample == sample), None)


def usable_from(clip: Path) -> dict[Visit, float]:
    """Return when each person's first usable frame is shown, in seconds of the clip."""
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
    """Return the outcome for each person shown, in order."""
    shown_in = _shown(run)
    return [_outcome(visit, run, shown_in, usable.get(visit)) for visit in VISITS]


def _shown(run: Run) -> dict[str, Counter[Visit]]:
    """Count for each track how often each person was at its box."""
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
    ) or any(_switched(shown_in[track]) for track in tracks):
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


def _switched(counts: Counter[Visit]) -> bool:
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
