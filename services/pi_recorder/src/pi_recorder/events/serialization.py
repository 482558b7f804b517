"""How events are called outside: ``VisitNamed`` is ``visit_named``; and how they are written."""

from __future__ import annotations

import re
from dataclasses import asdict
from datetime import UTC, datetime
from threading import Lock
from typing import Any, TextIO, get_args

from pydantic import TypeAdapter

from pi_recorder.events import Event, Seen
from pi_recorder.operation.run_summary import Summary

_ANYTHING: TypeAdapter[dict[str, Any]] = TypeAdapter(dict[str, Any])


def name_of(event: Event) -> str:
    """The event's name outside."""
    return _snake(type(event).__name__)


def as_json(name: str, told_at: datetime, **fields: Any) -> bytes:
    """One line of JSON: the name, the time, and the fields; times in UTC."""
    return _ANYTHING.dump_json({"event": name, "time": told_at, **fields})


def event_json(event: Event, told_at: datetime, **more: Any) -> bytes:
    """One line of JSON for an event that was told then; it holds no picture."""
    return as_json(name_of(event), told_at, **more, **asdict(event))


def _snake(name: str) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()


EVENT_NAMES = tuple(_snake(kind.__name__) for kind in get_args(Event))
"""Every name there is."""


# Tells machines what happens: one JSON object a line, with the event's name and its fields.


class JsonLines:
    """Writes ``{"event": "answered", "time": …, …}``; times in UTC, the summary last.

    ``Seen`` is left out: it comes several times a second and is for screens.
    """

    def __init__(self, out: TextIO) -> None:
        self._out = out
        self._lock = Lock()

    def show(self, event: Event) -> None:
        """Writes the event."""
        if not isinstance(event, Seen):
            self._write(event_json(event, datetime.now(UTC)))

    def end(self, summary: Summary, failures: list[str]) -> None:
        """Writes the run's summary, with what failed."""
        self._write(as_json("summary", datetime.now(UTC), **asdict(summary), failures=failures))

    def _write(self, line: bytes) -> None:
        with self._lock:
            self._out.write(line.decode() + "\n")
            self._out.flush()
