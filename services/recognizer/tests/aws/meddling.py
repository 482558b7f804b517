"""What happens between two calls of AWS: a kill, or somebody else's turn."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from recognizer.adapters.aws.clients import connect
from recognizer.adapters.aws.opening import assemble
from recognizer.domain.clock import Clock
from recognizer.domain.ports import Stores
from recognizer.settings import Settings

_WRITES = frozenset(
    {"PutItem", "UpdateItem", "DeleteItem", "TransactWriteItems", "PutObject", "DeleteObjects"}
)


class Killed(BaseException):
    """The process ends here; nobody catches it, as nobody catches a SIGKILL."""


class Doomed:
    """A family that can be told to end before one of its next writes.

    Attributes:
        stores: the family.
    """

    def __init__(self, now: Clock) -> None:
        self.stores = _hooked("before-call", self._die, now)
        self._left: int | None = None

    def kill_before_write(self, number: int | None) -> None:
        """The first write from now on is 0; None lets it live."""
        self._left = number

    def _die(self, model: Any, **_: object) -> None:
        if self._left is None or model.name not in _WRITES:
            return
        if self._left == 0:
            raise Killed
        self._left -= 1


@contextmanager
def doomed(now: Clock) -> Iterator[Doomed]:
    """Lives until it is told otherwise."""
    family = Doomed(now)
    try:
        yield family
    finally:
        family.stores.close()


@contextmanager
def interrupted_after(
    operation: str, happening: Callable[[], None], now: Clock
) -> Iterator[Stores]:
    """A family during which something happens once, just after its first such call."""
    happenings = [happening]

    def happen(model: Any, **_: object) -> None:
        while model.name == operation and happenings:
            happenings.pop()()

    family = _hooked("after-call", happen, now)
    try:
        yield family
    finally:
        family.close()
    assert not happenings, f"{operation} was never called"


@contextmanager
def heard(now: Clock) -> Iterator[tuple[Stores, list[str]]]:
    """A family, and the names of the calls that it makes."""
    made: list[str] = []

    def hear(model: Any, **_: object) -> None:
        made.append(model.name)

    family = _hooked("before-call", hear, now)
    try:
        yield family, made
    finally:
        family.close()


def _hooked(event: str, hook: Callable[..., None], now: Clock) -> Stores:
    clients = connect()
    for client in (clients.dynamodb, clients.s3):
        client.meta.events.register(event, hook)
    return assemble(clients, Settings(), now)
