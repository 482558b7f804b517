"""Three ways to the same application, each as a transport of the real client."""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import Callable
from typing import Any, Protocol
from urllib.parse import unquote

import httpx

Event = dict[str, Any]


class AsgiApp(Protocol):
    async def __call__(self, scope: Any, receive: Any, send: Any) -> None: ...


class InProcess(httpx.BaseTransport):
    """Calls the ASGI application itself."""

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


class Lambda(httpx.BaseTransport):
    """Calls a Lambda handler with the events that an API Gateway HTTP API sends (format 2.0).

    https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
    """

    def __init__(self, handler: Callable[[Event, Any], Event]) -> None:
        self._handler = handler

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        # Through JSON and back, because that is what the runtime does with both.
        event = json.loads(json.dumps(http_api_event(request)))
        answer = json.loads(json.dumps(self._handler(event, LambdaContext())))
        body = answer.get("body") or ""
        content = base64.b64decode(body) if answer.get("isBase64Encoded") else body.encode()
        return httpx.Response(
            answer["statusCode"], headers=answer.get("headers", {}), content=content
        )


class LambdaContext:
    """What the runtime says of one invocation."""

    function_name = "recognizer"
    memory_limit_in_mb = 2048
    invoked_function_arn = "arn:aws:lambda:eu-central-1:000000000000:function:recognizer"
    aws_request_id = "3f1c5a1e-6a52-4d0c-9a0e-4f6f2f0c7b11"

    @staticmethod
    def get_remaining_time_in_millis() -> int:
        return 30_000


def http_api_event(request: httpx.Request) -> Event:
    """The event for one request; a body that is not text goes in base64, as the gateway does."""
    body = request.read()
    path = unquote(request.url.raw_path.decode().partition("?")[0])
    headers = {name.lower(): value for name, value in request.headers.items()}
    as_text = _is_text(headers.get("content-type", ""), body)
    return {
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": path,
        "rawQueryString": request.url.query.decode(),
        "headers": headers,
        "requestContext": {
            "accountId": "000000000000",
            "apiId": "abcdefghij",
            "domainName": request.url.host,
            "http": {
                "method": request.method,
                "path": path,
                "protocol": "HTTP/1.1",
                "sourceIp": "192.0.2.1",
                "userAgent": headers.get("user-agent", ""),
            },
            "requestId": "JKJaXmPLvHcESHA=",
            "routeKey": "$default",
            "stage": "$default",
            "time": "22/Nov/2026:10:00:00 +0000",
            "timeEpoch": 1795341600000,
        },
        "body": (body.decode() if as_text else base64.b64encode(body).decode()) if body else None,
        "isBase64Encoded": bool(body) and not as_text,
    }


def _is_text(content_type: str, body: bytes) -> bool:
    if not content_type.startswith(("application/json", "text/")):
        return False
    try:
        body.decode()
    except UnicodeDecodeError:
        return False
    return True
