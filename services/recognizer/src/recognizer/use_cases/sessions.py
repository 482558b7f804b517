"""Sessions of the console: the admin's token opens one, and a cookie identifies it.

A session's secret has 256 random bits and is only in the browser; the store has its hash. The CSRF
token, which keeps other pages from acting with the cookie, is derived from the secret, so it is not
stored. A session is valid only as long as the token that opened it.
"""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
import math
import secrets
from collections import OrderedDict, deque
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock

from recognizer.domain.clock import Clocks, Reading
from recognizer.domain.errors import CsrfTokenInvalid, Forbidden, TooManyAttempts, Unauthenticated
from recognizer.domain.ports import KeptSession, Sessions
from recognizer.domain.tokens import hash_token
from recognizer.use_cases.audit_trail import Via
from recognizer.use_cases.authentication import Authenticator, Caller, Role

_CSRF = b"csrf token of a session of the recognizer's console"
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
        self._attempts = Attempts(clocks)

    def open(self, token: str, address: str) -> OpenSession:
        """Open a session for the admin, who signs in from this network address.

        Raises:
            TooManyAttempts: too many attempts from there failed; the token was not checked.
            Unauthenticated: the token is unknown.
            Forbidden: the token is a device's.
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
        """Return the session with this secret, if it is valid. Raises ``Unauthenticated``.

        A session opened in the future was opened when the clock was ahead. It is not valid, or it
        would last too long by the same time.
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


MOST = 10
WITHIN = timedelta(minutes=1)
_MOST_ADDRESSES = 4096
_IPV6_PREFIX = 64
"""One subscriber has all addresses of such a network."""


class Attempts:
    """Failed attempts to sign in, by address; after too many the address must wait. Thread-safe.

    They are counted in the memory of this process. A token has 256 random bits, so it can't be
    guessed in any case; the limit bounds the cost of guessing and makes it visible in the log.

    A failure counts as recent only if both clocks say so. The time of day alone would lock an
    address for hours after it is set back; the monotonic clock alone would do so where the process
    is frozen.
    """

    def __init__(self, clocks: Clocks) -> None:
        self._clocks = clocks
        self._lock = Lock()
        self._failed: OrderedDict[str, deque[Reading]] = OrderedDict()

    def check(self, address: str) -> None:
        """Raise ``TooManyAttempts`` if the address must wait."""
        now = self._clocks.read()
        with self._lock:
            failed = self._failed.get(_of(address), ())
            ages_s = [now.elapsed_s(since) for since in failed]
        recent = [age_s for age_s in ages_s if age_s < WITHIN.total_seconds()]
        if len(recent) >= MOST:
            raise TooManyAttempts(math.ceil(WITHIN.total_seconds() - recent[0]))

    def failed(self, address: str) -> None:
        """Record a failed attempt now; the address that failed longest ago may be dropped."""
        key = _of(address)
        with self._lock:
            self._failed.setdefault(key, deque(maxlen=MOST)).append(self._clocks.read())
            self._failed.move_to_end(key)
            if len(self._failed) > _MOST_ADDRESSES:
                self._failed.popitem(last=False)


def _of(address: str) -> str:
    """Return the address to count by; for IPv6 its network."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address  # a transport without addresses
    if found.version == 4:  # noqa: PLR2004 - its name is the number
        return str(found)
    return str(ipaddress.ip_network((found.packed, _IPV6_PREFIX), strict=False))
