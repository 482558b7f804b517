"""Test requests as an HTTP API's events and back: headers, cookies, queries, binary data."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Annotated, Any

import httpx
import pytest
from fastapi import FastAPI, Header, Request, Response

from recognizer.entrypoints.aws_lambda.function import LambdaFunction
from tests.support.http_api import http_api_event, http_response

BYTES = bytes(range(256))


def echo() -> FastAPI:
    """Return an app that answers with what arrived."""
    app = FastAPI()

    @app.post("/echo")
    async def echoed(request: Request, x: Annotated[str, Header()] = "") -> dict[str, Any]:
        return {
            "x": x,
            "cookies": request.cookies,
            "query": request.query_params.multi_items(),
            "body": (await request.body()).hex(),
        }

    @app.get("/bytes")
    def binary() -> Response:
        answer = Response(BYTES, media_type="image/jpeg")
        answer.set_cookie("a", "1")
        answer.set_cookie("b", "2")
        answer.headers.append("vary", "origin")
        answer.headers.append("vary", "accept")
        return answer

    return app


@pytest.fixture
def function() -> Iterator[LambdaFunction]:
    function = LambdaFunction(echo())
    yield function
    function.close()


def call(function: LambdaFunction, request: httpx.Request) -> httpx.Response:
    """Send the request through JSON and back, as Lambda does."""
    event = json.loads(json.dumps(http_api_event(request)))
    return http_response(json.loads(json.dumps(function.answer(event))))


def test_a_request_arrives_whole(function: LambdaFunction) -> None:
    sent = httpx.Request(
        "POST",
        "https://api.test/echo?q=1&q=2&empty=&plus=a%2Bb",
        headers=[("x", "one"), ("x", "two"), ("cookie", "a=1; b=2")],
        content=BYTES,
    )
    assert call(function, sent).json() == {
        "x": "one,two",
        "cookies": {"a": "1", "b": "2"},
        "query": [["q", "1"], ["q", "2"], ["empty", ""], ["plus", "a+b"]],
        "body": BYTES.hex(),
    }


def test_text_travels_as_text(function: LambdaFunction) -> None:
    sent = httpx.Request("POST", "https://api.test/echo", json={"name": "Zoë"})
    event = http_api_event(sent)
    assert (event["body"], event["isBase64Encoded"]) == ('{"name":"Zoë"}', False)
    assert call(function, sent).json()["body"] == '{"name":"Zoë"}'.encode().hex()


def test_a_response_arrives_whole(function: LambdaFunction) -> None:
    answer = call(function, httpx.Request("GET", "https://api.test/bytes"))
    assert answer.content == BYTES
    assert answer.headers.get_list("set-cookie") == [
        "a=1; Path=/; SameSite=lax",
        "b=2; Path=/; SameSite=lax",
    ]
    assert answer.headers["vary"] == "origin,accept"
