"""Middleware around every request: response headers, and a limit on the body's size."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send


class ResponseHeadersMiddleware:
    """Keeps browsers from guessing a response's type and from storing personal data.

    Headers that the route sets stay. A response with an ``ETag`` may be cached as its route says.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                set_default_headers(MutableHeaders(scope=message))
            await send(message)

        await self._app(scope, receive, send_with_headers)


def set_default_headers(headers: MutableHeaders) -> None:
    """Set the headers of ``ResponseHeadersMiddleware``, unless the route did."""
    headers.setdefault("x-content-type-options", "nosniff")
    if "etag" not in headers:
        headers.setdefault("cache-control", "no-store")


MAX_JSON_BYTES = 64 * 1024
"""Maximum bytes of a body, unless its route accepts more."""
_MOST_DIGITS = 20

_Endpoint = TypeVar("_Endpoint", bound=Callable[..., object])
_accepted: dict[Callable[..., object], int] = {}


def accepts_body(max_bytes: int) -> Callable[[_Endpoint], _Endpoint]:
    """Let a route take a body of up to ``max_bytes``. Write it below the route's decorator."""

    def declare(endpoint: _Endpoint) -> _Endpoint:
        _accepted[endpoint] = max_bytes
        return endpoint

    return declare


class BodyLimitMiddleware:
    """Raises 413 from the read that exceeds the route's limit. A body that is not read is harmless.

    FastAPI's own limit would answer in plain text if a route refuses before it reads the body;
    problems are JSON.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request. The route, and so its limit, is known at the first read."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        announced = Headers(scope=scope).get("content-length", "0")
        read = 0

        async def limited() -> Message:
            nonlocal read
            limit = _limit(scope)
            if announced.isdecimal() and _is_more(announced, limit):
                raise _too_large(limit)
            message = await receive()
            read += len(message.get("body", b""))
            if read > limit:
                raise _too_large(limit)
            return message

        await self._app(scope, limited, send)


def _limit(scope: Scope) -> int:
    endpoint = getattr(scope.get("route"), "endpoint", None)
    return MAX_JSON_BYTES if endpoint is None else _accepted.get(endpoint, MAX_JSON_BYTES)


def _is_more(digits: str, limit: int) -> bool:
    """Compare without ``int()`` of thousands of digits, which raises ``ValueError``."""
    return len(digits) > _MOST_DIGITS or int(digits) > limit


def _too_large(limit: int) -> HTTPException:
    return HTTPException(413, f"the body is larger than {limit} bytes, the maximum here")
