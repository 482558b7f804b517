"""The session's cookie: what it is called, who gets it, and from which page it may act.

Off loopback it is ``Secure``, and by its prefix no other host can set it. On loopback there is no
TLS, and every port shares the cookies; so there its name holds the port.
"""

from __future__ import annotations

import ipaddress
from datetime import timedelta
from urllib.parse import urlsplit

from fastapi import Request, Response
from fastapi.security import APIKeyCookie
from starlette.requests import HTTPConnection

from recognizer.domain.errors import Forbidden
from recognizer.settings import Settings

NAME = "__Host-recognizer-session"
_LOOPBACK_NAME = "recognizer-session"
SAFE_METHODS = frozenset({"GET", "HEAD"})
"""Change nothing, and so need no ``x-csrf-token``."""


class SessionCookie(APIKeyCookie):
    """The cookie's value, if it was sent."""

    def __init__(self) -> None:
        super().__init__(
            name=NAME,
            scheme_name="session",
            auto_error=False,
            description="Of the console; every method but GET needs the header `x-csrf-token` "
            "too. On loopback the name is `recognizer-session-` and the port.",
        )

    async def __call__(self, request: HTTPConnection) -> str | None:
        """As FastAPI asks for it."""
        return request.cookies.get(_name(request)) or None


def give(request: Request, response: Response, secret: str, lifetime: timedelta) -> None:
    """Sets the cookie."""
    _set(request, response, secret, int(lifetime.total_seconds()))


def take_back(request: Request, response: Response) -> None:
    """Makes the browser forget the cookie."""
    _set(request, response, "", 0)


def check_same_origin(request: Request, settings: Settings) -> None:
    """Only our own page may use the cookie. Browsers tell; what they don't tell is not asked.

    Raises ``Forbidden``.
    """
    allowed = {"same-origin", "none"} if request.method in SAFE_METHODS else {"same-origin"}
    if request.headers.get("sec-fetch-site", "same-origin") not in allowed:
        raise Forbidden("another site's page may not do this; open the console's own")
    origin = request.headers.get("origin")
    ours = {_host(request), urlsplit(str(settings.public_url or "")).netloc}
    if origin is not None and urlsplit(origin).netloc not in ours - {""}:
        raise Forbidden(
            f"the page was opened at {origin}, not at this service's address; where a proxy stands "
            "before it, set RECOGNIZER_PUBLIC_URL to the address that browsers use"
        )


def _set(request: Request, response: Response, value: str, max_age: int) -> None:
    name = _name(request)
    response.set_cookie(
        name, value, max_age=max_age, secure=name == NAME, httponly=True, samesite="strict"
    )


def _name(request: HTTPConnection) -> str:
    name, port = _name_and_port(_host(request))
    if not _is_loopback(name):
        return NAME
    return f"{_LOOPBACK_NAME}-{port if port.isascii() and port.isdecimal() else '80'}"


def _host(request: HTTPConnection) -> str:
    """As the browser names us; whoever invents another gets a cookie that no browser sends."""
    return request.headers.get("host", "").lower()


def _name_and_port(host: str) -> tuple[str, str]:
    name, colon, port = host.rpartition(":")
    return (name, port) if colon and not host.endswith("]") else (host, "")


def _is_loopback(name: str) -> bool:
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(name.strip("[]")).is_loopback
    except ValueError:
        return False
