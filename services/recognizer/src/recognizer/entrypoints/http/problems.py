"""Turns errors into HTTP responses by one table, as RFC 9457 problem details."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from facecore import errors as facecore_errors
from facecore.contract import ErrorCode, FieldError, Problem
from facecore.contract.reasons import reason
from recognizer.domain import errors
from recognizer.observability import current_request

logger = logging.getLogger(__name__)

MEDIA_TYPE = "application/problem+json"
MAX_FIELD_ERRORS = 20
"""Keeps the response to a body with many wrong fields small."""


@dataclass(frozen=True, slots=True)
class Kind:
    """The status, code and title that an error is answered with."""

    status: int
    code: ErrorCode
    title: str


_VALUE = "A value is not accepted"
_AUTH = "Authentication is required"
_NOT_FOUND = "Not found"
_PHOTO = "The photo can't be enrolled"
_IMAGE = "The picture is not accepted"
_UPLOAD = "The upload is refused"

TABLE: Mapping[type[Exception], Kind] = {
    errors.Unauthenticated: Kind(401, ErrorCode.UNAUTHENTICATED, _AUTH),
    errors.Forbidden: Kind(403, ErrorCode.FORBIDDEN, "Not allowed"),
    errors.CsrfTokenInvalid: Kind(
        403, ErrorCode.CSRF_TOKEN_INVALID, "The CSRF token is missing or wrong"
    ),
    errors.TooManyAttempts: Kind(429, ErrorCode.TOO_MANY_ATTEMPTS, "Too many attempts"),
    errors.UnsupportedMediaType: Kind(
        415, ErrorCode.UNSUPPORTED_MEDIA_TYPE, "The content type is not accepted"
    ),
    errors.MalformedBody: Kind(400, ErrorCode.MALFORMED_BODY, "The body can't be read"),
    ClientDisconnect: Kind(400, ErrorCode.MALFORMED_BODY, "The body ended early"),
    errors.QueryInvalid: Kind(422, ErrorCode.VALIDATION_FAILED, _VALUE),
    errors.CursorInvalid: Kind(422, ErrorCode.VALIDATION_FAILED, _VALUE),
    errors.PersonNotFound: Kind(404, ErrorCode.PERSON_NOT_FOUND, _NOT_FOUND),
    errors.PhotoNotFound: Kind(404, ErrorCode.PHOTO_NOT_FOUND, _NOT_FOUND),
    errors.VideoNotFound: Kind(404, ErrorCode.VIDEO_NOT_FOUND, _NOT_FOUND),
    errors.DeviceNotFound: Kind(404, ErrorCode.DEVICE_NOT_FOUND, _NOT_FOUND),
    errors.DeviceExists: Kind(409, ErrorCode.DEVICE_EXISTS, "The name is taken"),
    errors.PersonExists: Kind(409, ErrorCode.PERSON_EXISTS, "The label is taken"),
    errors.SightingNotFound: Kind(404, ErrorCode.SIGHTING_NOT_FOUND, _NOT_FOUND),
    errors.SightingUnnamed: Kind(409, ErrorCode.SIGHTING_UNNAMED, "There is no name to take away"),
    errors.CropNotFound: Kind(404, ErrorCode.CROP_NOT_FOUND, _NOT_FOUND),
    errors.UnknownPersonNotFound: Kind(404, ErrorCode.UNKNOWN_PERSON_NOT_FOUND, _NOT_FOUND),
    errors.MergeImpossible: Kind(
        422, ErrorCode.MERGE_IMPOSSIBLE, "The two can't become one person"
    ),
    errors.NoFace: Kind(422, ErrorCode.NO_FACE, _PHOTO),
    errors.SeveralFaces: Kind(422, ErrorCode.SEVERAL_FACES, _PHOTO),
    errors.FaceTooSmall: Kind(422, ErrorCode.FACE_TOO_SMALL, _PHOTO),
    errors.FaceBlurred: Kind(422, ErrorCode.FACE_BLURRED, _PHOTO),
    errors.FaceTooDark: Kind(422, ErrorCode.FACE_TOO_DARK, _PHOTO),
    errors.FaceTooBright: Kind(422, ErrorCode.FACE_TOO_BRIGHT, _PHOTO),
    errors.FaceTurnedAway: Kind(422, ErrorCode.FACE_TURNED_AWAY, _PHOTO),
    errors.FaceOfAnotherPerson: Kind(409, ErrorCode.FACE_OF_ANOTHER_PERSON, _PHOTO),
    errors.UploadLinkInvalid: Kind(403, ErrorCode.UPLOAD_LINK_INVALID, _UPLOAD),
    errors.UploadLinkExpired: Kind(403, ErrorCode.UPLOAD_LINK_EXPIRED, _UPLOAD),
    errors.UploadMismatch: Kind(400, ErrorCode.UPLOAD_MISMATCH, _UPLOAD),
    errors.Overloaded: Kind(503, ErrorCode.OVERLOADED, "Too many pictures are waiting"),
    errors.StoreUnavailable: Kind(503, ErrorCode.NOT_READY, "The store can't be used now"),
    facecore_errors.ImageEmpty: Kind(422, ErrorCode.IMAGE_EMPTY, _IMAGE),
    facecore_errors.ImageTooLarge: Kind(413, ErrorCode.IMAGE_TOO_LARGE, _IMAGE),
    facecore_errors.ImageTooManyPixels: Kind(422, ErrorCode.IMAGE_TOO_MANY_PIXELS, _IMAGE),
    facecore_errors.ImageUnsupported: Kind(415, ErrorCode.IMAGE_UNSUPPORTED, _IMAGE),
    facecore_errors.ImageTruncated: Kind(422, ErrorCode.IMAGE_TRUNCATED, _IMAGE),
    facecore_errors.CropError: Kind(422, ErrorCode.CROP_INVALID, "The crops are not accepted"),
}

_BY_STATUS: Mapping[int, Kind] = {
    400: Kind(400, ErrorCode.MALFORMED_BODY, "The body can't be read"),
    404: Kind(404, ErrorCode.NOT_FOUND, _NOT_FOUND),
    405: Kind(405, ErrorCode.METHOD_NOT_ALLOWED, "The method is not allowed here"),
    413: Kind(413, ErrorCode.BODY_TOO_LARGE, "The body is too large"),
}
"""For what the framework raises by itself."""

_VALIDATION = Kind(422, ErrorCode.VALIDATION_FAILED, _VALUE)
_INTERNAL = Kind(500, ErrorCode.INTERNAL, "The server made a mistake")

_HEADERS: Mapping[int, dict[str, str]] = {
    401: {"www-authenticate": 'Bearer realm="recognizer"'},
    503: {"retry-after": "1"},
}


def install(app: FastAPI, routes: Sequence[Route]) -> None:
    """Handle every error of the app and of its framework by the table.

    The framework's 405 names the methods of one route only; ``routes`` give all of them.
    """
    for kind in TABLE:
        app.add_exception_handler(kind, problem_of)
    app.add_exception_handler(HTTPException, partial(_from_framework, routes))
    app.add_exception_handler(RequestValidationError, _from_validation)


class LastResortMiddleware:
    """Handles unexpected errors: logs the traceback and answers without the cause."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        begun = False

        async def noting(message: Message) -> None:
            nonlocal begun
            begun = True
            await send(message)

        try:
            await self._app(scope, receive, noting)
        except Exception:  # any defect: the caller gets a problem, the log gets the traceback
            logger.exception("unexpected error")
            if begun:
                raise  # half the response is sent; the server closes the connection
            answer = problem(_INTERNAL, "unexpected error; see the log under this request_id")
            await answer(scope, receive, send)


