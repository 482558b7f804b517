"""Which object holds the gallery, and at which version: one item, which only moves on."""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from recognizer.adapters.aws.clients import Names
from recognizer.adapters.aws.dynamo import Dynamo
from recognizer.adapters.aws.dynamo_requests import ConditionFailed, Expression, Item

FOLDER = "gallery/"
NO_MODEL = "-"
_ITEM: Item = {"part": "snapshot", "number": 0}


@dataclass(frozen=True, slots=True)
class Pointer:
    """Names a snapshot's object.

    Attributes:
        version: of the gallery that the object shows.
        object: its name. It may be gone, then a newer one has taken its place.
        model: whose embeddings it holds; ``NO_MODEL`` when there is no such object, since
            embeddings were removed before anybody made one.
        dimension: length of an embedding.
        tidy: whether everything is gone that this one makes superfluous.
    """

    version: int
    object: str
    model: str = NO_MODEL
    dimension: int = 0
    tidy: bool = False


class GalleryPointer:
    """Reads and moves the pointer."""

    def __init__(self, dynamo: Dynamo, names: Names) -> None:
        self._dynamo = dynamo
        self._table = names.gallery

    def read(self) -> Pointer | None:
        """As it is now; none before the first snapshot."""
        item = self._dynamo.get(self._table, _ITEM)
        return None if item is None else _pointer(item)

    def move(self, to: Pointer, *, instead_of: Pointer | None) -> Pointer | None:
        """Names another object, and tells which was named before.

        Args:
            to: a newer version, or the same as a useless one's.
            instead_of: one that is of no use to who asks.

        Raises:
            ConditionFailed: one that is as new has been named meanwhile; nothing is changed.
        """
        values: Item = {
            "version": to.version,
            "object": to.object,
            "model": to.model,
            "dimension": to.dimension,
        }
        change = ", ".join(f"#{name} = :{name}" for name in values)
        before = self._dynamo.update(
            self._table,
            _ITEM,
            Expression(f"SET {change} REMOVE #tidy", values),
            _older(instead_of),
        )
        return _pointer(before) if before else None

    def mark_tidy(self, pointer: Pointer) -> None:
        """Note that nothing superfluous is left, unless the pointer has moved."""
        try:
            self._dynamo.update(
                self._table,
                _ITEM,
                Expression("SET #tidy = :tidy", {"tidy": 1}),
                Expression("#object = :object", {"object": pointer.object}),
            )
        except ConditionFailed:  # who moved it tidies up
            return


def new_object_name(version: int) -> str:
    """One that nobody had; they sort as the versions do."""
    return f"{before_version(version)}{secrets.token_hex(8)}"


def before_version(version: int) -> str:
    """Comes after the names of all older objects, and before those of this version."""
    return f"{FOLDER}{version:016d}-"


def _older(instead_of: Pointer | None) -> Expression:
    text = "attribute_not_exists(#version) OR #version < :version"
    if instead_of is None:
        return Expression(text)
    return Expression(f"{text} OR #object = :useless", {"useless": instead_of.object})


def _pointer(item: Item) -> Pointer:
    return Pointer(
        version=int(item["version"]),
        object=str(item["object"]),
        model=str(item["model"]),
        dimension=int(item["dimension"]),
        tidy="tidy" in item,
    )
