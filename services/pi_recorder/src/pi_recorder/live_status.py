"""Asks the running recorder of this machine what it does: ``GET /status.json`` of its live page."""

from __future__ import annotations

from typing import Any

import httpx
from pydantic import TypeAdapter, ValidationError

_ANSWERS_WITHIN_S = 3.0
_OBJECT: TypeAdapter[dict[str, Any]] = TypeAdapter(dict[str, Any])


def live_status(port: int) -> dict[str, Any] | None:
    """The status as the live page gives it; None when nobody answers with one."""
    try:
        answer = httpx.get(
            f"http://127.0.0.1:{port}/status.json",
            timeout=_ANSWERS_WITHIN_S,
            trust_env=False,  # never through a proxy: it is this machine
        )
        answer.raise_for_status()
        return _OBJECT.validate_json(answer.content)
    except (httpx.HTTPError, ValidationError):
        return None
