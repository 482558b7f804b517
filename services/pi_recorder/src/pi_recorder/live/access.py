"""Control access to the live page.

It guards against other web sites: one that makes a browser in this network request the picture
under the site's name (DNS rebinding), sends an action in somebody's name (CSRF), or embeds the page
or the picture. It also guards against users of the network who have no password.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import math
import operator
import time
from enum import Enum, auto
from urllib.parse import urlsplit

from pydantic import SecretStr
from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from facecore.hosts import address_of, is_private_name
from facecore.sign_in_limit import SignInLimit

_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
_GUESSES = 5
_PAUSE_S = 30.0
_HEADERS = {
    "cache-control": "no-store",
    "content-security-policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; "
        "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
}


class Guard:
    """ASGI middleware that passes a request on or refuses it.

    Args:
        password: required for everything; with None the page is open, but read-only.
    """

    def __init__(self, app: ASGIApp, password: Password | None) -> None:
        self._app = app
        self._password = password

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle an HTTP request; ignore other protocols."""
        if scope["type"] != "http":
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(_HEADERS)
            await send(message)

        answer = self._refusal(Request(scope)) or self._app
        await answer(scope, receive, send_with_headers)

    def _refusal(self, request: Request) -> Response | None:
        host = request.headers.get("host", "")
        if not _is_local_name(host):
            return PlainTextResponse(
                "open this page at the recorder's address, such as http://192.168.0.20:8080/, or "
                "at a name of the local network, such as raspberrypi.local\n",
                421,
            )
        if refusal := self._password_refusal(request):
            return refusal
        if request.method in _SAFE_METHODS:
            return None
        if self._password is None:
            return PlainTextResponse(
                "the page is read-only; set PI_RECORDER_LIVE_PASSWORD to allow actions\n", 403
            )
        if not _comes_from(request, host):
            return PlainTextResponse("a page of another site may not do that\n", 403)
        return None

    def _password_refusal(self, request: Request) -> Response | None:
        if self._password is None:
            return None
        client = request.client.host if request.client else ""
        match self._password.check(request.headers.get("authorization"), client):
            case PasswordCheck.RIGHT:
                return None
            case PasswordCheck.TOO_MANY:
                return PlainTextResponse(
                    "too many wrong passwords; wait half a minute\n",
                    429,
                    headers={"retry-after": str(self._password.wait_s(client))},
                )
            case _:
                return PlainTextResponse(
                    "use the password of PI_RECORDER_LIVE_PASSWORD, with any user name\n",
                    401,
                    headers={"www-authenticate": 'Basic realm="pi-recorder", charset="UTF-8"'},
                )


def _is_local_name(host: str) -> bool:
    """Return whether nobody on the internet can point this name at the recorder.

    That is true for an address, a private name, and ``.lan``, which home routers use.
    """
    name = host.strip("[]") if host.endswith("]") else host.rpartition(":")[0].strip("[]") or host
    if not name or address_of(name):
        return bool(name)
    return is_private_name(name) or name.endswith(".lan")


def _comes_from(request: Request, host: str) -> bool:
    """Return whether an action comes from the page itself, or from a program without an origin."""
    if request.headers.get("sec-fetch-site", "same-origin") != "same-origin":
        return False
    origin = request.headers.get("origin")
    return origin is None or urlsplit(origin).netloc == host


class PasswordCheck(Enum):
    """The result of checking a request's password."""

    RIGHT = auto()
    MISSING = auto()
    WRONG = auto()
    TOO_MANY = auto()
    """Too many wrong passwords came from this address; this one was not checked."""


class Password:
    """The page's password, by HTTP Basic (RFC 7617), compared in constant time.

    After five wrong passwords within half a minute an address is refused until it has passed.
    """

    def __init__(self, password: SecretStr) -> None:
        self._password = password.get_secret_value().encode()
        self._attempts = SignInLimit(
            _GUESSES, _PAUSE_S, read=time.monotonic, elapsed_s=operator.sub
        )

    def wait_s(self, client: str) -> int:
        """Return the whole seconds that an address must wait; 0 if it may try."""
        return math.ceil(self._attempts.wait_s(client))

    def check(self, authorization: str | None, client: str) -> PasswordCheck:
        """Check a request's ``Authorization``; any user name is accepted."""
        if self.wait_s(client):
            return PasswordCheck.TOO_MANY
        if authorization is None:
            return PasswordCheck.MISSING
        if hmac.compare_digest(_given(authorization), self._password):
            self._attempts.succeeded(client)
            return PasswordCheck.RIGHT
        self._attempts.failed(client)
        return PasswordCheck.WRONG


def _given(authorization: str) -> bytes:
    scheme, _, encoded = authorization.partition(" ")
    if scheme.lower() != "basic":
        return b""
    try:
        return base64.b64decode(encoded.strip(), validate=True).partition(b":")[2]
    except binascii.Error:
        return b""
