"""One password for the page, by HTTP Basic (RFC 7617), and a pause for those who guess."""

from __future__ import annotations

import base64
import binascii
import hmac
import time
from collections import OrderedDict
from collections.abc import Callable
from enum import Enum, auto

from pydantic import SecretStr

_GUESSES = 5
_PAUSE_S = 30.0
_MAX_CLIENTS = 256


class Verdict(Enum):
    """What became of a request's password."""

    RIGHT = auto()
    MISSING = auto()
    WRONG = auto()
    TOO_MANY = auto()
    """Too many wrong ones came from this address; it was not even looked at."""


class Password:
    """Compares in constant time; after five wrong ones an address waits for half a minute.

    Args:
        clock: monotonic, in seconds.
    """

    def __init__(self, password: SecretStr, clock: Callable[[], float] = time.monotonic) -> None:
        self._password = password.get_secret_value().encode()
        self._clock = clock
        self._guesses: OrderedDict[str, tuple[int, float]] = OrderedDict()

    def check(self, authorization: str | None, client: str) -> Verdict:
        """Looks at a request's ``Authorization``; any user name will do."""
        count, last_at = self._guesses.get(client, (0, 0.0))
        if count >= _GUESSES and self._clock() - last_at < _PAUSE_S:
            return Verdict.TOO_MANY
        if authorization is None:
            return Verdict.MISSING
        if hmac.compare_digest(_given(authorization), self._password):
            self._guesses.pop(client, None)
            return Verdict.RIGHT
        self._wrong(client, 1 if count >= _GUESSES else count + 1)
        return Verdict.WRONG

    def _wrong(self, client: str, count: int) -> None:
        self._guesses[client] = count, self._clock()
        self._guesses.move_to_end(client)
        if len(self._guesses) > _MAX_CLIENTS:
            self._guesses.popitem(last=False)


def _given(authorization: str) -> bytes:
    scheme, _, encoded = authorization.partition(" ")
    if scheme.lower() != "basic":
        return b""
    try:
        return base64.b64decode(encoded.strip(), validate=True).partition(b":")[2]
    except binascii.Error:
        return b""
