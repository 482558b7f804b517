"""Build the events of an HTTP API, for tests that call the function itself."""

from __future__ import annotations

from typing import Any

import httpx

from tests.support.http_api import Event, http_api_event

GATEWAY = "https://abcdefghij.execute-api.eu-central-1.amazonaws.com"
JPEG = "image/jpeg"


def event(
    method: str, path: str, token: str | None = None, body: bytes = b"", kind: str | None = None
) -> Event:
    """Return one request through the gateway; the path may have a query, or be a whole URL."""
    headers = {
        "user-agent": "curl/8.5.0",
        "x-amzn-trace-id": "Root=1-6921b0c0-0123456789abcdef01234567",
        "x-forwarded-for": "203.0.113.7",
        "x-forwarded-port": "443",
        "x-forwarded-proto": "https",
        **({"authorization": f"Bearer {token}"} if token else {}),
        **({"content-type": kind} if kind else {}),
    }
    url = httpx.URL(GATEWAY).join(path)
    return http_api_event(httpx.Request(method, url, headers=headers, content=body))


def keep_warm() -> dict[str, Any]:
    """Return the smallest event that a schedule sends to keep the function warm."""
    return {
        "version": "2.0",
        "rawPath": "/v1/health",
        "headers": {},
        "requestContext": {
            "http": {
                "method": "GET",
                "path": "/v1/health",
                "sourceIp": "127.0.0.1",
                "protocol": "HTTP/1.1",
            }
        },
        "isBase64Encoded": False,
    }
