"""Visits: one stay of one person in front of one camera, assembled from sightings.

A visit is every sighting of one track, which is a device's own name of one stay; a sighting without
a track is a visit of its own. A list reads the sightings that pass the filter, newest first. Each
leads to its whole visit, and the visit is listed at its newest such sighting only: so a page's end
splits no visit, and no page depends on another. If the device reported the track, the track gives
the visit's start and end; that changes neither its place nor whether it is listed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import groupby
from statistics import median

from facecore.contract import Decision, Sighting, Visit, VisitList
from recognizer.domain.ports import (
    SightingFilter,
    Sightings,
    TrackFilter,
    TrackName,
    Tracks,
    TrackSpan,
)

_ROUNDS = 8
"""Most pages of sightings read for one page of visits; many may belong to visits listed before."""
_LONGEST = 2000
"""Most sightings of a visit, the newest; usually a device sends only a handful."""
_STRENGTH = (Decision.MATCH, Decision.UNCERTAIN, Decision.UNKNOWN)

_Group = Sequence[Sighting]


class Visits:
    """Lists visits over the ports ``Sightings`` and ``Tracks``."""

    def __init__(self, sightings: Sightings, tracks: Tracks) -> None:
        self._sightings = sightings
        self._tracks = tracks

    def list(self, wanted: SightingFilter, *, after: str | None, limit: int) -> VisitList:
        """Return the visits with a sighting that passes the filter, newest first.

        A visit as a whole must have the wanted decision and label; it is listed with all its
        sightings. A short page need not be the last. A list with ``until`` in the past does not
        change while it is read; without it, a visit that continues meanwhile moves to the front.

        Raises ``CursorInvalid``.
        """
        found: list[Visit] = []
        tracks = _Tracks(self._sightings)
        for _ in range(_ROUNDS):
            page = self._sightings.list(wanted, after=after, limit=limit - len(found))
            found += _listed(page.sightings, tracks, wanted)
            after = page.next
            if after is None or 2 * len(found) >= limit:
                break
        whole = wanted.label is None and wanted.decision is None
        found = widened(found, self._tracks, tracks.follows, whole=whole)
        return VisitList(visits=found, next=after)


class _Tracks:
    """The tracks of one request, each read once and split into visits."""

    def __init__(self, sightings: Sightings) -> None:
        self._sightings = sightings
        self._read: dict[TrackName, dict[str, _Group]] = {}
        self._bystanders: set[str] = set()

    def read(self, sightings: Sequence[Sighting]) -> None:
        """Read the tracks of these sightings, all at once."""
        names = dict.fromkeys((one.device, one.track) for one in sightings if one.track is not None)
        unread = [name for name in names if name not in self._read]
        for name, found in self._sightings.of_tracks(unread, most=_LONGEST).items():
            groups = _by_visit(found)
            self._read[name] = {one.id: group for group in groups for one in group}
            self._bystanders |= {one.id for group in groups[1:] for one in group}

    def visit_of(self, sighting: Sighting) -> _Group:
        """Return the sightings of its visit, newest first; none if it is older than ``_LONGEST``.

        Its track must have been read.
        """
        if sighting.track is None:
            return [sighting]
        read = self._read[sighting.device, sighting.track]
        # If it is missing from a track that was read whole, the track's index lags behind.
        return read.get(sighting.id, [] if len(read) >= _LONGEST else [sighting])

    def follows(self, visit: Visit) -> bool:
        """Return whether its track is its own, and not that of another face in the picture."""
        return visit.track is not None and visit.best.id not in self._bystanders


def _by_visit(sightings: Sequence[Sighting]) -> list[_Group]:
    """Return the visit's sightings first, then each other face of its pictures by itself.

    A request may name one track for all faces of its picture: the largest is the visitor's.
    """
    visit: list[Sighting] = []
    others: list[_Group] = []
    for _, faces in groupby(sightings, key=lambda one: one.captured_at):
        largest, *rest = sorted(faces, key=lambda one: (-_area(one), one.id))
        visit.append(largest)
        others += [[one] for one in rest]
    return [visit, *others]


def _listed(seeds: Sequence[Sighting], tracks: _Tracks, wanted: SightingFilter) -> Iterator[Visit]:
    tracks.read(seeds)
    for seed in seeds:
        group = tracks.visit_of(seed)
        newest = next((one for one in group if _fits(one, wanted)), None)
        if newest is None or newest.id != seed.id:
            continue
        visit = _visit(group)
        if wanted.decision in (None, visit.decision) and wanted.label in (None, visit.label):
            yield visit


def _fits(sighting: Sighting, wanted: SightingFilter) -> bool:
    """Return whether the sighting passes the filter, as in the port's list."""
    return (
        wanted.label in (None, sighting.label)
        and wanted.device in (None, sighting.device)
        and wanted.decision in (None, sighting.decision)
        and (wanted.since is None or sighting.captured_at >= wanted.since)
        and (wanted.until is None or sighting.captured_at < wanted.until)
    )


