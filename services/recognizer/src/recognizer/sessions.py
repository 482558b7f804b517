"""Who has signed in to the console: the admin's token opens a session, a cookie carries it on.

A session's secret has 256 random bits and is only in the browser; the store keeps its hash. What
the page shows beside the cookie, so that no other page can act in its name, is made of the secret,
so that nothing more is kept. A session is good only as long as the token that opened it.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from recognizer.attempts import Attempts
from recognizer.audit_trail import Via
from recognizer.auth import Authenticator, Caller, Role
from recognizer.clock import Clocks
from recognizer.errors import CsrfTokenInvalid, Forbidden, Unauthenticated
from recognizer.ports import KeptSession, Sessions
from recognizer.tokens import hash_token

_CSRF = b"csrf token of a session of the recognizer's console"
_ADMIN = Caller("admin", Role.ADMIN, Via.SESSION)
_CORRECTION = timedelta(minutes=1)
"""A clock may be corrected by so much without ending the sessions opened just before."""


@dataclass(frozen=True, slots=True)
class OpenSession:
    """A session that works now.

    Attributes:
        secret: what the cookie holds.
    """

    secret: str
    expires_at: datetime
    caller: Caller

    @property
    def csrf_token(self) -> str:
        """What a change must show beside the cookie."""
        return hmac.digest(self.secret.encode(), _CSRF, hashlib.sha256).hex()

    def check_csrf(self, shown: str | None) -> None:
        """Raises ``CsrfTokenInvalid``."""
        if not hmac.compare_digest((shown or "").encode(), self.csrf_token.encode()):
            raise CsrfTokenInvalid(
                "a change by the session's cookie needs the header x-csrf-token with what "
                "GET /v1/session answers as csrf_token; open the page anew"
            )


class ConsoleSessions:
    """Opens, finds and ends sessions.

    Args:
        lifetime: of a session, since it was opened.
    """

    def __init__(
        self, auth: Authenticator, sessions: Sessions, lifetime: timedelta, clocks: Clocks
    ) -> None:
        self._auth = auth
        self._sessions = sessions
        self._lifetime = lifetime
        self._now = clocks.now
        self._attempts = Attempts(clocks)

    def open(self, token: str, address: str) -> OpenSession:
        """A new session for the admin, who asks from this network address.

        Raises:
            TooManyAttempts: too many from there failed just now; the token was not looked at.
            Unauthenticated: nobody has the token.
            Forbidden: it is a device's.
        """
        self._attempts.check(address)
        try:
            self._auth.admin(token)
        except (Unauthenticated, Forbidden):
            self._attempts.failed(address)
            raise
        now = self._now()
        opened = OpenSession(secrets.token_urlsafe(32), now + self._lifetime, _ADMIN)
        self._sessions.add(
            KeptSession(_key(opened.secret), hash_token(token), now, opened.expires_at)
        )
        return opened

    def find(self, secret: str) -> OpenSession:
        """The session, if it works now.

        One that was opened later than now was opened by a clock that was ahead. It does not work,
        or it would outlive its hours by as much.

        Raises ``Unauthenticated``.
        """
        kept, now = self._sessions.find(_key(secret)), self._now()
        if kept is None or not kept.created_at - _CORRECTION <= now < kept.expires_at:
            raise Unauthenticated("the session has ended; sign in again")
        if not self._auth.is_admins(kept.admin_token_sha256):
            raise Unauthenticated("the admin's token was replaced since; sign in with the new one")
        return OpenSession(secret, kept.expires_at, _ADMIN)

    def end(self, session: OpenSession) -> None:
        """It stops working at once."""
        self._sessions.remove(_key(session.secret))


def _key(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
