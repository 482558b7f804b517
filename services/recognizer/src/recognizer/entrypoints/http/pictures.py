"""An answer that is a picture of somebody's face."""

from __future__ import annotations

from typing import Any

from fastapi import Request, Response

JPEG_ANSWER: dict[str, Any] = {
    "description": "A JPEG",
    "content": {"image/jpeg": {"schema": {"type": "string", "format": "binary"}}},
}
"""For the description of a call."""


def jpeg(data: bytes) -> Response:
    """Nothing keeps it: when the face is forgotten here, it is forgotten."""
    return Response(data, media_type="image/jpeg", headers={"cache-control": "no-store"})


_NOT_MODIFIED = 304


def is_known(request: Request, etag: str) -> bool:
    """Whether the caller has it already (RFC 9110, 13.1.2)."""
    sent = request.headers.get("if-none-match", "")
    tags = {tag.strip().removeprefix("W/") for tag in sent.split(",")}
    return f'"{etag}"' in tags or "*" in tags


def picture_answer(data: bytes, media_type: str, etag: str) -> Response:
    """Give a picture that the admin's browser may keep, but must ask about each time.

    So what is deleted is gone from the page too, and what is unchanged costs no bytes.
    """
    return Response(data, media_type=media_type, headers=_headers(etag))


def unchanged(etag: str) -> Response:
    """Nothing but that it is as it was."""
    return Response(status_code=_NOT_MODIFIED, headers=_headers(etag))


def described(*types: str) -> dict[int | str, dict[str, Any]]:
    """Documents such an answer."""
    schema = {"schema": {"type": "string", "format": "binary"}}
    return {
        200: {"description": "The picture", "content": dict.fromkeys(types, schema)},
        304: {"description": "The caller has it already, by its ETag"},
    }


def _headers(etag: str) -> dict[str, str]:
    return {"etag": f'"{etag}"', "cache-control": "private, no-cache"}
