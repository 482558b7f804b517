"""The session cookie: its name, how it is set, and the same-origin check.

Off loopback it is ``Secure``, and its prefix ``__Host-`` keeps other hosts from setting it. On
loopback there is no TLS, and all ports share cookies, so its name contains the port.
"""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import urlsplit

from fastapi import Request, Response
from fastapi.security import APIKeyCookie
from starlette.requests import HTTPConnection

from facecore.hosts import is_loopback
from recognizer.domain.errors import Forbidden
from recognizer.settings import Settings

NAME = "__Host-recognizer-session"
_LOOPBACK_NAME = "recognizer-session"
SAFE_METHODS = frozenset({"GET", "HEAD"})
"""Methods that change nothing and so need no ``x-csrf-token``."""


class SessionCookie(APIKeyCookie):
    """Security scheme that gives the cookie's value, or none if it was not sent."""

    def __init__(self) -> None:
        super().__init__(
            name=NAME,
            scheme_name="session",
            auto_error=False,
            description="The console's session cookie. Every method but GET also needs the header "
            "`x-csrf-token`. On loopback the name is `recognizer-session-` and the port.",
        )

    async def __call__(self, request: HTTPConnection) -> str | None:
        """Return the cookie's value, or none."""
        return request.cookies.get(_name(request)) or None


def set_cookie(request: Request, response: Response, secret: str, lifetime: timedelta) -> None:
    """Set the cookie."""
    _set(request, response, secret, int(lifetime.total_seconds()))


def clear_cookie(request: Request, response: Response) -> None:
    """Make the browser delete the cookie."""
    _set(request, response, "", 0)


def check_same_origin(request: Request, settings: Settings) -> None:
    """Raise ``Forbidden`` unless the request comes from the console's own page.

    ``Sec-Fetch-Site`` and ``Origin`` say so; a header that is missing is not required.
    """
    allowed = {"same-origin", "none"} if request.method in SAFE_METHODS else {"same-origin"}
    if request.headers.get("sec-fetch-site", "same-origin") not in allowed:
        raise Forbidden("another site's page may not do this; open the console itself")
    origin = request.headers.get("origin")
    ours = {_host(request), urlsplit(str(settings.public_url or "")).netloc}
    if origin is not None and urlsplit(origin).netloc not in ours - {""}:
        raise Forbidden(
            f"the page was opened at {origin}, not at this service's address; behind a proxy, "
            "set RECOGNIZER_PUBLIC_URL to the address that browsers use"
        )


def _set(request: Request, response: Response, value: str, max_age: int) -> None:
    name = _name(request)
    response.set_cookie(
        name, value, max_age=max_age, secure=name == NAME, httponly=True, samesite="strict"
    )


def _name(request: HTTPConnection) -> str:
    name, port = _name_and_port(_host(request))
    if not is_loopback(name.strip("[]")):
        return NAME
    return f"{_LOOPBACK_NAME}-{port if port.isascii() and port.isdecimal() else '80'}"


def _host(request: HTTPConnection) -> str:
    """Return the ``Host`` header.

    A client that forges it gets a cookie that no browser sends back.
    """
    return request.headers.get("host", "").lower()


def _name_and_port(host: str) -> tuple[str, str]:
    name, colon, port = host.rpartition(":")
    return (name, port) if colon and not host.endswith("]") else (host, "")
