"""Who has signed in to the console: the admin's token opens a session, a cookie carries it on.

A session's secret has 256 random bits and is only in the browser; the store keeps its hash. What
the page shows beside the cookie, so that no other page can act in its name, is made of the secret,
so that nothing more is kept. A session is good only as long as the token that opened it.
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


MOST = 10
WITHIN = timedelta(minutes=1)
_MOST_ADDRESSES = 4096
_IPV6_PREFIX = 64
"""One subscriber has as many addresses."""


class Attempts:
    """Failed attempts to sign in, by address; after too many it has to wait. Thread-safe.

    They are counted in the memory of this process. No list of tokens can be tried out in any case:
    a token has 256 random bits. This keeps a guesser from costing much, and shows up in the log.

    A failure counts as recent only if both clocks say so. The time of day alone would lock an
    address for hours after it is set back; the monotonic clock alone would do so where the process
    is frozen.
    """

    def __init__(self, clocks: Clocks) -> None:
        self._clocks = clocks
        self._lock = Lock()
        self._failed: OrderedDict[str, deque[Reading]] = OrderedDict()

    def check(self, address: str) -> None:
        """Raises ``TooManyAttempts``."""
        now = self._clocks.read()
        with self._lock:
            failed = self._failed.get(_of(address), ())
            ages_s = [now.elapsed_s(since) for since in failed]
        recent = [age_s for age_s in ages_s if age_s < WITHIN.total_seconds()]
        if len(recent) >= MOST:
            raise TooManyAttempts(math.ceil(WITHIN.total_seconds() - recent[0]))

    def failed(self, address: str) -> None:
        """Notes that one failed just now; whoever failed longest ago may be forgotten."""
        key = _of(address)
        with self._lock:
            self._failed.setdefault(key, deque(maxlen=MOST)).append(self._clocks.read())
            self._failed.move_to_end(key)
            if len(self._failed) > _MOST_ADDRESSES:
                self._failed.popitem(last=False)


def _of(address: str) -> str:
    """An IPv6 address counts as its network."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address  # a transport without addresses
    if found.version == 4:  # noqa: PLR2004 - its name is the number
        return str(found)
    return str(ipaddress.ip_network((found.packed, _IPV6_PREFIX), strict=False))
