"""Check the addresses and keys of sinks: an MQTT broker, a webhook."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit

from facecore.hosts import is_private

_PORTS = {"mqtt": 1883, "mqtts": 8883}
_SECRET_PREFIX = "whsec_"  # noqa: S105 - how a secret begins
_MIN_SECRET, _MAX_SECRET = 24, 64


@dataclass(frozen=True, slots=True)
class BrokerAddress:
    """An MQTT broker's address and credentials; with ``tls`` its certificate is verified."""

    host: str
    port: int
    tls: bool
    user: str | None = None
    password: str | None = field(default=None, repr=False)


def broker_address(url: str) -> BrokerAddress:
    """Read ``mqtt://user:password@host:port`` or ``mqtts://…``.

    Names of people must not cross the internet in clear, so plain ``mqtt`` goes only to this
    machine and to private networks.

    Raises:
        ValueError: the address is wrong; the message repeats no more of it than the host.
    """
    parsed = urlsplit(url)
    try:
        port = parsed.port
    except ValueError:
        raise ValueError("the broker's port must be a number up to 65535") from None
    if parsed.scheme not in _PORTS or not parsed.hostname:
        raise ValueError("a broker is mqtt://host or mqtts://host, with user:password@ if need be")
    if parsed.path.strip("/") or parsed.query or parsed.fragment:
        raise ValueError("the broker's address ends after its port")
    tls = parsed.scheme == "mqtts"
    if not tls and not is_private(parsed.hostname):
        raise ValueError(
            f"mqtt://{parsed.hostname} would send names in clear over the internet; use mqtts, or "
            "mqtt only to this machine or a private network"
        )
    return BrokerAddress(
        parsed.hostname,
        port or _PORTS[parsed.scheme],
        tls,
        unquote(parsed.username) if parsed.username else None,
        unquote(parsed.password) if parsed.password else None,
    )


def webhook_key(secret: str) -> bytes:
    """Decode a secret such as ``whsec_…``: 24 to 64 bytes in base64.

    Raises:
        ValueError: the secret has another form; the message does not repeat it.
    """
    try:
        key = base64.b64decode(secret.removeprefix(_SECRET_PREFIX), validate=True)
    except binascii.Error:
        key = b""
    if not _MIN_SECRET <= len(key) <= _MAX_SECRET:
        raise ValueError(
            "a secret is 24 to 64 bytes in base64; `openssl rand -base64 32` makes one"
        )
    return key