def _visit(group: _Group) -> Visit:
    """Summarise sightings, newest first, as one visit."""
    deciding = min(group, key=lambda one: _STRENGTH.index(one.decision))  # the newest of these
    same = [o for o in group if (o.decision, o.label) == (deciding.decision, deciding.label)]
    similarities = [one.similarity for one in same if one.similarity is not None]
    times = [one.took_ms for one in group if one.took_ms is not None]
    return Visit(
        device=deciding.device,
        track=deciding.track,
        first_seen=group[-1].captured_at,
        last_seen=group[0].captured_at,
        count=len(group),
        decision=deciding.decision,
        label=deciding.label,
        similarity=max(similarities, default=None),
        took_ms=round(median(times), 3) if times else None,
        best=max(same, key=_worth),
    )


def _worth(sighting: Sighting) -> float:
    if sighting.decision is Decision.MATCH and sighting.similarity is not None:
        return sighting.similarity
    return _area(sighting)


def _area(sighting: Sighting) -> float:
    return sighting.box.width * sighting.box.height


_NEAR = timedelta(hours=1)
"""Longest gap between visits whose tracks are read together, if the page leaves others out: the
tracks of those would be read too."""
_NEXT = timedelta(hours=12)
"""The same if the page leaves none out: then hardly any other track lies in the gap."""
_A_MOMENT = timedelta(microseconds=1)


def widened(
    visits: Sequence[Visit], tracks: Tracks, follows: Callable[[Visit], bool], *, whole: bool
) -> list[Visit]:
    """Return the visits in the same order, each as long as its track; without a track unchanged.

    Sightings only give the times at which a recognition was requested; the track gives the whole
    time. Tracks are read at once for all of a device's visits that are near each other, so never
    many more than needed.

    Args:
        visits: a page.
        tracks: the port to read the tracks from.
        follows: returns whether a visit's track is its own.
        whole: whether the page leaves out none of a device's visits between two others.
    """
    spans: dict[TrackName, list[TrackSpan]] = {}
    for span in tracks.spans([*_stretches(filter(follows, visits), _NEXT if whole else _NEAR)]):
        spans.setdefault((span.device, span.track), []).append(span)
    return [_widened(visit, spans) if follows(visit) else visit for visit in visits]


def _stretches(visits: Iterable[Visit], near: timedelta) -> Iterator[TrackFilter]:
    in_time = sorted(visits, key=lambda visit: (visit.device, visit.first_seen))
    for device, of_device in groupby(in_time, key=lambda visit: visit.device):
        for since, until in _joined([(one.first_seen, one.last_seen) for one in of_device], near):
            yield TrackFilter(device, since, until + _A_MOMENT)


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
    """Extend it by the tracks with its name that overlap it: a device may reuse a name."""
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
