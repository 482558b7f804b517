"""A sighting's items: the main item under its device, and for a match a copy under its label."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from boto3.dynamodb.conditions import Attr, ConditionBase

from facecore.contract import Sighting
from recognizer.adapters.aws.dynamo_requests import Action, AttributeUpdates, Delete, Put, Update
from recognizer.adapters.aws.items import Item, expires_at
from recognizer.adapters.aws.timeline import shard, sort_key
from recognizer.adapters.damage import readable_rows

_NEW = Attr("owner").not_exists()
_CORRECTED: Item = {"corrected": 1}
"""Attribute of a main item that a person decided about. ``add`` does not change such an item."""


def of_device(name: str) -> str:
    """Return the partition of a device's sightings. No name holds a ``#``."""
    return f"device#{name}"


def of_label(label: str) -> str:
    """Return the partition of the copies of a person's sightings."""
    return f"label#{label}"


def of_visit(device: str, track: str) -> str:
    """Return the partition of the index ``by_visit`` for a device's sightings of one track."""
    return f"{device}#{track}"


def main_key(sighting: Sighting) -> dict[str, str]:
    """Return the key of the main item."""
    return {"owner": of_device(sighting.device), "moment": _sort_key(sighting)}


def is_corrected(item: Item | None) -> bool:
    """Return whether a person decided about this main item."""
    return item is not None and "corrected" in item


def puts(
    table: str,
    sighting: Sighting,
    lifetime: timedelta,
    old: Item | None,
    *,
    correction: bool = False,
) -> list[Action]:
    """Return the actions that replace ``old``, on the condition that its label is unchanged.

    They also replace or delete the copy of ``old``, so that no copy of another label remains.
    """
    before = None if old is None else old.get("label")
    condition = _NEW if old is None else same_label(before)
    if not correction:
        condition = uncorrected(condition)
    actions = put_on(table, sighting, lifetime, condition, correction=correction)
    if isinstance(before, str) and before != sighting.label:
        actions.append(Delete(table, _copy_key(before, sighting)))
    return actions


def put_on(
    table: str,
    sighting: Sighting,
    lifetime: timedelta,
    condition: ConditionBase,
    *,
    correction: bool = False,
) -> list[Action]:
    """Return the actions that put the main item on this condition, and the copy of a match."""
    shared: Item = {
        "device": sighting.device,
        "decision": sighting.decision.value,
        "body": sighting.model_dump_json(),
        "expires_at": expires_at(sighting.received_at, lifetime),
    }
    main: Item = {**main_key(sighting), **shared, "shard": shard(sighting.id)}
    if correction:
        main = {**main, **_CORRECTED}
    if sighting.track is not None:
        main = {**main, "visit": of_visit(sighting.device, sighting.track)}
    if sighting.label is None:
        return [Put(table, main, condition)]
    copy: Item = {**_copy_key(sighting.label, sighting), **shared, "main": main["owner"]}
    return [Put(table, {**main, "label": sighting.label}, condition), Put(table, copy)]


def moves(table: str, copy: Item, into: str) -> list[Action]:
    """Return the actions that change a match's label: in its copy and in its main item.

    The last action fails if the main item is missing or does not have the copy's label any more.
    """
    sighting = read(copy)
    body = sighting.model_copy(update={"label": into}).model_dump_json()
    new: Item = {**copy, "owner": of_label(into), "body": body}
    main: Item = {"owner": copy["main"], "moment": copy["moment"]}
    change = AttributeUpdates({"label": into, "body": body, **_CORRECTED})
    same = Attr("label").eq(sighting.label or "")
    return [copy_away(table, copy), Put(table, new), Update(table, main, change, same)]


def copy_away(table: str, copy: Item) -> Action:
    """Return the action that deletes a copy."""
    return Delete(table, {"owner": copy["owner"], "moment": copy["moment"]})


def same_label(label: object) -> ConditionBase:
    """Return the condition that there is no item, or one with this label."""
    of_item = Attr("label")
    return _NEW | (of_item.eq(label) if isinstance(label, str) else of_item.not_exists())


def read_all(items: Iterable[Item]) -> list[Sighting]:
    """Return the sightings of main items or copies, without those that can't be read."""
    return readable_rows("sighting", items, read, lambda item: item["moment"])


def uncorrected(condition: ConditionBase) -> ConditionBase:
    """Return the condition, extended by: no person has decided about the item."""
    return condition & Attr("corrected").not_exists()


def read(item: Item) -> Sighting:
    """Return the sighting of its main item or copy."""
    return Sighting.model_validate_json(str(item["body"]))


def _copy_key(label: str, sighting: Sighting) -> dict[str, str]:
    return {"owner": of_label(label), "moment": _sort_key(sighting)}


def _sort_key(sighting: Sighting) -> str:
    return sort_key(sighting.captured_at, sighting.id)
