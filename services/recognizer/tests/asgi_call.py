"""Call the app by ASGI, as a server does, with a client that can leave."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from recognizer.entrypoints.http.app import create_app
from services.recognizer.tests.service import Service


@dataclass
class AsgiCall:
    """A request with a picture. Its answer is there when the task of ``start`` is done.

    Attributes:
        waits: set when the app has read the body and watches whether the client leaves.
        body_read: whether the app has requested the body.
    """

    service: Service
    body: bytes
    path: str = "/v1/recognitions"
    headers: Mapping[str, str] = field(default_factory=dict)
    waits: asyncio.Event = field(default_factory=asyncio.Event)
    left: asyncio.Event = field(default_factory=asyncio.Event)
    body_read: bool = False
    status: int | None = None
    answer_headers: dict[str, str] = field(default_factory=dict)
    answer: bytes = b""

    def start(self) -> asyncio.Task[None]:
        return asyncio.create_task(self._run())

    def leave(self) -> None:
        self.left.set()

    @property
    def code(self) -> str | None:
        code: str | None = json.loads(self.answer).get("code")
        return code

    async def _run(self) -> None:
        app = create_app(self.service.services, reporters=())
        await app(self._scope(), self._receive, self._send)  # type: ignore[arg-type]  # a dict is a scope, and these its callables

    def _scope(self) -> dict[str, Any]:
        headers = {
            "authorization": f"Bearer {self.service.admin_token}",
            "content-type": "image/jpeg",
            "content-length": str(len(self.body)),
            **self.headers,
        }
        return {
            "type": "http",
            "http_version": "1.1",
            "method": "POST",
            "scheme": "http",
            "path": self.path,
            "raw_path": self.path.encode(),
            "query_string": b"",
            "root_path": "",
            "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
            "client": ("127.0.0.1", 1),
            "server": ("recognizer.test", 80),
        }

    async def _receive(self) -> dict[str, Any]:
        if not self.body_read:
            self.body_read = True
            return {"type": "http.request", "body": self.body, "more_body": False}
        self.waits.set()
        await self.left.wait()
        return {"type": "http.disconnect"}

    async def _send(self, message: dict[str, Any]) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            pairs = message["headers"]
            self.answer_headers = {name.decode(): value.decode() for name, value in pairs}
        else:
            self.answer += message.get("body", b"")
