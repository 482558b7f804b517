"""Transports of the real client to the application, besides the network itself."""

from __future__ import annotations

import asyncio
import ipaddress
import itertools
from typing import Any, Protocol

import httpx

from tests.support.http_api import http_api_event, http_response
from tests.support.local_lambda import LocalLambda


class AsgiApp(Protocol):
    async def __call__(self, scope: Any, receive: Any, send: Any) -> None: ...


class InProcess(httpx.BaseTransport):
    """A transport that calls the ASGI application directly."""

    def __init__(self, app: AsgiApp) -> None:
        self._asgi = httpx.ASGITransport(app)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        return asyncio.run(self._answer(request))

    async def _answer(self, request: httpx.Request) -> httpx.Response:
        sent = httpx.Request(
            request.method, request.url, headers=request.headers, content=request.read()
        )
        answer = await self._asgi.handle_async_request(sent)
        return httpx.Response(
            answer.status_code, headers=answer.headers, content=await answer.aread()
        )


class ThroughLambda(httpx.BaseTransport):
    """An API Gateway before a function; requests to other hosts go over the network.

    Presigned links lead to such hosts. Each transport has its own source address.
    """

    _addresses = itertools.count(int(ipaddress.ip_address("198.18.0.0")))

    def __init__(self, function: LocalLambda, host: str) -> None:
        self._function = function
        self._host = host
        self._address = str(ipaddress.ip_address(next(self._addresses)))
        self._network = httpx.HTTPTransport()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send the request. Raises ``LambdaError`` with the function's log, not a bare 500."""
        if request.url.host != self._host:
            return self._network.handle_request(request)
        return http_response(self._function.invoke(http_api_event(request, self._address)))

    def close(self) -> None:
        self._network.close()
