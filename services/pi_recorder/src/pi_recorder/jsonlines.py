"""Tells machines what happens: one JSON object a line, with the event's name and its fields."""

from __future__ import annotations

import re
from dataclasses import asdict
from datetime import UTC, datetime
from threading import Lock
from typing import Any, TextIO

from pydantic import TypeAdapter

from pi_recorder.events import Event
from pi_recorder.tally import Summary

_ANYTHING: TypeAdapter[dict[str, Any]] = TypeAdapter(dict[str, Any])


class JsonLines:
    """Writes ``{"event": "answered", "time": …, …}``; times in UTC, the summary last."""

    def __init__(self, out: TextIO) -> None:
        self._out = out
        self._lock = Lock()

    def show(self, event: Event) -> None:
        """Writes the event."""
        self._write(_snake(type(event).__name__), asdict(event))

    def end(self, summary: Summary, failures: list[str]) -> None:
        """Writes the run's summary, with what failed."""
        self._write("summary", {**asdict(summary), "failures": failures})

    def _write(self, name: str, fields: dict[str, Any]) -> None:
        line = _ANYTHING.dump_json({"event": name, "time": datetime.now(UTC), **fields})
        with self._lock:
            self._out.write(line.decode() + "\n")
            self._out.flush()


def _snake(name: str) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()
