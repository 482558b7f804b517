"""Tells machines what happens: one JSON object a line, with the event's name and its fields."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime
from threading import Lock
from typing import TextIO

from pi_recorder.event_names import as_json, event_json
from pi_recorder.events import Event, Seen
from pi_recorder.tally import Summary


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
