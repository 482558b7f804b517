"""What every answer tells a browser: not to guess its type, and not to keep whom it names."""

from __future__ import annotations

import re

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from facecore.contract import MAX_BODY_BYTES, MAX_SEGMENT_BYTES


class AnswerHeadersMiddleware:
    """Adds what a call has not said itself; what has an ``ETag`` may be kept as its call says."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.setdefault("x-content-type-options", "nosniff")
                if "etag" not in headers:
                    headers.setdefault("cache-control", "no-store")
            await send(message)

        await self._app(scope, receive, send_with_headers)


# How large a request's body may be, enforced while it is read.
#
# FastAPI's own limit answers in plain text when a call refuses before it reads; problems are JSON.


MAX_JSON_BYTES = 64 * 1024
_MOST_DIGITS = 20
_PICTURES = re.compile(r"/v1/(recognitions|people/[^/]+/photos)")
_UPLOADS = re.compile(r"/v1/uploads/.+")


class BodyLimitMiddleware:
    """Raises 413 out of the read that goes beyond the limit; a body nobody reads is no harm."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        limit = _limit(scope["path"])
        announced = Headers(scope=scope).get("content-length", "0")
        read = 0

        async def limited() -> Message:
            nonlocal read
            if announced.isdecimal() and _is_more(announced, limit):
                raise _too_large(limit)
            message = await receive()
            read += len(message.get("body", b""))
            if read > limit:
                raise _too_large(limit)
            return message

        await self._app(scope, limited, send)


def _limit(path: str) -> int:
    if _PICTURES.fullmatch(path):
        return MAX_BODY_BYTES
    return MAX_SEGMENT_BYTES if _UPLOADS.fullmatch(path) else MAX_JSON_BYTES


def _is_more(digits: str, limit: int) -> bool:
    """Python makes no number of thousands of digits, but raises ``ValueError``."""
    return len(digits) > _MOST_DIGITS or int(digits) > limit


def _too_large(limit: int) -> HTTPException:
    return HTTPException(413, f"the body is larger than {limit} bytes, the most taken here")
