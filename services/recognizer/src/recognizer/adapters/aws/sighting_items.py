"""A sighting as items: the main one under its device, and of a match a copy under its label."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from facecore.contract import Sighting
from recognizer.adapters.aws.dynamo_requests import Action, Delete, Expression, Item, Put, Update
from recognizer.adapters.aws.item_attributes import expires_at
from recognizer.adapters.aws.timeline import moment, shard
from recognizer.adapters.damage import readable_rows

_NEW = "attribute_not_exists(#owner)"
_CORRECTED: Item = {"corrected": 1}
"""Of a main item that a person decided about: ``add`` leaves it alone."""


def of_device(name: str) -> str:
    """The partition of a device's sightings; no name holds a ``#``."""
    return f"device#{name}"


def of_label(label: str) -> str:
    """The partition of the copies of a person's sightings."""
    return f"label#{label}"


def of_visit(device: str, track: str) -> str:
    """The partition, in the index ``by_visit``, of a device's sightings of one track."""
    return f"{device}#{track}"


def main_key(sighting: Sighting) -> dict[str, str]:
    """Where the sighting lies."""
    return {"owner": of_device(sighting.device), "moment": _moment(sighting)}


def is_corrected(item: Item | None) -> bool:
    """Whether a person decided about this main item."""
    return item is not None and "corrected" in item


def puts(
    table: str,
    sighting: Sighting,
    lifetime: timedelta,
    old: Item | None,
    *,
    correction: bool = False,
) -> list[Action]:
    """Put it in the place of ``old``, on the condition that no other label's copy is left behind.

    The copy of ``old`` is put over or taken away.
    """
    before = None if old is None else old.get("label")
    condition = Expression(_NEW) if old is None else same_label(before)
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
    condition: Expression,
    *,
    correction: bool = False,
) -> list[Action]:
    """Put the main item on this condition, and the copy, if it has one."""
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
    """Put another label on a match: its copy goes, a new one comes, the main item is changed.

    The last of them is refused when the main item has not the copy's label any more, or is gone.
    """
    sighting = read(copy)
    body = sighting.model_copy(update={"label": into}).model_dump_json()
    new: Item = {**copy, "owner": of_label(into), "body": body}
    main: Item = {"owner": copy["main"], "moment": copy["moment"]}
    change = Expression(
        "SET #label = :into, #body = :body, #corrected = :corrected",
        {"into": into, "body": body, **_CORRECTED},
    )
    same = Expression("#label = :label", {"label": sighting.label or ""})
    return [copy_away(table, copy), Put(table, new), Update(table, main, change, same)]


def copy_away(table: str, copy: Item) -> Action:
    """Take a copy away."""
    return Delete(table, {"owner": copy["owner"], "moment": copy["moment"]})


def same_label(label: object) -> Expression:
    """None is there, or one of this label, whose copy is then put over."""
    if isinstance(label, str):
        return Expression(f"{_NEW} OR #label = :label", {"label": label})
    return Expression(f"{_NEW} OR attribute_not_exists(#label)")


def read_all(items: Iterable[Item]) -> list[Sighting]:
    """From either of their items, without those that can't be read."""
    return readable_rows("sighting", items, read, lambda item: item["moment"])


def uncorrected(condition: Expression) -> Expression:
    """Likewise, and no person has decided about it."""
    return Expression(f"({condition.text}) AND attribute_not_exists(#corrected)", condition.values)


def read(item: Item) -> Sighting:
    """From either of its items."""
    return Sighting.model_validate_json(str(item["body"]))


def _copy_key(label: str, sighting: Sighting) -> dict[str, str]:
    return {"owner": of_label(label), "moment": _moment(sighting)}


def _moment(sighting: Sighting) -> str:
    return moment(sighting.captured_at, sighting.id)
