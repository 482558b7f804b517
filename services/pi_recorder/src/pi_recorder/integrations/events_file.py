"""Write events to a file, one a line. At 10 MB the file is rotated, and one older file is kept.

Events contain people's names, so only the owner can read a new file. An existing file keeps its
rights, also after rotation, so that an administrator can let another program read it.
"""

from __future__ import annotations

import logging
import os
import stat
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from io import TextIOWrapper
from logging import makeLogRecord
from logging.handlers import RotatingFileHandler
from pathlib import Path

from pi_recorder.events import Event, Publish, Seen
from pi_recorder.events.formatting import event_json
from pi_recorder.integrations.outbox import Message, Outbox, Undelivered
from pi_recorder.spool.files import private_opener

_log = logging.getLogger(__name__)
_MAX_BYTES = 10_000_000


class _Lines(RotatingFileHandler):
    """The standard library's rotating handler, which raises errors instead of printing them."""

    def __init__(self, path: Path) -> None:
        super().__init__(path, maxBytes=_MAX_BYTES, backupCount=1, encoding="utf-8", delay=True)
        self._kept: os.stat_result | None = None

    def deliver(self, message: Message) -> None:
        self.emit(makeLogRecord({"msg": event_json(message.event, message.published_at).decode()}))

    def doRollover(self) -> None:  # noqa: N802 - logging calls it so
        if self.stream is not None:
            self._kept = os.fstat(self.stream.fileno())
        super().doRollover()

    def _open(self) -> TextIOWrapper:
        path = self.baseFilename
        file = open(path, "a", encoding="utf-8", opener=private_opener)  # noqa: SIM115 - logging closes it
        mode, kept, self._kept = os.fstat(file.fileno()).st_mode, self._kept, None
        if kept is not None:
            _give_rights(file.fileno(), kept)
        elif stat.S_ISREG(mode) and mode & stat.S_IRWXO:
            _log.warning("%s: everybody on this machine can read its events; chmod o= it", path)
        return file

    def handleError(self, _: object) -> None:  # noqa: N802 - logging calls it so
        if (error := sys.exception()) is not None:
            raise error


def _give_rights(descriptor: int, of: os.stat_result) -> None:
    """Give a file the rights of the one before; none for a group that this user may not set."""
    mode = stat.S_IMODE(of.st_mode)
    if os.fstat(descriptor).st_gid != of.st_gid:
        try:
            os.fchown(descriptor, -1, of.st_gid)
        except PermissionError:
            mode &= ~stat.S_IRWXG
            _log.warning("the new events file is not in the group of the one before; chgrp it")
    os.fchmod(descriptor, mode)


@contextmanager
def events_file(path: Path, publish: Publish) -> Iterator[Publish]:
    """Write every event except ``Seen`` until the block ends; yield the function to call."""
    with closing(_Lines(path)) as lines:

        def deliver(message: Message) -> None:
            try:
                lines.deliver(message)
            except OSError as error:
                raise Undelivered(str(error)) from error

        outbox = Outbox("the events file", deliver, publish)

        def take(event: Event) -> None:
            if not isinstance(event, Seen):
                outbox.put(event)

        with outbox.running():
            yield take
