"""Check which addresses may be called, and quote labels and keys for a path."""

from __future__ import annotations

from urllib.parse import quote

import httpx

from facecore.hosts import is_private


def service_url(url: str) -> httpx.URL:
    """Check and return the recognizer's base address.

    Tokens and faces must not cross the internet in clear, so plain ``http`` goes only to this
    machine and to private networks; see ``hosts.is_private``.

    Raises:
        ValueError: the address is not valid; the message says why and what is valid.
    """
    parsed = checked(url)
    if parsed.userinfo:
        raise ValueError("the address must hold no user name or password; give the token apart")
    if parsed.query or parsed.fragment:
        raise ValueError("the address must end before any '?' or '#', as in https://host/base")
    return parsed


def checked(url: str) -> httpx.URL:
    """Check and return an address that may be called.

    Raises:
        ValueError: not http or https, no host, or http beyond the private networks.
    """
    try:
        parsed = httpx.URL(url)
    except httpx.InvalidURL as error:
        raise ValueError(f"not an address: {error}") from None
    if parsed.scheme not in ("http", "https") or not parsed.host:
        raise ValueError("an address begins with https:// (or http://) and a host")
    if parsed.scheme == "http" and not is_private(parsed.host):
        raise ValueError(
            f"http://{parsed.host} would send tokens and faces in clear over the internet; "
            "use https, or http only to this machine or a private network"
        )
    return parsed


def path_part(name: str) -> str:
    """Quote a label, photo id or device name as one segment of a path.

    Raises:
        ValueError: it is empty, ``.`` or ``..``, which would name another resource.
    """
    if name in ("", ".", ".."):
        raise ValueError(f"{name!r} can't be part of a path; give a label, key or name")
    return quote(name, safe="")


def path_parts(key: str) -> str:
    """Quote a video's key as segments of a path; its slashes stay.

    Raises:
        ValueError: one of the segments is empty, ``.`` or ``..``.
    """
    return "/".join(path_part(part) for part in key.split("/"))
