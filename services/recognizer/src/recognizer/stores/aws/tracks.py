"""The port ``Tracks`` on DynamoDB: items of the sightings' table that none of its indexes holds.

A track's start never changes, so a later report is put over the one before. A list begins with the
latest start. What reaches into a time may have started up to a day before it, and reading a day's
tracks to find the few would cost much; so one that lasts long lies, as a copy, in a partition of
its own too. Before the last few minutes that partition alone is read.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from facecore.contract import LONGEST_TRACK, MAX_TRACKS_PAGE, Track, TrackList
from recognizer.clock import Clock
from recognizer.ports import TrackSpan, TracksWanted
from recognizer.stores.aws.dynamo import Dynamo
from recognizer.stores.aws.dynamo_requests import Expression, Item
from recognizer.stores.aws.expiry import expires_at, unexpired
from recognizer.stores.aws.names import Names
from recognizer.stores.aws.timeline import Page, Partition, Wanted, moment, newest
from recognizer.stores.moments import from_us, time_cursor, to_us

_SHORT = timedelta(minutes=10)
"""A track that lasts longer has the copy."""


@dataclass(frozen=True, slots=True)
class _Stretch:
    """Starts from ``since`` on and before ``until``, in one partition."""

    owner: str
    since: datetime | None
    until: datetime | None


class AwsTracks:
    """Tracks, by device, start and name."""

    def __init__(self, dynamo: Dynamo, names: Names, lifetime: timedelta, now: Clock) -> None:
        self._dynamo = dynamo
        self._table = names.sightings
        self._lifetime = lifetime
        self._now = now

    def put(self, track: Track) -> None:
        """The copy first, or away last: so a list that knows the track knows it everywhere."""
        item: Item = {
            "owner": _of_device(track.device),
            "moment": moment(track.started_at, track.track),
            "ended": to_us(track.ended_at),
            "body": track.model_dump_json(),
            "expires_at": expires_at(track.received_at, self._lifetime),
        }
        copy: Item = {**item, "owner": _long_of_device(track.device)}
        if track.ended_at - track.started_at > _SHORT:
            self._dynamo.put(self._table, copy)
            self._dynamo.put(self._table, item)
        else:
            self._dynamo.put(self._table, item)
            self._dynamo.delete(self._table, {"owner": copy["owner"], "moment": copy["moment"]})

    def list(self, wanted: TracksWanted, *, after: str | None, limit: int) -> TrackList:
        """A page may be short and not be the last."""
        page = self._page(wanted, after, limit)
        tracks = [Track.model_validate_json(str(item["body"])) for item in page.items]
        return TrackList(tracks=tracks, next=page.next)

    def spans(self, wanted: TracksWanted) -> Sequence[TrackSpan]:
        """Read page by page."""
        return [_span(item) for item in self._all(wanted)]

    def _all(self, wanted: TracksWanted) -> Iterator[Item]:
        after = None
        while True:
            page = self._page(wanted, after, MAX_TRACKS_PAGE)
            yield from page.items
            if (after := page.next) is None:
                return

    def _page(self, wanted: TracksWanted, after: str | None, limit: int) -> Page:
        """One query or two; the second partition goes on where the first ends."""
        found: list[Item] = []
        for stretch in _stretches(wanted):
            if len(found) == limit:
                return Page(tuple(found), _cursor(found[-1]))
            page = self._of(stretch, wanted, after, limit - len(found))
            found += page.items
            if page.next is not None:
                return Page(tuple(found), page.next)
        return Page(tuple(found), None)

    def _of(self, stretch: _Stretch, wanted: TracksWanted, after: str | None, limit: int) -> Page:
        only = unexpired(self._now())
        if wanted.since is not None:
            ended: Item = {"ended": to_us(wanted.since)}
            only = Expression(f"{only.text} AND #ended >= :ended", {**only.values, **ended})
        return newest(
            self._dynamo,
            [Partition(self._table, "owner", stretch.owner)],
            Wanted(stretch.since, stretch.until, only, rare=wanted.since is not None),
            after=after,
            limit=limit,
        )


def _of_device(name: str) -> str:
    return f"tracks#{name}"


def _long_of_device(name: str) -> str:
    return f"long tracks#{name}"


def _stretches(wanted: TracksWanted) -> list[_Stretch]:
    """Latest first, none overlapping another."""
    short = _of_device(wanted.device)
    if wanted.since is None:
        return [_Stretch(short, None, wanted.until)]
    edge = wanted.since - _SHORT
    until = edge if wanted.until is None else min(edge, wanted.until)
    return [
        _Stretch(short, edge, wanted.until),
        _Stretch(_long_of_device(wanted.device), wanted.since - LONGEST_TRACK, until),
    ]


def _cursor(item: Item) -> str:
    started, _, track = str(item["moment"]).partition("#")
    return time_cursor(int(started), track)


def _span(item: Item) -> TrackSpan:
    started, _, track = str(item["moment"]).partition("#")
    return TrackSpan(track, from_us(int(started)), from_us(int(item["ended"])))
