"""``/v1/session``: signing in to the console, and out."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from facecore.contract import AuditAction, AuditOutcome, Session, SignIn
from recognizer.bootstrap import Services
from recognizer.domain.errors import Forbidden, Unauthenticated
from recognizer.entrypoints.http import session_cookie
from recognizer.entrypoints.http.dependencies import ServicesDep, SignedIn, problems
from recognizer.use_cases.audit_trail import SOMEBODY
from recognizer.use_cases.sessions import OpenSession

router = APIRouter(prefix="/v1/session", tags=["session"], responses=problems(401, 403, 503))


@router.post(
    "", operation_id="sign_in", status_code=201, responses=problems(400, 413, 415, 422, 429)
)
def sign_in(services: ServicesDep, body: SignIn, request: Request, response: Response) -> Session:
    """Open a session with the admin's token. The response sets its cookie."""
    session_cookie.check_same_origin(request, services.settings)
    try:
        opened = services.sessions.open(body.token.get_secret_value(), _address(request))
    except (Unauthenticated, Forbidden):
        _note_refused(services)
        raise
    services.trail.note(opened.caller.actor, AuditAction.SIGNED_IN, None)
    session_cookie.set_cookie(request, response, opened.secret, services.settings.session_lifetime)
    return _session_body(opened)


@router.get("", operation_id="session")
def session(opened: SignedIn) -> Session:
    """Return the cookie's session, for a page that was reloaded."""
    return _session_body(opened)


@router.delete("", operation_id="sign_out", status_code=204)
def sign_out(services: ServicesDep, opened: SignedIn, request: Request, response: Response) -> None:
    """End the session. Its cookie stops working at once."""
    with services.trail.noting(opened.caller.actor, AuditAction.SIGNED_OUT, None):
        services.sessions.end(opened)
    session_cookie.clear_cookie(request, response)


def _note_refused(services: Services) -> None:
    """Record a refused sign-in. The limit on attempts also limits these entries."""
    action, refused = AuditAction.SIGN_IN_REFUSED, AuditOutcome.REFUSED
    services.trail.note(SOMEBODY, action, None, outcome=refused)


def _session_body(opened: OpenSession) -> Session:
    return Session(csrf_token=opened.csrf_token, expires_at=opened.expires_at)


def _address(request: Request) -> str:
    """Return the caller's address from API Gateway or the connection. Headers are not trusted."""
    event = request.scope.get("aws.event", {})
    source_ip = event.get("requestContext", {}).get("http", {}).get("sourceIp")
    if isinstance(source_ip, str):
        return source_ip
    return request.client.host if request.client else ""
