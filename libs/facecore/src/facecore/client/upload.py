"""Sends a segment to the place that a ticket names, and believes only a confirmed checksum."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx

from facecore.client import answers
from facecore.client.address import checked
from facecore.client.http import HttpSession
from facecore.contract import PresignedUpload
from facecore.errors import UnexpectedAnswer

_CHECKSUM = "x-amz-checksum-sha256"
_CHUNK = 64 * 1024


def upload(http: HttpSession, ticket: PresignedUpload, path: Path, *, deadline_s: float) -> None:
    """Streams ``path`` to the ticket's address; no token goes there.

    Returns only when the store has repeated the SHA-256 that the ticket binds (design
    invariant 1).

    Raises:
        OSError: the file can't be read.
        ValueError: the file's size is not the one that was announced.
        UnexpectedAnswer: the store did not confirm the checksum, or refused in its own way.
        ClientError: as for every call.
    """
    headers = httpx.Headers(ticket.headers)
    due = headers.get(_CHECKSUM)
    if not due:
        raise UnexpectedAnswer(f"the ticket binds no {_CHECKSUM}, so nothing could be confirmed")
    _check_size(path, headers)
    try:
        url = checked(ticket.url)
    except ValueError as error:
        raise UnexpectedAnswer(f"the ticket's address can't be used: {error}") from None
    reply = http.send(
        lambda: httpx.Request(ticket.method, url, headers=headers, content=_chunks(path)),
        repeatable=True,
        deadline_s=deadline_s,
    )
    answers.accepted(reply)
    if reply.headers.get(_CHECKSUM) != due:
        raise answers.unexpected(reply, f"it did not confirm {_CHECKSUM}; keep the file")


def _check_size(path: Path, headers: httpx.Headers) -> None:
    size = path.stat().st_size
    due = headers.setdefault("content-length", str(size))
    if due != str(size):
        raise ValueError(f"{path} has {size} bytes, but {due} were announced; announce it again")


def _chunks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            yield chunk
