"""Fault injection between two AWS calls: a kill, or the write of another process."""

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
    """The end of the process. Nothing catches it, as nothing catches a SIGKILL."""


class KillableProcess:
    """An AWS store that can be killed before one of its next writes.

    Attributes:
        stores: the AWS store.
    """

    def __init__(self, now: Clock) -> None:
        self.stores = _hooked("before-call", self._die, now)
        self._left: int | None = None

    def kill_before_write(self, number: int | None) -> None:
        """Set the write before which it is killed: 0 is the next one, None kills it never."""
        self._left = number

    def _die(self, model: Any, **_: object) -> None:
        if self._left is None or model.name not in _WRITES:
            return
        if self._left == 0:
            raise Killed
        self._left -= 1


@contextmanager
def killable_process(now: Clock) -> Iterator[KillableProcess]:
    """Yield an AWS store that runs until ``kill_before_write``; close it at the end."""
    process = KillableProcess(now)
    try:
        yield process
    finally:
        process.stores.close()


@contextmanager
def interrupted_after(operation: str, action: Callable[[], None], now: Clock) -> Iterator[Stores]:
    """Yield an AWS store; call ``action`` once, just after its first call of ``operation``."""
    pending = [action]

    def act(model: Any, **_: object) -> None:
        while model.name == operation and pending:
            pending.pop()()

    stores = _hooked("after-call", act, now)
    try:
        yield stores
    finally:
        stores.close()
    assert not pending, f"{operation} was never called"


@contextmanager
def recorded_calls(now: Clock) -> Iterator[tuple[Stores, list[str]]]:
    """Yield an AWS store and the names of the calls that it makes."""
    made: list[str] = []

    def record(model: Any, **_: object) -> None:
        made.append(model.name)

    stores = _hooked("before-call", record, now)
    try:
        yield stores, made
    finally:
        stores.close()


def _hooked(event: str, hook: Callable[..., None], now: Clock) -> Stores:
    clients = connect()
    for client in (clients.dynamodb, clients.s3):
        client.meta.events.register(event, hook)
    return assemble(clients, Settings(), now)
