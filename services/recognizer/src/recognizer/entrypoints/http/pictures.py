"""Responses that are a picture of a face, with their caching headers."""

from __future__ import annotations

from typing import Any

from fastapi import Request, Response

JPEG_ANSWER: dict[str, Any] = {
    "description": "A JPEG",
    "content": {"image/jpeg": {"schema": {"type": "string", "format": "binary"}}},
}
"""The OpenAPI description of a JPEG response."""


def jpeg(data: bytes) -> Response:
    """Return a JPEG response that nobody may store: a face deleted here is deleted everywhere."""
    return Response(data, media_type="image/jpeg", headers={"cache-control": "no-store"})


_NOT_MODIFIED = 304


def matches_etag(request: Request, etag: str) -> bool:
    """Return whether ``If-None-Match`` names this ETag (RFC 9110, 13.1.2)."""
    sent = request.headers.get("if-none-match", "")
    tags = {tag.strip().removeprefix("W/") for tag in sent.split(",")}
    return f'"{etag}"' in tags or "*" in tags


def picture_answer(data: bytes, media_type: str, etag: str) -> Response:
    """Return a picture that the admin's browser may store, but must revalidate each time.

    So a deleted picture also disappears from the page, and an unchanged one is not sent again.
    """
    return Response(data, media_type=media_type, headers=_headers(etag))


def not_modified(etag: str) -> Response:
    """Return 304 Not Modified."""
    return Response(status_code=_NOT_MODIFIED, headers=_headers(etag))


def picture_responses(*types: str) -> dict[int | str, dict[str, Any]]:
    """Return the OpenAPI responses of a picture of one of these types."""
    schema = {"schema": {"type": "string", "format": "binary"}}
    return {
        200: {"description": "The picture", "content": dict.fromkeys(types, schema)},
        304: {"description": "Not modified: the caller has the picture with this ETag"},
    }


def _headers(etag: str) -> dict[str, str]:
    return {"etag": f'"{etag}"', "cache-control": "private, no-cache"}
