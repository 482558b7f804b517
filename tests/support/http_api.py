"""An API Gateway HTTP API: requests become events (payload format 2.0), answers become responses.

https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from itertools import groupby
from typing import Any
from urllib.parse import parse_qsl, unquote

import httpx

Event = dict[str, Any]
REQUEST_ID = "JKJaXmPLvHcESHA="
_AS_TEXT = ("application/json", "application/javascript", "application/xml", "text/")


def http_api_event(request: httpx.Request, source_ip: str = "192.0.2.1") -> Event:
    """Return the event for one request from this address; a binary body is base64."""
    body = request.read()
    path = unquote(request.url.raw_path.decode().partition("?")[0])
    query = request.url.query.decode()
    headers = _joined([(name.lower(), value) for name, value in request.headers.multi_items()])
    cookies = headers.pop("cookie", None)
    as_text = _is_text(headers.get("content-type", ""), body)
    event: Event = {
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": path,
        "rawQueryString": query,
        "headers": headers,
        "requestContext": _context(request, path, headers, source_ip),
        "isBase64Encoded": bool(body) and not as_text,
    }
    if query:
        event["queryStringParameters"] = _joined(parse_qsl(query, keep_blank_values=True))
    if cookies is not None:
        event["cookies"] = cookies.split("; ")
    if body:
        event["body"] = body.decode() if as_text else base64.b64encode(body).decode()
    return event


def http_response(answer: Mapping[str, Any]) -> httpx.Response:
    """Return the response that the caller receives."""
    body = answer.get("body") or ""
    content = base64.b64decode(body) if answer.get("isBase64Encoded") else body.encode()
    headers = [
        *answer.get("headers", {}).items(),
        *(("set-cookie", cookie) for cookie in answer.get("cookies", [])),
    ]
    return httpx.Response(answer["statusCode"], headers=headers, content=content)


def _context(
    request: httpx.Request, path: str, headers: Mapping[str, str], source_ip: str
) -> Event:
    return {
        "accountId": "000000000000",
        "apiId": "abcdefghij",
        "domainName": request.url.host,
        "domainPrefix": request.url.host.partition(".")[0],
        "http": {
            "method": request.method,
            "path": path,
            "protocol": "HTTP/1.1",
            "sourceIp": source_ip,
            "userAgent": headers.get("user-agent", ""),
        },
        "requestId": REQUEST_ID,
        "routeKey": "$default",
        "stage": "$default",
        "time": "22/Nov/2026:10:00:00 +0000",
        "timeEpoch": 1795341600000,
    }


def _joined(pairs: list[tuple[str, str]]) -> dict[str, str]:
    """Join repeated values into one string, with commas."""
    found = sorted(pairs, key=lambda pair: pair[0])  # stable: of one name, in the order sent
    return {
        name: ",".join(value for _, value in group)
        for name, group in groupby(found, key=lambda pair: pair[0])
    }


def _is_text(content_type: str, body: bytes) -> bool:
    if not content_type.startswith(_AS_TEXT):
        return False
    try:
        body.decode()
    except UnicodeDecodeError:
        return False
    return True
