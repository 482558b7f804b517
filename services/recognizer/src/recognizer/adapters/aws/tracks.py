"""The port ``Tracks`` on DynamoDB: items of the sightings' table that are in none of its indexes.

A track's start never changes, so a later report replaces the one before. A track that overlaps a
period may have started up to a day before it. To read all tracks of that day would cost much. So a
separate partition holds copies of the long tracks, and only that partition is read for starts more
than ``_SHORT`` before the period.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from boto3.dynamodb.conditions import Attr, ConditionBase, Key

from facecore.contract import LONGEST_TRACK, Track, TrackList, in_utc
from recognizer.adapters.aws.clients import Names
from recognizer.adapters.aws.dynamo import Dynamo
from recognizer.adapters.aws.dynamo_requests import Query
from recognizer.adapters.aws.items import Item, expires_at, unexpired
from recognizer.adapters.aws.timeline import Page, Partition, Wanted, newest, sort_key
from recognizer.adapters.damage import readable_rows
from recognizer.domain.clock import Clock
from recognizer.domain.cursors import from_us, time_cursor, to_us
from recognizer.domain.ports import TrackFilter, TrackSpan

_SHORT = timedelta(minutes=10)
"""A track that lasts longer has a copy."""
_FIRST = datetime.min.replace(tzinfo=UTC)
_LAST = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class _Period:
    """The tracks that start from ``since`` and before ``until``, and end at ``ended`` or later.

    Attributes:
        owner: the partition to read.
    """

    owner: str
    since: datetime
    until: datetime
    ended: datetime


class AwsTracks:
    """Tracks, ordered by device, start and name."""

    def __init__(self, dynamo: Dynamo, names: Names, lifetime: timedelta, now: Clock) -> None:
        self._dynamo = dynamo
        self._table = names.sightings
        self._lifetime = lifetime
        self._now = now

    def put(self, track: Track) -> None:
        """Put the copy before the item, or delete it after: a listed long track has its copy."""
        item: Item = {
            "owner": _of_device(track.device),
            "moment": sort_key(track.started_at, track.track),
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

    def list(self, wanted: TrackFilter, *, after: str | None, limit: int) -> TrackList:
        """Return a page of tracks, latest start first. A short page may not be the last."""
        page = self._page(wanted, after, limit)
        tracks = readable_rows("track", page.items, _track, _key)
        return TrackList(tracks=tracks, next=page.next)

    def spans(self, wanted: Collection[TrackFilter]) -> set[TrackSpan]:
        """Return the spans of the wanted tracks: parallel queries, one for overlapping periods."""
        periods = _joined(period for one in wanted for period in _periods(one))
        found = self._dynamo.query_all([self._query(period) for period in periods])
        items = [item for of_one in found for item in of_one]
        spans = readable_rows("track", items, _span, _key)
        return {span for span in spans if any(_reaches(span, one) for one in wanted)}

    def _query(self, period: _Period) -> Query:
        """Return the query for spans, which does not read the boxes."""
        span = Key("moment").between(sort_key(period.since, ""), sort_key(period.until, ""))
        where = Key("owner").eq(period.owner) & span
        return Query(self._table, where, self._only(period), reads=("owner", "moment", "ended"))

    def _page(self, wanted: TrackFilter, after: str | None, limit: int) -> Page:
        """Return a page by one query or two. The second partition continues after the first."""
        found: list[Item] = []
        for period in _periods(wanted):
            if len(found) == limit:
                return Page(tuple(found), _cursor(found[-1]))
            page = self._of(period, after, limit - len(found))
            found += page.items
            if page.next is not None:
                return Page(tuple(found), page.next)
        return Page(tuple(found), None)

    def _of(self, period: _Period, after: str | None, limit: int) -> Page:
        only, rare = self._only(period), period.ended > _FIRST
        return newest(
            self._dynamo,
            [Partition(self._table, "owner", period.owner)],
            Wanted(period.since, period.until, only, rare=rare),
            after=after,
            limit=limit,
        )

    def _only(self, period: _Period) -> ConditionBase:
        return unexpired(self._now()) & Attr("ended").gte(to_us(period.ended))


def _of_device(name: str) -> str:
    return f"tracks#{name}"


def _long_of_device(name: str) -> str:
    return f"long tracks#{name}"


def _periods(wanted: TrackFilter) -> list[_Period]:
    """Return the periods to read, latest first, without overlap."""
    short, until = _of_device(wanted.device), wanted.until or _LAST
    if wanted.since is None:
        return [_Period(short, _FIRST, until, _FIRST)]
    edge = wanted.since - _SHORT
    long = _long_of_device(wanted.device)
    return [
        _Period(short, edge, until, wanted.since),
        _Period(long, wanted.since - LONGEST_TRACK, min(edge, until), wanted.since),
    ]


def _joined(periods: Iterable[_Period]) -> list[_Period]:
    """Return periods with the same starts, without overlap."""
    joined: list[_Period] = []
    for one in sorted(periods, key=lambda one: (one.owner, one.since)):
        last = joined[-1] if joined else None
        if last is None or last.owner != one.owner or one.since > last.until:
            joined.append(one)
            continue
        until, ended = max(one.until, last.until), min(one.ended, last.ended)
        joined[-1] = replace(last, until=until, ended=ended)
    return [one for one in joined if one.since < one.until]


def _cursor(item: Item) -> str:
    started, _, track = str(item["moment"]).partition("#")
    return time_cursor(int(started), track)


def _key(item: Item) -> str:
    return f"{item['owner']!s}/{item['moment']!s}"


def _track(item: Item) -> Track:
    return Track.model_validate_json(str(item["body"]))


def _span(item: Item) -> TrackSpan:
    device = str(item["owner"]).partition("#")[2]
    started, _, track = str(item["moment"]).partition("#")
    ended_at = in_utc(from_us(int(item["ended"])))
    return TrackSpan(device, track, in_utc(from_us(int(started))), ended_at)


def _reaches(span: TrackSpan, wanted: TrackFilter) -> bool:
    return (
        span.device == wanted.device
        and span.ended_at >= (wanted.since or _FIRST)
        and span.started_at < (wanted.until or _LAST)
    )
