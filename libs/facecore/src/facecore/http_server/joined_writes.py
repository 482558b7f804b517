"""Join the writes of one answer into one system call."""

from __future__ import annotations

import asyncio
from typing import Any, Final

_MAX_JOINED: Final = 64 * 1024
"""Bytes that are written at once, so that the connection's flow control still works."""


class JoinedWrites(asyncio.Transport):
    """A connection's transport that writes at the end of an iteration of the event loop.

    uvicorn writes an answer's head and its body one after the other. Each write is a system call
    that wakes the client and releases Python's lock; together they take as long as all the rest of
    a short answer.
    """

    def __init__(self, transport: asyncio.Transport) -> None:
        super().__init__()
        self._transport = transport
        self._loop = asyncio.get_running_loop()
        self._parts: list[bytes] = []
        self._size = 0

    def write(self, data: bytes | bytearray | memoryview[Any]) -> None:
        """Write the bytes together with others, in this iteration of the event loop."""
        if not self._parts:
            self._loop.call_soon(self._flush)
        self._parts.append(bytes(data))
        self._size += len(data)
        if self._size > _MAX_JOINED:
            self._flush()

    def _flush(self) -> None:
        parts, self._parts, self._size = self._parts, [], 0
        if parts:
            self._transport.write(b"".join(parts))

    def get_write_buffer_size(self) -> int:
        """Return the bytes that are not sent yet."""
        return self._size + self._transport.get_write_buffer_size()

    def close(self) -> None:
        """Close after all bytes are sent."""
        self._flush()
        self._transport.close()

    def abort(self) -> None:
        """Close at once and discard unsent bytes."""
        self._transport.abort()

    def is_closing(self) -> bool:
        """Return whether the connection is closing or closed."""
        return self._transport.is_closing()

    def pause_reading(self) -> None:
        """Stop reading until ``resume_reading``."""
        self._transport.pause_reading()

    def resume_reading(self) -> None:
        """Read again."""
        self._transport.resume_reading()

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        """Return what the connection's transport knows, such as its addresses."""
        return self._transport.get_extra_info(name, default)
