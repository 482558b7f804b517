"""The client's reading of answers, and secrets that no error may repeat."""

from __future__ import annotations

import gzip
import traceback
from collections.abc import Callable

import pytest

from facecore.errors import ApiProblem, ClientError, UnexpectedAnswer
from libs.facecore.tests.client.conftest import (
    HEALTH,
    TOKEN,
    ScriptedServer,
    Step,
    answer,
    endless,
    problem,
    raw,
)

Serve = Callable[..., ScriptedServer]


@pytest.mark.parametrize(
    ("step", "words"),
    [
        pytest.param(answer(200, b"<html>log in", "text/html"), "200 with text/html", id="portal"),
        pytest.param(answer(200, b"{}", ""), "200 with no content type", id="untyped"),
        pytest.param(answer(200, {"status": "ready"}), "version: Field required", id="other-json"),
        pytest.param(answer(200, []), "not a valid Health", id="list"),
        pytest.param(answer(200, b'{"a'), "Invalid JSON", id="cut-json"),
        pytest.param(answer(200, b"\xff\xfe"), "Invalid JSON", id="not-utf8"),
        pytest.param(answer(200, b"[" * 100_000), "Invalid JSON", id="deep"),
        pytest.param(answer(404, b"<html>", "text/html"), "404 with text/html", id="html-404"),
        pytest.param(answer(403, {"message": "Forbidden"}), "403 with application", id="gateway"),
        pytest.param(
            answer(400, b"{}", "application/problem+json"),
            "not an RFC 9457 problem",
            id="bad-problem",
        ),
        pytest.param(
            answer(200, gzip.compress(b"{}"), content_encoding="gzip"), "compressed", id="gzip"
        ),
    ],
)
def test_an_answer_outside_of_the_contract_is_named(serve: Serve, step: Step, words: str) -> None:
    server = serve(step)
    with server.client() as client, pytest.raises(UnexpectedAnswer, match=words) as caught:
        client.health()
    assert server.url in str(caught.value)
    assert len(server.requests) == 1


def test_what_does_not_speak_http_is_an_error_of_the_client(serve: Serve) -> None:
    server = serve(raw(b"220 mail.example ESMTP\r\n"))
    with server.client(attempts=1) as client, pytest.raises(ClientError):
        client.health()


def test_an_endless_answer_is_cut(serve: Serve) -> None:
    head = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n\r\n"
    server = serve(endless(head, b" " * 65536))
    with server.client(deadline_s=60) as client, pytest.raises(UnexpectedAnswer, match="more than"):
        client.health()


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_no_redirect_is_followed(serve: Serve, status: int) -> None:
    elsewhere = serve(answer())
    server = serve(answer(status, b"", "text/html", location=elsewhere.url))
    with server.client() as client, pytest.raises(UnexpectedAnswer, match="redirects"):
        client.health()
    assert elsewhere.requests == []


def test_fields_of_a_newer_server_are_ignored(serve: Serve) -> None:
    with serve(answer(200, HEALTH | {"colour": "red"})).client() as client:
        assert client.health().model == "m"


def test_a_problem_lists_its_fields_and_keeps_an_unknown_code(serve: Serve) -> None:
    body = {
        "type": "t",
        "title": "T",
        "status": 418,
        "detail": "no",
        "code": "teapot",
        "errors": [{"field": "body.name", "reason": "is empty"}],
    }
    server = serve(answer(418, body, "application/problem+json; charset=utf-8"))
    with server.client() as client, pytest.raises(ApiProblem) as caught:
        client.people()
    assert caught.value.code == "teapot"
    assert caught.value.detail == "no; body.name: is empty"


def test_a_field_that_the_problem_names_already_is_not_repeated(serve: Serve) -> None:
    body = {
        "type": "t",
        "title": "T",
        "status": 422,
        "detail": "query.device: is empty",
        "code": "validation_failed",
        "errors": [
            {"field": "query.device", "reason": "is empty"},
            {"field": "query.limit", "reason": "is 0"},
        ],
    }
    server = serve(answer(422, body, "application/problem+json"))
    with server.client() as client, pytest.raises(ApiProblem) as caught:
        client.people()
    assert caught.value.detail == "query.device: is empty; query.limit: is 0"


def test_a_servers_text_can_not_drive_a_terminal(serve: Serve) -> None:
    server = serve(problem(400, "x", "red\x1b[31m\r\nline" + "x" * 9999))
    with server.client() as client, pytest.raises(ApiProblem) as caught:
        client.people()
    assert caught.value.detail.startswith("red [31m  line")
    assert len(caught.value.detail) < 1000


@pytest.mark.parametrize(
    "step",
    [
        problem(400, TOKEN, f"you sent {TOKEN}"),
        answer(200, TOKEN.encode(), TOKEN),
        answer(200, {TOKEN: TOKEN}),
        answer(302, b"", "text/html", location=f"http://127.0.0.1/{TOKEN}"),
    ],
)
def test_no_error_repeats_the_token(serve: Serve, step: Step) -> None:
    with serve(step).client() as client, pytest.raises(ClientError) as caught:
        client.people()
    assert TOKEN not in "".join(traceback.format_exception(caught.value, chain=True))
    assert TOKEN not in repr(caught.value.__dict__)


def test_no_error_repeats_a_new_devices_token(serve: Serve) -> None:
    step = answer(201, {"name": "pi", "created_at": "yesterday", "token": "frd_new"})
    with serve(step).client() as client, pytest.raises(UnexpectedAnswer) as caught:
        client.add_device("pi")
    assert "frd_new" not in "".join(traceback.format_exception(caught.value, chain=True))


@pytest.mark.parametrize("token", ["", "two words", "line\nfeed", "snow☃man"])
def test_a_token_that_can_not_be_sent_is_refused_unquoted(serve: Serve, token: str) -> None:
    with pytest.raises(ValueError, match="visible ASCII") as caught:
        serve().client(token)
    assert not token or token not in str(caught.value)
