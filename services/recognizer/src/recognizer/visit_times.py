"""From when to when a visit was: its sightings know when it was asked about, its track the rest.

The tracks are read by the stretch: for all of a device's visits that are near each other at once,
and so never much more than the visits themselves.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import groupby

from facecore.contract import Visit
from recognizer.ports import TrackName, Tracks, TrackSpan, TracksWanted

_NEAR = timedelta(hours=1)
"""Between two visits of a page that leaves others out, whose tracks would be read with them."""
_NEXT = timedelta(hours=12)
"""Between two that follow each other: then only a track that nothing was seen of lies there."""
_A_MOMENT = timedelta(microseconds=1)


def widened(
    visits: Sequence[Visit], tracks: Tracks, follows: Callable[[Visit], bool], *, whole: bool
) -> list[Visit]:
    """The visits in the same order, each as long as its track; those without one as they are.

    Args:
        visits: a page.
        tracks: where the tracks are.
        follows: whether a visit's track is about it.
        whole: whether the page leaves out none of a device's visits that lie between others.
    """
    spans: dict[TrackName, list[TrackSpan]] = {}
    for span in tracks.spans([*_stretches(filter(follows, visits), _NEXT if whole else _NEAR)]):
        spans.setdefault((span.device, span.track), []).append(span)
    return [_widened(visit, spans) if follows(visit) else visit for visit in visits]


def _stretches(visits: Iterable[Visit], near: timedelta) -> Iterator[TracksWanted]:
    in_time = sorted(visits, key=lambda visit: (visit.device, visit.first_seen))
    for device, of_device in groupby(in_time, key=lambda visit: visit.device):
        for since, until in _joined([(one.first_seen, one.last_seen) for one in of_device], near):
            yield TracksWanted(device, since, until + _A_MOMENT)


def _joined(
    times: Sequence[tuple[datetime, datetime]], near: timedelta
) -> list[tuple[datetime, datetime]]:
    joined = list(times[:1])
    for since, until in times[1:]:
        first, last = joined[-1]
        if since - last > near:
            joined.append((since, until))
        else:
            joined[-1] = first, max(last, until)
    return joined


def _widened(visit: Visit, spans: Mapping[TrackName, Sequence[TrackSpan]]) -> Visit:
    """By those of its name that meet it: a device may use a name again."""
    own = [
        span
        for span in spans.get((visit.device, visit.track or ""), ())
        if span.started_at <= visit.last_seen and span.ended_at >= visit.first_seen
    ]
    if not own:
        return visit
    first = min(visit.first_seen, *(span.started_at for span in own))
    last = max(visit.last_seen, *(span.ended_at for span in own))
    return visit.model_copy(update={"first_seen": first, "last_seen": last})
