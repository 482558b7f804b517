"""Upload a segment to the address in its ticket; only a confirmed checksum counts as success."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import httpx

from facecore.client import responses
from facecore.client.address import checked
from facecore.client.http import HttpSession
from facecore.contract import PresignedUpload
from facecore.errors import ChecksumMismatch, UnexpectedAnswer

_CHECKSUM = "x-amz-checksum-sha256"
_CHUNK = 64 * 1024
_PACES_A_SECOND = 10


def upload(
    http: HttpSession,
    ticket: PresignedUpload,
    path: Path,
    *,
    deadline_s: float,
    stall_s: float | None = None,
    bytes_per_s: int | None = None,
) -> None:
    """Stream ``path`` to the ticket's address, without a token.

    Returns only after the store has repeated the SHA-256 in the ticket (design invariant 1).

    An upload that makes no progress for ``stall_s`` seconds is aborted. ``bytes_per_s`` limits its
    speed; None means no limit.

    Raises:
        OSError: the file can't be read.
        ValueError: the file's size is not the announced one.
        ChecksumMismatch: the store confirmed other bytes.
        UnexpectedAnswer: the store confirmed no checksum, or answered with an error of its own.
        ClientError: as for every call.
    """
    headers = httpx.Headers(ticket.headers)
    due = headers.get(_CHECKSUM)
    if not due:
        raise UnexpectedAnswer(f"the ticket has no {_CHECKSUM}, so the upload can't be confirmed")
    _check_size(path, headers)
    try:
        url = checked(ticket.url)
    except ValueError as error:
        raise UnexpectedAnswer(f"the ticket's address can't be used: {error}") from None
    reply = http.send(
        lambda: httpx.Request(
            ticket.method, url, headers=headers, content=_chunks(path, bytes_per_s)
        ),
        repeatable=True,
        deadline_s=deadline_s,
        stall_s=stall_s,
    )
    responses.check(reply)
    confirmed = reply.headers.get(_CHECKSUM)
    if confirmed is None:
        raise responses.unexpected(reply, f"it did not confirm {_CHECKSUM}; keep the file")
    if confirmed != due:
        raise ChecksumMismatch(
            f"{reply.origin} did not confirm {_CHECKSUM}, but another value; keep the file",
            status=reply.status,
        )


def _check_size(path: Path, headers: httpx.Headers) -> None:
    size = path.stat().st_size
    due = headers.setdefault("content-length", str(size))
    if due != str(size):
        raise ValueError(f"{path} has {size} bytes, but {due} were announced; announce it again")


def _chunks(path: Path, bytes_per_s: int | None) -> Iterator[bytes]:
    """Yield the file in chunks, at ``bytes_per_s`` at most."""
    size = _CHUNK if bytes_per_s is None else min(_CHUNK, -(-bytes_per_s // _PACES_A_SECOND))
    begun, sent = time.monotonic(), 0
    with path.open("rb") as file:
        while chunk := file.read(size):
            yield chunk
            sent += len(chunk)
            if bytes_per_s is not None:
                time.sleep(max(0.0, begun + sent / bytes_per_s - time.monotonic()))
