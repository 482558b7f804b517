"""Dependencies that routes share: services, caller, a picture's bytes, documented problems."""

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
    auto_error=False, scheme_name="token", description="A device's token or the admin's token."
)
_Credentials = Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)]
_Cookie = Annotated[str | None, Depends(session_cookie.SessionCookie())]


async def _services(request: Request) -> Services:
    """Return the services. ``async``, since a thread would cost more than the rest of a refusal."""
    services: Services = request.app.state.services
    return services


ServicesDep = Annotated[Services, Depends(_services)]


def _device(services: ServicesDep, credentials: _Credentials) -> Caller:
    return _note_caller(services.auth.caller(_token(credentials)))


def _signed_in(services: ServicesDep, request: Request, cookie: _Cookie) -> OpenSession:
    """Return the session of the cookie. A request that changes something needs the CSRF token."""
    if cookie is None:
        raise Unauthenticated("nobody is signed in; sign in with POST /v1/session")
    session_cookie.check_same_origin(request, services.settings)
    session = services.sessions.find(cookie)
    if request.method not in session_cookie.SAFE_METHODS:
        session.check_csrf(request.headers.get("x-csrf-token"))
    _note_caller(session.caller)
    return session


SignedIn = Annotated[OpenSession, Depends(_signed_in)]
"""The session of somebody who has signed in to the console."""


def _admin(
    services: ServicesDep, request: Request, credentials: _Credentials, cookie: _Cookie
) -> Caller:
    if credentials is None and cookie is not None:
        return _signed_in(services, request, cookie).caller
    return _note_caller(services.auth.admin(_token(credentials)))


def _device_itself(services: ServicesDep, credentials: _Credentials) -> Caller:
    return _note_caller(services.auth.device(_token(credentials)))


def _token(credentials: HTTPAuthorizationCredentials | None) -> str | None:
    return None if credentials is None else credentials.credentials


def _note_caller(caller: Caller) -> Caller:
    current_request().caller = caller.name
    return caller


DeviceCaller = Annotated[Caller, Depends(_device)]
"""A device, or the admin acting for a device."""

DeviceItself = Annotated[Caller, Depends(_device_itself)]
"""A device. The admin is refused."""

AdminOnly = Depends(_admin)
"""The admin, by token or by a console session."""
AdminCaller = Annotated[Caller, AdminOnly]
"""The admin, for operations that the audit log records."""

PersonLabel = Annotated[Label, Path(description="The person's label.")]
PhotoId = Annotated[str, Path(pattern=r"^[0-9a-f]{32}$", description="The photo's id.")]
NamedDevice = Annotated[DeviceName, Path(description="The device's name.")]


_DIGITS = re.compile(r"-?(0|[1-9][0-9]{0,17})")


def _in_digits(value: object) -> object:
    """Refuse ``" 5"``, ``+5``, ``5.0`` and ``1_000``, which pydantic would accept."""
    if isinstance(value, str) and not _DIGITS.fullmatch(value):
        raise ValueError("write a whole number in digits, such as 50")
    return value


IN_DIGITS = BeforeValidator(_in_digits)
"""Validates a whole number in a query: digits with an optional minus sign."""
QueryInteger = Annotated[int, IN_DIGITS]


class PageQuery(ContractRequest):
    """Which page of a list. Unknown parameters are refused."""

    after: str | None = Field(
        None, max_length=512, description="Cursor: the `next` of the page before."
    )
    limit: QueryInteger = Field(100, ge=1, le=MAX_PAGE, description="Maximum entries per page.")


async def reject_duplicate_parameters(request: Request) -> None:
    """Raise ``QueryInvalid`` if a query parameter is given more than once."""
    names = [name for name, _ in request.query_params.multi_items()]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise QueryInvalid(f"the query gives {twice[0]!r} more than once; give it once")


RejectDuplicateParameters = Depends(reject_duplicate_parameters)
"""For operations with a query: FastAPI would silently use only one of the values."""


def media_type(request: Request) -> str:
    """Return the body's content type in lower case, without parameters; empty if missing."""
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()


async def picture(request: Request) -> bytes:
    """Return the body of an operation that takes one picture. Its bytes decide its format.

    Raises:
        UnsupportedMediaType: the content type is not that of an accepted picture.
    """
    if (sent := media_type(request)) not in IMAGE_TYPES:
        raise UnsupportedMediaType(
            f"the content type is {sent or 'missing'}; send one of {', '.join(IMAGE_TYPES)}"
        )
    return await request.body()


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Return OpenAPI responses for the problems that an operation may answer with."""
    return {status: {"model": Problem, "description": _DESCRIBED[status]} for status in statuses}


_DESCRIBED = {
    400: "The body can't be read",
    401: "The token or session is missing or unknown",
    403: "The token's role may not do this, or the request comes from another site's page",
    404: "Not found",
    409: "Conflict with what exists",
    413: "Too large",
    415: "The content type is not accepted",
    422: "Not accepted; the code says why",
    429: "Too many attempts; try again later",
    503: "Not available now; try again",
}


def own_url(services: Services, request: Request, path: str = "") -> str:
    """Return the absolute URL of a path here: at the public URL if set, else as requested."""
    public = services.settings.public_url
    return urljoin(str(public) if public else str(request.base_url), path)


def binary(*types: str) -> dict[str, Any]:
    """Return the OpenAPI description of a body with one of these content types."""
    schema = {"schema": {"type": "string", "format": "binary"}}
    return {"requestBody": {"required": True, "content": dict.fromkeys(types, schema)}}
