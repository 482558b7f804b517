"""The running application for tests: clients for each role, and raw requests."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import httpx

from facecore.client import RecognizerClient
from facecore.contract import Attributes, PersonUpdate, Photo
from facecore.vision.analyzer import FaceAnalyzer

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)


@dataclass(slots=True)
class Api:
    """One application behind one transport; a transport of ``None`` is the network itself."""

    url: str
    admin_token: str
    analyzer: FaceAnalyzer
    transport: httpx.BaseTransport | None
    admin: RecognizerClient = field(init=False)
    device: RecognizerClient = field(init=False)
    """The device ``door``."""
    anonymous: RecognizerClient = field(init=False)
    """Somebody without a token."""
    _http: httpx.Client = field(init=False)
    _opened: ExitStack = field(init=False, default_factory=ExitStack)

    def __post_init__(self) -> None:
        self.admin = self.client(self.admin_token)
        self.anonymous = self.client(None)
        # All is plain HTTP; to read the certificates takes longer than most requests.
        self._http = self._opened.enter_context(
            httpx.Client(base_url=self.url, transport=self.transport, timeout=120, verify=False)
        )
        self.device = self.device_named("door")

    def client(self, token: str | None) -> RecognizerClient:
        """Return a client; its deadline is generous, because tests share the processor."""
        return self._opened.enter_context(
            RecognizerClient(self.url, token, deadline_s=120, transport=self.transport)
        )

    def device_named(self, name: str) -> RecognizerClient:
        """Register a device and return its client."""
        return self.client(self.admin.add_device(name).token.get_secret_value())

    def enrol(
        self,
        label: str,
        picture: bytes,
        name: str | None = None,
        attributes: Attributes | None = None,
    ) -> Photo:
        """Enrol a person with one photo."""
        update = PersonUpdate(name=name or label.title(), attributes=attributes or {})
        self.admin.put_person(label, update)
        return self.admin.add_photo(label, picture)

    def raw(
        self,
        method: str,
        path: str,
        *,
        token: str | None = "admin",
        headers: Mapping[str, str] | None = None,
        **content: Any,
    ) -> httpx.Response:
        """Send a request that the client would not send."""
        sent = {"authorization": f"Bearer {self.admin_token}"} if token == "admin" else {}
        # As bytes, so that a header may hold what is not ASCII.
        raw = [(k.encode(), v.encode()) for k, v in {**sent, **(headers or {})}.items()]
        return self._http.request(method, path, headers=raw, **content)

    def open_link(
        self,
        url: str,
        *,
        method: str = "GET",
        headers: Mapping[str, str] | None = None,
        content: bytes | None = None,
    ) -> httpx.Response:
        """Use a presigned link, which needs no token."""
        return self._http.request(method, url, headers=headers, content=content)

    def close(self) -> None:
        """Close every client."""
        self._opened.close()
