"""An answer that is a picture of somebody's face."""

from __future__ import annotations

from typing import Any

from fastapi import Response

JPEG_ANSWER: dict[str, Any] = {
    "description": "A JPEG",
    "content": {"image/jpeg": {"schema": {"type": "string", "format": "binary"}}},
}
"""For the description of a call."""


def jpeg(data: bytes) -> Response:
    """Nothing keeps it: when the face is forgotten here, it is forgotten."""
    return Response(data, media_type="image/jpeg", headers={"cache-control": "no-store"})
