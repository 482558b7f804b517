"""The client's retries, and their end."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from facecore.client import RecognizerClient
from facecore.errors import ApiProblem, ApiUnreachable, ClientError, DeadlineExceeded
from libs.facecore.tests.client.conftest import (
    HEALTH,
    ScriptedServer,
    Step,
    answer,
    drop,
    endless,
    problem,
    raw,
    reset,
    silent,
)

Serve = Callable[..., ScriptedServer]
NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
TRUNCATED = raw(b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 99\r\n\r\n{")
FACES = {
    "faces": [],
    "captured_at": "2026-01-02T03:04:05Z",
    "received_at": "2026-01-02T03:04:05Z",
    "image_width": 1,
    "image_height": 1,
    "model": "m",
    "gallery_version": 1,
    "times": dict.fromkeys(
        ("decode_ms", "detect_ms", "align_ms", "embed_ms", "match_ms", "record_ms", "total_ms"), 1
    ),
}


@pytest.mark.parametrize(
    "trouble",
    [
        pytest.param(drop, id="drop"),
        pytest.param(reset, id="reset"),
        pytest.param(TRUNCATED, id="truncated"),
        pytest.param(problem(500, "internal"), id="500"),
        pytest.param(answer(502, b"<html>", "text/html"), id="502-html"),
        pytest.param(problem(503, "not_ready", retry_after="0"), id="503"),
        pytest.param(answer(429, {"message": "slow down"}), id="429"),
        pytest.param(
            problem(503, "not_ready", retry_after="Wed, 21 Oct 2015 07:28:00 GMT"), id="past-date"
        ),
        pytest.param(problem(503, "not_ready", retry_after="soon"), id="nonsense-date"),
    ],
)
def test_a_read_is_retried_after_a_failure(serve: Serve, trouble: Step) -> None:
    server = serve(trouble, answer())
    with server.client() as client:
        assert client.health().gallery_version == HEALTH["gallery_version"]
    assert len(server.requests) == 2


def test_a_recognition_is_repeatable_and_sent_whole_again(serve: Serve) -> None:
    server = serve(reset, answer(200, FACES))
    with server.client() as client:
        assert client.recognize(b"picture", captured_at=NOW).faces == []
    assert [seen.body for seen in server.requests] == [b"picture", b"picture"]


@pytest.mark.parametrize("trouble", [drop, reset, problem(500, "internal")])
def test_a_registration_is_never_repeated(serve: Serve, trouble: Step) -> None:
    server = serve(trouble, answer(201, {"name": "pi", "created_at": "2026-01-01T00:00:00Z"}))
    with server.client() as client, pytest.raises(ClientError):
        client.add_device("pi")
    assert len(server.requests) == 1


def test_attempts_are_bounded_and_the_last_problem_is_raised(serve: Serve) -> None:
    server = serve(*[problem(500, "internal", "on fire")] * 9)
    with server.client(attempts=3) as client, pytest.raises(ApiProblem, match="on fire") as caught:
        client.health()
    assert (caught.value.status, caught.value.code) == (500, "internal")
    assert len(server.requests) == 3


@pytest.mark.parametrize(
    ("status", "code"), [(400, "malformed_body"), (401, "unauthenticated"), (422, "no_face")]
)
def test_a_refusal_is_final(serve: Serve, status: int, code: str) -> None:
    server = serve(problem(status, code), answer())
    with server.client() as client, pytest.raises(ApiProblem) as caught:
        client.add_photo("ada", b"x")
    assert (caught.value.status, caught.value.code) == (status, code)
    assert len(server.requests) == 1


@pytest.mark.parametrize("wait", ["60", "9" * 5000, "Fri, 31 Dec 2999 23:59:59 GMT"])
def test_a_wait_beyond_the_deadline_is_not_waited(serve: Serve, wait: str) -> None:
    server = serve(problem(503, "not_ready", retry_after=wait), answer())
    with server.client(deadline_s=30) as client, pytest.raises(ApiProblem):
        client.health()
    assert len(server.requests) == 1


def test_the_deadline_bounds_all_attempts_together(serve: Serve) -> None:
    """In a pause, the last answer is the result; in an attempt, the attempt is cut off."""
    server = serve(*[problem(503, "not_ready", retry_after="0")] * 1000)
    with (
        server.client(deadline_s=1, attempts=1000) as client,
        pytest.raises((ApiProblem, DeadlineExceeded)),
    ):
        client.health()
    assert 1 <= len(server.requests) < 1000


HEAD = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 100000\r\n\r\n"


@pytest.mark.parametrize(
    "trouble",
    [
        pytest.param(silent, id="silent"),
        pytest.param(endless(HEAD, b" ", 0.02), id="drips-its-body"),
        pytest.param(endless(b"HTTP/1.1 200 OK\r\nx: ", b"x", 0.02), id="drips-its-head"),
    ],
)
def test_a_server_that_holds_the_call_meets_the_deadline(serve: Serve, trouble: Step) -> None:
    server = serve(trouble)
    with server.client(deadline_s=0.4) as client, pytest.raises(DeadlineExceeded, match=r"0\.4"):
        client.health()
    assert len(server.requests) == 1


def test_a_server_that_does_not_read_meets_the_deadline() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        with RecognizerClient(url) as client, pytest.raises(DeadlineExceeded):
            client.recognize(bytes(64_000_000), captured_at=NOW, deadline_s=0.4)


def test_nobody_listens() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    refused = pytest.raises(ApiUnreachable, match=f"127.0.0.1:{port}.*refused")
    with RecognizerClient(f"http://127.0.0.1:{port}") as client, refused:
        client.health()


def test_a_name_that_cannot_exist_is_unreachable() -> None:
    name = ".".join(["a" * 60] * 5) + ".internal"  # longer than DNS allows
    with RecognizerClient(f"http://{name}") as client, pytest.raises(ApiUnreachable):
        client.health()


def test_a_deletion_whose_answer_was_lost_is_done(serve: Serve) -> None:
    server = serve(drop, problem(404, "device_not_found"), drop, problem(404, "photo_not_found"))
    with server.client() as client:
        client.remove_device("pi")
        client.delete_photo("ada", "p1")
    assert [seen.method for seen in server.requests] == ["DELETE"] * 4


@pytest.mark.parametrize(
    "script",
    [
        pytest.param([problem(404, "device_not_found")], id="first-answer"),
        pytest.param(
            [problem(503, "not_ready"), problem(404, "device_not_found")], id="after-not-ready"
        ),
        pytest.param([drop, problem(404, "not_found")], id="no-such-path"),
    ],
)
def test_a_deletion_of_what_never_was_is_refused(serve: Serve, script: list[Step]) -> None:
    with serve(*script).client() as client, pytest.raises(ApiProblem) as caught:
        client.remove_device("pi")
    assert caught.value.status == 404


def test_a_lost_receipt_is_reported_as_lost(serve: Serve) -> None:
    server = serve(drop, problem(404, "person_not_found", "nobody"))
    with server.client() as client, pytest.raises(ApiProblem, match="receipt is lost") as caught:
        client.delete_person("ada")
    assert caught.value.code == "person_not_found"


def test_one_client_serves_many_threads(serve: Serve) -> None:
    server = serve(*[answer()] * 160)
    seen: list[str] = []
    with server.client(deadline_s=60, attempts=1) as client:
        threads = [
            threading.Thread(target=lambda: seen.extend(client.health().model for _ in range(10)))
            for _ in range(16)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert seen == ["m"] * 160  # none was lost between the threads


@pytest.mark.parametrize("options", [{"deadline_s": 0}, {"deadline_s": -1}, {"attempts": 0}])
def test_limits_that_make_no_sense_are_refused(serve: Serve, options: dict[str, Any]) -> None:
    server = serve()
    with pytest.raises(ValueError, match="must be"), server.client(**options) as client:
        client.health()
    assert server.requests == []
