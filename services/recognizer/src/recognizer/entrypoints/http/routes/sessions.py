"""``/v1/session``: signing in to the console, and out."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from facecore.contract import AuditAction, AuditOutcome, Session, SignIn
from recognizer.bootstrap import Services
from recognizer.domain.errors import Forbidden, Unauthenticated
from recognizer.entrypoints.http import session_cookie
from recognizer.entrypoints.http.dependencies import Injected, SignedIn, problems
from recognizer.use_cases.audit_trail import SOMEBODY
from recognizer.use_cases.sessions import OpenSession

router = APIRouter(prefix="/v1/session", tags=["session"], responses=problems(401, 403, 503))


@router.post(
    "", operation_id="sign_in", status_code=201, responses=problems(400, 413, 415, 422, 429)
)
def sign_in(services: Injected, body: SignIn, request: Request, response: Response) -> Session:
    """Open a session by the admin's token; the answer sets its cookie."""
    session_cookie.check_same_origin(request, services.settings)
    try:
        opened = services.sessions.open(body.token.get_secret_value(), _address(request))
    except (Unauthenticated, Forbidden):
        _note_refused(services)
        raise
    services.trail.note(opened.caller.actor, AuditAction.SIGNED_IN, None)
    session_cookie.give(request, response, opened.secret, services.settings.session_lifetime)
    return _told(opened)


@router.get("", operation_id="session")
def session(opened: SignedIn) -> Session:
    """The session of the cookie, for a page that was loaded anew."""
    return _told(opened)


@router.delete("", operation_id="sign_out", status_code=204)
def sign_out(services: Injected, opened: SignedIn, request: Request, response: Response) -> None:
    """End the session; it stops working at once."""
    with services.trail.noting(opened.caller.actor, AuditAction.SIGNED_OUT, None):
        services.sessions.end(opened)
    session_cookie.take_back(request, response)


def _note_refused(services: Services) -> None:
    """Only where the token was looked at, so their number is bounded as the attempts are."""
    action, refused = AuditAction.SIGN_IN_REFUSED, AuditOutcome.REFUSED
    services.trail.note(SOMEBODY, action, None, outcome=refused)


def _told(opened: OpenSession) -> Session:
    return Session(csrf_token=opened.csrf_token, expires_at=opened.expires_at)


def _address(request: Request) -> str:
    """Of the caller: API Gateway's own word for it, or the connection's; no header is believed."""
    event = request.scope.get("aws.event", {})
    told = event.get("requestContext", {}).get("http", {}).get("sourceIp")
    if isinstance(told, str):
        return told
    return request.client.host if request.client else ""
