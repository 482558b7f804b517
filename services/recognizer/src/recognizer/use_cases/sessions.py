"""Sessions of the console: the admin's token opens one, and a cookie identifies it.

A session's secret has 256 random bits and is only in the browser; the store has its hash. The CSRF
token, which keeps other pages from acting with the cookie, is derived from the secret, so it is not
stored. A session is valid only as long as the token that opened it.
"""

from __future__ import annotations

import hashlib
import hmac
import math
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from facecore.sign_in_limit import SignInLimit
from recognizer.domain.clock import Clocks, Reading
from recognizer.domain.errors import CsrfTokenInvalid, Forbidden, TooManyAttempts, Unauthenticated
from recognizer.domain.ports import KeptSession, Sessions
from recognizer.use_cases.audit_trail import Via
from recognizer.use_cases.authentication import Authenticator, Caller, Role, hash_token

_CSRF = b"csrf token of a session of the recognizer's console"
_MOST_FAILURES, _WITHIN_S = 10, 60.0
"""At most this many failed sign-ins from one address in this many seconds. A token has 256 random
bits, so it can't be guessed; the limit bounds the cost of guessing and makes it visible in the log.
"""
_ADMIN = Caller("admin", Role.ADMIN, Via.SESSION)
_CORRECTION = timedelta(minutes=1)
"""A clock may be set back by this much without ending the sessions opened just before."""


@dataclass(frozen=True, slots=True)
class OpenSession:
    """A valid session.

    Attributes:
        secret: the cookie's value.
    """

    secret: str
    expires_at: datetime
    caller: Caller

    @property
    def csrf_token(self) -> str:
        """The token that a change must send beside the cookie."""
        return hmac.digest(self.secret.encode(), _CSRF, hashlib.sha256).hex()

    def check_csrf(self, shown: str | None) -> None:
        """Raise ``CsrfTokenInvalid`` if this is not the session's CSRF token."""
        if not hmac.compare_digest((shown or "").encode(), self.csrf_token.encode()):
            raise CsrfTokenInvalid(
                "a change with the session's cookie needs the header x-csrf-token with the "
                "csrf_token of GET /v1/session; reload the page"
            )


class ConsoleSessions:
    """Opens, finds and ends sessions.

    Args:
        lifetime: how long a session lasts after it was opened.
    """

    def __init__(
        self, auth: Authenticator, sessions: Sessions, lifetime: timedelta, clocks: Clocks
    ) -> None:
        self._auth = auth
        self._sessions = sessions
        self._lifetime = lifetime
        self._now = clocks.now
        # Both clocks must say that a failure is recent. The time of day alone would lock an
        # address for hours after it is set back; the monotonic clock alone would lock it too,
        # where the process is frozen (Lambda) and that clock stands still.
        self._attempts = SignInLimit(
            _MOST_FAILURES, _WITHIN_S, read=clocks.read, elapsed_s=Reading.elapsed_s
        )

    def open(self, token: str, address: str) -> OpenSession:
        """Open a session for the admin, who signs in from this network address.

        Raises:
            TooManyAttempts: too many attempts from there failed; the token was not checked.
            Unauthenticated: the token is unknown.
            Forbidden: the token is a device's.
        """
        if wait_s := self._attempts.wait_s(address):
            raise TooManyAttempts(math.ceil(wait_s))
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
        """Return the session with this secret, if it is valid. Raises ``Unauthenticated``.

        A session opened in the future was opened when the clock was ahead. It is not valid:
        otherwise it would last longer by as much as the clock was ahead.
        """
        kept, now = self._sessions.find(_key(secret)), self._now()
        if kept is None or not kept.created_at - _CORRECTION <= now < kept.expires_at:
            raise Unauthenticated("the session has ended; sign in again")
        if not self._auth.is_admins(kept.admin_token_sha256):
            raise Unauthenticated("the admin's token was replaced since; sign in with the new one")
        return OpenSession(secret, kept.expires_at, _ADMIN)

    def end(self, session: OpenSession) -> None:
        """End the session at once."""
        self._sessions.remove(_key(session.secret))


def _key(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
