"""Which MQTT brokers may be spoken to, read from one address."""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit

from facecore.client.address import is_private

_PORTS = {"mqtt": 1883, "mqtts": 8883}


@dataclass(frozen=True, slots=True)
class BrokerAddress:
    """A broker, and how it is entered; ``tls`` is verified."""

    host: str
    port: int
    tls: bool
    user: str | None = None
    password: str | None = field(default=None, repr=False)


def broker_address(url: str) -> BrokerAddress:
    """Reads ``mqtt://user:password@host:port`` or ``mqtts://…``.

    Names of people must not cross the internet in clear, so plain ``mqtt`` goes only to this
    machine and to private networks.

    Raises:
        ValueError: what is wrong, without the address's own text but its host.
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