def problem(
    kind: Kind,
    detail: str,
    *,
    headers: Mapping[str, str] | None = None,
    fields: Sequence[FieldError] = (),
) -> Response:
    """Return the HTTP response of one problem. Note its code for the request's report."""
    request = current_request()
    request.code = kind.code
    body = Problem(
        type=f"urn:face-recognition:problem:{kind.code}",
        title=kind.title,
        status=kind.status,
        detail=detail,
        code=kind.code,
        request_id=request.request_id,
        errors=list(fields),
    )
    # ASCII only: the detail may quote half of a surrogate pair, which UTF-8 can't encode.
    content = json.dumps(body.model_dump(mode="python"), ensure_ascii=True).encode()
    given = {**_HEADERS.get(kind.status, {}), **(headers or {})}
    return Response(content, status_code=kind.status, headers=given, media_type=MEDIA_TYPE)


def problem_of(_: Request, error: Exception) -> Response:
    """Return the HTTP response of a domain error that ``TABLE`` holds."""
    kind = next(TABLE[cls] for cls in type(error).__mro__ if cls in TABLE)
    headers = None
    if isinstance(error, errors.TooManyAttempts | errors.Overloaded):
        headers = {"retry-after": str(error.retry_after_s)}
    return problem(kind, str(error) or kind.title, headers=headers)


def _from_framework(routes: Sequence[Route], request: Request, error: Exception) -> Response:
    if not isinstance(error, HTTPException) or error.status_code not in _BY_STATUS:
        raise error
    kind = _BY_STATUS[error.status_code]
    detail = {
        404: f"there is nothing at {request.url.path}; /openapi.json lists the operations",
        405: f"{request.url.path} does not support {request.method}; see the Allow header",
    }.get(error.status_code, str(error.detail))
    headers = {"allow": _methods(routes, request.url.path)} if kind.status == 405 else None  # noqa: PLR2004 - its name is the status
    return problem(kind, detail, headers=headers)


def _methods(routes: Sequence[Route], path: str) -> str:
    there = [route.methods or set() for route in routes if route.path_regex.match(path)]
    return ", ".join(sorted(set().union(*there)))


def _from_validation(request: Request, error: Exception) -> Response:
    if not isinstance(error, RequestValidationError):
        raise error
    found = error.errors()
    if any(one["type"] == "json_invalid" for one in found):
        return problem(_BY_STATUS[400], "the body is not JSON")
    if any(isinstance(one.get("input"), bytes) for one in found):
        sent = request.headers.get("content-type", "none")
        kind = TABLE[errors.UnsupportedMediaType]
        return problem(kind, f"the content type is {sent}; send application/json")
    fields = [_field(one) for one in found[:MAX_FIELD_ERRORS]]
    detail = "; ".join(f"{field.field}: {field.reason}" for field in fields[:3])
    return problem(_VALIDATION, detail, fields=fields)


def _field(one: Mapping[str, Any]) -> FieldError:
    return FieldError(field=".".join(str(part)[:64] for part in one["loc"]), reason=reason(one))
