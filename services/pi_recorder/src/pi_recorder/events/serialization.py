"""Events as JSON: their names, such as ``visit_named`` for ``VisitNamed``, and their fields."""

from __future__ import annotations

import re
from dataclasses import asdict
from datetime import datetime
from typing import Any, get_args

from pydantic import TypeAdapter

from pi_recorder.events import Event

_ANYTHING: TypeAdapter[dict[str, Any]] = TypeAdapter(dict[str, Any])


def name_of(event: Event) -> str:
    """Return the event's name in JSON."""
    return _snake(type(event).__name__)


def as_json(name: str, published_at: datetime, **fields: Any) -> bytes:
    """Serialize one line of JSON: the name, the time in UTC, and the fields."""
    return _ANYTHING.dump_json({"event": name, "time": published_at, **fields})


def event_json(event: Event, published_at: datetime, **more: Any) -> bytes:
    """Serialize an event and the time of its publication as one line; it contains no picture."""
    return as_json(name_of(event), published_at, **more, **asdict(event))


def _snake(name: str) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()


EVENT_NAMES = tuple(_snake(kind.__name__) for kind in get_args(Event))
"""The names of all events."""
