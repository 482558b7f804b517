"""The same app behind API Gateway: real HTTP API events (payload format 2.0), binary both ways."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from recognizer.app import create_app
from recognizer.lambda_adapter import adapt
from recognizer.tokens import hash_token
from services.recognizer.tests.fakes import shot
from services.recognizer.tests.service import Service
from tests.transports import LambdaContext

Event = dict[str, Any]
Handler = Callable[[Event, Any], dict[str, Any]]


def event(
    method: str, path: str, token: str, body: bytes = b"", kind: str = "", *, query: str = ""
) -> Event:
    """As documented under "Working with AWS Lambda proxy integrations for HTTP APIs"."""
    text = kind == "application/json"
    headers = {
        "accept": "*/*",
        "authorization": f"Bearer {token}",
        "content-length": str(len(body)),
        "host": "abcdefghij.execute-api.eu-central-1.amazonaws.com",
        "user-agent": "curl/8.5.0",
        "x-amzn-trace-id": "Root=1-6921b0c0-0123456789abcdef01234567",
        "x-forwarded-for": "203.0.113.7",
        "x-forwarded-port": "443",
        "x-forwarded-proto": "https",
        **({"content-type": kind} if kind else {}),
    }
    return {
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": path,
        "rawQueryString": query,
        "headers": headers,
        "requestContext": {
            "accountId": "123456789012",
            "apiId": "abcdefghij",
            "domainName": "abcdefghij.execute-api.eu-central-1.amazonaws.com",
            "domainPrefix": "abcdefghij",
            "http": {
                "method": method,
                "path": path,
                "protocol": "HTTP/1.1",
                "sourceIp": "203.0.113.7",
                "userAgent": "curl/8.5.0",
            },
            "requestId": "UZTVjhf4liAEP6Q=",
            "routeKey": "$default",
            "stage": "$default",
            "time": "22/Nov/2026:12:00:00 +0000",
            "timeEpoch": 1795348800000,
        },
        **({"body": body.decode() if text else base64.b64encode(body).decode()} if body else {}),
        "isBase64Encoded": bool(body) and not text,
    }


@pytest.fixture
def handler(service: Service) -> Iterator[Handler]:
    """Mangum runs on the thread's own loop, as it finds it; this one is closed again."""
    service.enrol("ada", shot(1))
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    yield adapt(create_app(service.services))
    asyncio.set_event_loop(None)
    loop.close()


def test_a_picture_goes_in_and_names_come_out(handler: Handler, service: Service) -> None:
    asked = event(
        "POST", "/v1/recognitions", service.admin_token, shot(1), "image/jpeg",
        query="captured_at=2026-11-22T11%3A00%3A00%2B01%3A00&track=t1",
    )  # fmt: skip
    answer = handler(asked, LambdaContext())
    assert (answer["statusCode"], answer["isBase64Encoded"]) == (200, False)
    told = json.loads(answer["body"])
    assert told["faces"][0]["person"]["label"] == "ada"
    assert told["captured_at"] == "2026-11-22T10:00:00Z"
    json.dumps(answer)


def test_the_gateway_s_request_id_is_kept(handler: Handler, service: Service) -> None:
    answer = handler(event("GET", "/v1/people/nobody", service.admin_token), LambdaContext())
    assert answer["headers"]["x-request-id"] == "UZTVjhf4liAEP6Q="
    assert answer["headers"]["content-type"] == "application/problem+json"
    assert answer["isBase64Encoded"] is False
    assert json.loads(answer["body"])["request_id"] == "UZTVjhf4liAEP6Q="


def test_bytes_travel_both_ways(handler: Handler, service: Service) -> None:
    """A video goes up and comes down through the handler, bit for bit."""
    data = bytes(range(256)) * 10
    announcement = {
        "started_at": "2026-11-22T11:00:00Z",
        "duration_ms": 1000,
        "size_bytes": len(data),
        "sha256": hashlib.sha256(data).hexdigest(),
    }
    body = json.dumps(announcement).encode()
    announced = event("POST", "/v1/videos", service.admin_token, body, "application/json")
    ticket = json.loads(handler(announced, LambdaContext())["body"])
    path, _, query = ticket["upload"]["url"].partition("amazonaws.com")[2].partition("?")
    up = event("PUT", path, "", data, "video/mp4", query=query)
    checksum = ticket["upload"]["headers"]["x-amz-checksum-sha256"]
    up["headers"]["x-amz-checksum-sha256"] = checksum
    assert handler(up, LambdaContext())["statusCode"] == 200

    asked = event("GET", f"/v1/videos/{ticket['key']}/url", service.admin_token)
    url = json.loads(handler(asked, LambdaContext())["body"])["url"]
    assert url.startswith("https://abcdefghij.execute-api.eu-central-1.amazonaws.com/v1/playback/")
    path, _, query = url.partition("amazonaws.com")[2].partition("?")
    down = handler(event("GET", path, "", query=query), LambdaContext())
    assert down["isBase64Encoded"] is True
    assert base64.b64decode(down["body"]) == data


_COLD_START = """
import json, sys
from recognizer.lambda_handler import handler
print(json.dumps(handler(json.loads(sys.stdin.read()), None)))
"""


def test_a_cold_start_builds_from_the_environment(
    tmp_path: Path, portraits: Mapping[str, bytes]
) -> None:
    asked = event("POST", "/v1/recognitions", "configured", portraits["obama"], "image/jpeg")
    run = subprocess.run(
        [sys.executable, "-c", _COLD_START],
        input=json.dumps(asked),
        env={
            **os.environ,
            "RECOGNIZER_DATA_DIR": str(tmp_path),
            "RECOGNIZER_ADMIN_TOKEN_SHA256": hash_token("configured"),
        },
        capture_output=True,
        text=True,
        check=True,
    )
    answer = json.loads(run.stdout)
    assert answer["statusCode"] == 200
    assert [face["decision"] for face in json.loads(answer["body"])["faces"]] == ["unknown"]
    lines = [json.loads(line) for line in run.stderr.splitlines()]
    assert lines[-1]["request_id"] == "UZTVjhf4liAEP6Q="
