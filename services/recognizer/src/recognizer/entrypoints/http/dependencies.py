"""What the calls share: the services, the caller, a picture's bytes, documented problems."""

from __future__ import annotations

import re
from typing import Annotated, Any
from urllib.parse import urljoin

from fastapi import Depends, Path, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from pydantic import BeforeValidator, Field

from facecore.contract import IMAGE_TYPES, MAX_PAGE, DeviceName, Label, Problem
from facecore.contract import Request as ContractRequest
from recognizer.bootstrap import Services
from recognizer.domain.errors import QueryInvalid, Unauthenticated, UnsupportedMediaType
from recognizer.entrypoints.http import session_cookie
from recognizer.observability import current_request
from recognizer.use_cases.authentication import Caller
from recognizer.use_cases.sessions import OpenSession

_bearer = HTTPBearer(
    auto_error=False, scheme_name="token", description="A device's token, or the admin's."
)
_Credentials = Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)]
_Cookie = Annotated[str | None, Depends(session_cookie.SessionCookie())]


async def _services(request: Request) -> Services:
    """Not on a thread: a change of threads costs more than the rest of a refusal."""
    services: Services = request.app.state.services
    return services


Injected = Annotated[Services, Depends(_services)]


def _device(services: Injected, credentials: _Credentials) -> Caller:
    return _noted(services.auth.caller(_token(credentials)))


def _signed_in(services: Injected, request: Request, cookie: _Cookie) -> OpenSession:
    """Whose cookie it is; a change must come from the console itself."""
    if cookie is None:
        raise Unauthenticated("nobody is signed in here; POST /v1/session signs in")
    session_cookie.check_same_origin(request, services.settings)
    session = services.sessions.find(cookie)
    if request.method not in session_cookie.SAFE_METHODS:
        session.check_csrf(request.headers.get("x-csrf-token"))
    _noted(session.caller)
    return session


SignedIn = Annotated[OpenSession, Depends(_signed_in)]
"""Somebody who has signed in to the console."""


def _admin(
    services: Injected, request: Request, credentials: _Credentials, cookie: _Cookie
) -> Caller:
    if credentials is None and cookie is not None:
        return _signed_in(services, request, cookie).caller
    return _noted(services.auth.admin(_token(credentials)))


def _device_itself(services: Injected, credentials: _Credentials) -> Caller:
    return _noted(services.auth.device(_token(credentials)))


def _token(credentials: HTTPAuthorizationCredentials | None) -> str | None:
    return None if credentials is None else credentials.credentials


def _noted(caller: Caller) -> Caller:
    current_request().caller = caller.name
    return caller


DeviceCaller = Annotated[Caller, Depends(_device)]
"""A device, or the admin in a device's place."""

DeviceItself = Annotated[Caller, Depends(_device_itself)]
"""A device, and nobody in its place."""

AdminOnly = Depends(_admin)
"""The admin, by the token or by a session of the console."""
AdminCaller = Annotated[Caller, AdminOnly]
"""For calls that the audit log tells of."""

PersonLabel = Annotated[Label, Path(description="The person's label.")]
PhotoId = Annotated[str, Path(pattern=r"^[0-9a-f]{32}$", description="The photo's id.")]
NamedDevice = Annotated[DeviceName, Path(description="The device's name.")]


_DIGITS = re.compile(r"-?(0|[1-9][0-9]{0,17})")


def _in_digits(value: object) -> object:
    """Pydantic would also take ``" 5"``, ``+5``, ``5.0`` and ``1_000``."""
    if isinstance(value, str) and not _DIGITS.fullmatch(value):
        raise ValueError("a whole number is written in digits, such as 50")
    return value


IN_DIGITS = BeforeValidator(_in_digits)
"""For a whole number in a query: digits, with a minus before them or without."""
QueryWhole = Annotated[int, IN_DIGITS]


class PageQuery(ContractRequest):
    """Which page of a list. Parameters that are not known are refused, as fields are."""

    after: str | None = Field(
        None, max_length=512, description="Read on here: the `next` of the page before."
    )
    limit: QueryWhole = Field(100, ge=1, le=MAX_PAGE, description="Most entries in the page.")


async def _each_once(request: Request) -> None:
    names = [name for name, _ in request.query_params.multi_items()]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise QueryInvalid(f"the query gives {twice[0]!r} more than once; give it once")


EachOnce = Depends(_each_once)
"""For calls with a query: a parameter given twice is refused, since only one would count."""


def media_type(request: Request) -> str:
    """The body's content type without parameters, in lower case; empty if none is said."""
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()


async def picture(request: Request) -> bytes:
    """The body of a call that takes one picture. What it really is, its bytes decide.

    Raises:
        UnsupportedMediaType: the content type is none of a picture that is accepted.
    """
    if (sent := media_type(request)) not in IMAGE_TYPES:
        raise UnsupportedMediaType(
            f"the content type is {sent or 'missing'}; send one of {', '.join(IMAGE_TYPES)}"
        )
    return await request.body()


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Documents which problems a call answers with."""
    return {status: {"model": Problem, "description": _DESCRIBED[status]} for status in statuses}


_DESCRIBED = {
    400: "The body can't be read",
    401: "No token or session, or one that is not known",
    403: "The token's role may not do this, or another site's page asks",
    404: "Not found",
    409: "In conflict with what is there",
    413: "Too large",
    415: "Not a type that is accepted",
    422: "Not accepted; the code says why",
    429: "Too many attempts; try again later",
    503: "Can't be used now; try again",
}


def own_url(services: Services, request: Request, path: str = "") -> str:
    """A path of the service's own: where the client reaches it, or where the settings say."""
    public = services.settings.public_url
    return urljoin(str(public) if public else str(request.base_url), path)


def binary(*types: str) -> dict[str, Any]:
    """An OpenAPI body of one of these content types."""
    schema = {"schema": {"type": "string", "format": "binary"}}
    return {"requestBody": {"required": True, "content": dict.fromkeys(types, schema)}}
