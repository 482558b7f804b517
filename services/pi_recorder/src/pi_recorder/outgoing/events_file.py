"""Writes events into a file, a line each. At 10 MB it begins anew and keeps one older file."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from logging import makeLogRecord
from logging.handlers import RotatingFileHandler
from pathlib import Path

from pi_recorder.event_names import event_json
from pi_recorder.events import Event, Publish, Seen
from pi_recorder.outgoing.outbox import Letter, Outbox, Undelivered

_MAX_BYTES = 10_000_000


class _Lines(RotatingFileHandler):
    """The standard library's rotation, which tells of a full disk instead of printing it."""

    def __init__(self, path: Path) -> None:
        super().__init__(path, maxBytes=_MAX_BYTES, backupCount=1, encoding="utf-8", delay=True)

    def deliver(self, letter: Letter) -> None:
        self.emit(makeLogRecord({"msg": event_json(letter.event, letter.told_at).decode()}))

    def handleError(self, _: object) -> None:  # noqa: N802 - logging calls it so
        if (error := sys.exception()) is not None:
            raise error


@contextmanager
def events_file(path: Path, publish: Publish) -> Iterator[Publish]:
    """Writes every event but ``Seen`` until the block ends; yields what takes them."""
    with closing(_Lines(path)) as lines:

        def deliver(letter: Letter) -> None:
            try:
                lines.deliver(letter)
            except OSError as error:
                raise Undelivered(str(error)) from error

        outbox = Outbox("the events' file", deliver, publish)

        def take(event: Event) -> None:
            if not isinstance(event, Seen):
                outbox.put(event)

        with outbox.running():
            yield take
