"""The port ``Sightings`` on DynamoDB.

A list reads the smallest partition: a label's, else a device's, else the index of all. A filter
applies the other conditions.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import timedelta
from itertools import islice

from boto3.dynamodb.conditions import Key

from facecore.contract import Sighting, SightingList
from recognizer.adapters.aws import sighting_items as items
from recognizer.adapters.aws.clients import Names
from recognizer.adapters.aws.dynamo import Dynamo, attempts
from recognizer.adapters.aws.dynamo_requests import Action, Check, Query
from recognizer.adapters.aws.errors import TransactionRefused
from recognizer.adapters.aws.items import IS_THERE, Item, unexpired
from recognizer.adapters.aws.timeline import Partition, Wanted, newest, shard, shards, sort_key
from recognizer.domain.capture import captured_at
from recognizer.domain.clock import Clock
from recognizer.domain.errors import SightingNotFound, StoreUnavailable
from recognizer.domain.ports import SightingFilter, TrackName, unnamed

_ACTIONS = 3
"""Most actions for one sighting: check its person, put the main item, put the copy."""
_ATTEMPTS = 5


class AwsSightings:
    """Sightings, ordered by device, time and id."""

    def __init__(self, dynamo: Dynamo, names: Names, lifetime: timedelta, now: Clock) -> None:
        self._dynamo = dynamo
        self._table = names.sightings
        self._people = names.people
        self._lifetime = lifetime
        self._now = now

    def add(self, sightings: Sequence[Sighting]) -> None:
        """Add sightings in full transactions. If one fails, add its sightings one by one."""
        waiting = iter({tuple(items.main_key(one).values()): one for one in sightings}.values())
        while batch := list(islice(waiting, self._dynamo.max_actions // _ACTIONS)):
            try:
                self._dynamo.transact(self._all_at_once(batch))
            except TransactionRefused:
                for one in batch:
                    self._put_one(one)

    def correct(self, sightings: Sequence[Sighting]) -> None:
        """Store corrected sightings, in one transaction each."""
        for one in sightings:
            self._put_one(one, correction=True)

    def is_corrected(self, sighting: Sighting) -> bool:
        """Return whether the stored sighting was corrected, by one consistent read."""
        return items.is_corrected(self._dynamo.get(self._table, items.main_key(sighting)))

    def named(self, label: str) -> Iterator[tuple[Item, Item]]:
        """Yield the keys of copy and main item of each of the person's sightings.

        A consistent read, with expired items that still exist.
        """
        owner = items.of_label(label)
        query = Query(self._table, Key("owner").eq(owner))
        for item in self._dynamo.query(query):
            copy: Item = {"owner": owner, "moment": item["moment"]}
            yield copy, {"owner": item["main"], "moment": item["moment"]}

    def find(self, sighting_id: str) -> Sighting:
        """Return the sighting. Its id holds the time to find it in the index, which lags briefly.

        Raise ``SightingNotFound``.
        """
        at = captured_at(sighting_id)
        if at is None:
            raise SightingNotFound(sighting_id)
        fresh = unexpired(self._now())
        moment = Key("moment").eq(sort_key(at, sighting_id))
        where = Key("shard").eq(shard(sighting_id)) & moment
        found = self._dynamo.query(Query(self._table, where, only=fresh, index="by_time"))
        for sighting in items.read_all(found):
            return sighting
        raise SightingNotFound(sighting_id)

    def list(self, wanted: SightingFilter, *, after: str | None, limit: int) -> SightingList:
        """Return a page, newest first. With a filter a short page may not be the last."""
        page = newest(
            self._dynamo,
            _partitions(self._table, wanted),
            self._wanted(wanted),
            after=after,
            limit=limit,
        )
        return SightingList(sightings=items.read_all(page.items), next=page.next)

    def of_tracks(
        self, tracks: Collection[TrackName], *, most: int
    ) -> Mapping[TrackName, Sequence[Sighting]]:
        """Return the sightings of tracks: parallel queries of an index, which lags briefly."""
        fresh = unexpired(self._now())
        queries = [
            Query(
                self._table,
                Key("visit").eq(items.of_visit(device, track)),
                only=fresh,
                index="by_visit",
                newest_first=True,
            )
            for device, track in tracks
        ]
        found = self._dynamo.query_all(queries, most=most)
        return {track: items.read_all(of_one) for track, of_one in zip(tracks, found, strict=True)}

    def _all_at_once(self, sightings: Sequence[Sighting]) -> Sequence[Action]:
        """Return the actions for all. They fail if a stored one is corrected or has another label.

        They also fail if a person does not exist any more.
        """
        labels = dict.fromkeys(one.label for one in sightings if one.label is not None)
        actions: list[Action] = [self._check(label) for label in labels]
        for one in sightings:
            condition = items.uncorrected(items.same_label(one.label))
            actions += items.put_on(self._table, one, self._lifetime, condition)
        return actions

    def _put_one(self, sighting: Sighting, *, correction: bool = False) -> None:
        for _ in attempts(_ATTEMPTS):
            old = self._dynamo.get(self._table, items.main_key(sighting))
            if items.is_corrected(old) and not correction:
                return
            actions = items.puts(self._table, sighting, self._lifetime, old, correction=correction)
            checks = [] if sighting.label is None else [self._check(sighting.label)]
            try:
                self._dynamo.transact([*checks, *actions])
            except TransactionRefused as refused:
                if checks and 0 in refused.failed:
                    sighting = unnamed(sighting)
            else:
                return
        raise StoreUnavailable("other requests keep changing a sighting; try again")

    def _check(self, label: str) -> Action:
        return Check(self._people, {"label": label}, IS_THERE)

    def _wanted(self, wanted: SightingFilter) -> Wanted:
        """Return the conditions that the partition does not imply."""
        filters = {
            "device": wanted.device if wanted.label is not None else None,
            "decision": wanted.decision and wanted.decision.value,
        }
        values = {name: value for name, value in filters.items() if value is not None}
        only = unexpired(self._now(), **values)
        return Wanted(wanted.since, wanted.until, only, rare=bool(values))


def _partitions(table: str, wanted: SightingFilter) -> Sequence[Partition]:
    if wanted.label is not None:
        return [Partition(table, "owner", items.of_label(wanted.label))]
    if wanted.device is not None:
        return [Partition(table, "owner", items.of_device(wanted.device))]
    return shards(table, "by_time")
