"""How events are called outside: ``VisitNamed`` is ``visit_named``; and how they are written."""

from __future__ import annotations

import re
from dataclasses import asdict
from datetime import datetime
from typing import Any, get_args

from pydantic import TypeAdapter

from pi_recorder.events import Event

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
