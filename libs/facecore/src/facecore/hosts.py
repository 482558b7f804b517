"""What a host's name or address alone says: this machine, a private network, one subscriber."""

from __future__ import annotations

from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
)

_LOCAL_SUFFIXES = (".localhost", ".local", ".home.arpa", ".internal")
_SUBSCRIBER_BITS = 64

Network = IPv4Network | IPv6Network


def address_of(host: str) -> IPv4Address | IPv6Address | None:
    """Return the address, if the host is one. An IPv4 address mapped into IPv6 is IPv4."""
    try:
        address = ip_address(host)
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address


def is_loopback(host: str) -> bool:
    """Return whether the host is this machine."""
    if address := address_of(host):
        return address.is_loopback
    return host == "localhost" or host.endswith(".localhost")


def is_private(host: str) -> bool:
    """Return whether the host is this machine or in a private network.

    Its addresses are those of RFC 1918, of RFC 4193 and link-local; for names see
    ``is_private_name``.
    """
    address = address_of(host)
    return is_private_name(host) if address is None else address.is_private


def is_private_name(name: str) -> bool:
    """Return whether a name, which is no address, can't be one of the internet.

    Such names have one part, as ``recognizer``, or are private by definition: ``localhost``
    (RFC 6761), ``.local`` (RFC 6762), ``.home.arpa`` (RFC 8375), ``.internal``.
    """
    return "." not in name or name.endswith(_LOCAL_SUFFIXES)


def subscriber(host: str) -> str:
    """Return what a client is counted by: its address, for IPv6 its network of 64 bits.

    One subscriber has all addresses of such a network. Other text, as of a Unix socket, is returned
    as it is.
    """
    address = address_of(host)
    if isinstance(address, IPv6Address):
        return str(ip_network((int(address), _SUBSCRIBER_BITS), strict=False))
    return host if address is None else str(address)


def networks_of(text: object) -> object:
    """Return the networks of a text that separates them by commas; anything else as it is.

    Raises ``ValueError``, which says what is accepted.
    """
    if not isinstance(text, str):
        return text
    return tuple(_network(part.strip()) for part in text.split(","))


def _network(text: str) -> Network:
    try:
        return ip_network(text)
    except ValueError:
        raise ValueError(
            f"{text!r} is not an address or a network; give addresses or networks such as "
            "10.0.0.1 or 10.0.0.0/8, separated by commas"
        ) from None
