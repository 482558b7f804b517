"""The live page over real sockets: answers, access and refusals."""

from __future__ import annotations

import io
import json
import re
import socket
import threading
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest
from PIL import Image

from pi_recorder.events import (
    LivePageAway,
    LivePageReady,
    RecognitionAway,
    RecognitionPaused,
    RecognitionResumed,
)
from pi_recorder.live.server import served
from services.pi_recorder.tests.conftest import Events, wait_until
from services.pi_recorder.tests.live.live_page import LivePage, free_port, live_page

PASSWORD = "correct horse"


@pytest.fixture
def page(tmp_path: Path) -> Iterator[LivePage]:
    with live_page(tmp_path) as page:
        yield page


@pytest.fixture
def locked(tmp_path: Path) -> Iterator[LivePage]:
    with live_page(tmp_path, PASSWORD) as page:
        yield page


def test_idle_connections_lock_nobody_out(page: LivePage) -> None:
    """There are eighty; each could be of a browser that was left open."""
    with ExitStack() as stack, page.client() as client:
        idle = [stack.enter_context(_connected(page)) for _ in range(80)]
        assert client.get("/status.json").status_code == 200
        assert idle[0].recv(1) == b"", "the longest idle one made room"


def test_the_status_is_served_as_json(page: LivePage) -> None:
    page.aggregator.add(RecognitionAway("nobody listens"))
    with page.client() as client:
        answer = client.get("/status.json")
    assert answer.headers["content-type"] == "application/json"
    status = answer.json()
    assert status["device"] == "front door"
    assert (status["recognition"]["state"], status["recognition"]["reason"]) == (
        "away",
        "nobody listens",
    )
    assert status["disk"]["free_bytes"] > 0
    assert status["actions"] is False


@pytest.mark.parametrize("path", ["/", "/live.css", "/live.js", "/icon.svg"])
def test_the_page_is_whole_and_needs_nothing_from_elsewhere(page: LivePage, path: str) -> None:
    with page.client() as client:
        answer = client.get(path)
        head = client.head(path)
    assert answer.status_code == head.status_code == 200
    assert head.content == b""
    assert head.headers["content-length"] == str(len(answer.content))
    outside = re.findall(r"(?:https?:)?//[\w.-]+\.\w+", answer.text)
    assert set(outside) <= {"http://www.w3.org"}  # the name of SVG
    assert "innerHTML" not in answer.text
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["cross-origin-resource-policy"] == "same-origin"


def test_what_is_not_there_and_what_is_not_allowed(page: LivePage) -> None:
    with page.client() as client:
        assert client.get("/secret").status_code == 404
        assert client.get("/../settings.py").status_code == 404
        assert client.get("/picture.jpg?after=new").status_code == 400
        assert client.get("/picture.jpg?after=-1").status_code == 400
        endless = client.get(f"/picture.jpg?after={'9' * 5000}")
        assert (endless.status_code, "at most 15 digits" in endless.text) == (400, True)
        assert client.head("/events").headers["content-type"].startswith("text/event-stream")


def test_the_event_stream_has_every_change(page: LivePage) -> None:
    with page.client() as client, client.stream("GET", "/events") as answer:
        assert answer.headers["content-type"].startswith("text/event-stream")
        lines = (line for line in answer.iter_lines() if line)
        first = json.loads(next(lines).removeprefix("data: "))
        assert first["recognition"]["state"] == "starting"
        page.aggregator.add(RecognitionAway("nobody listens"))
        changed = json.loads(next(lines).removeprefix("data: "))
        assert changed["recognition"]["state"] == "away"
        assert changed["notices"][0]["text"].endswith("nobody listens")


def test_a_picture_is_encoded_only_on_request(page: LivePage) -> None:
    for number in range(50):
        page.put(number)
    assert page.pictures.reads == 0
    with page.client() as client:
        answer = client.get("/picture.jpg")
        assert answer.headers["content-type"] == "image/jpeg"
        assert answer.headers["x-picture"] == "50"
        assert Image.open(io.BytesIO(answer.content)).size == (320, 240)
    reads = page.pictures.reads
    page.put(50)
    assert page.pictures.reads == reads


def test_the_next_picture_is_waited_for(page: LivePage) -> None:
    page.put(0)
    with page.client() as client:
        assert client.get("/picture.jpg?after=0").headers["x-picture"] == "1"
        filming = threading.Timer(0.3, page.put, [1])
        filming.start()
        assert client.get("/picture.jpg?after=1").headers["x-picture"] == "2"
        filming.join()


def test_all_viewers_share_one_picture_and_its_rate(tmp_path: Path) -> None:
    """At one picture in five seconds, each request in between gets the present one."""
    with live_page(tmp_path, fps=0.2) as page, page.client() as client:
        page.put(0)
        assert client.get("/picture.jpg").headers["x-picture"] == "1"
        page.put(1)
        assert client.get("/picture.jpg").headers["x-picture"] == "1"
        assert client.get("/picture.jpg?after=1").headers["x-picture"] == "2"


def test_open_streams_are_bounded_and_given_back(page: LivePage) -> None:
    with page.client() as client:
        streams = [client.stream("GET", "/events") for _ in range(16)]
        answers = [stream.__enter__() for stream in streams]
        assert {answer.status_code for answer in answers} == {200}
        refused = client.get("/events")
        assert (refused.status_code, refused.headers["retry-after"]) == (503, "5")
        assert client.get("/status.json").status_code == 200
        for stream in streams:
            stream.__exit__(None, None, None)

        def is_free() -> bool:
            with client.stream("GET", "/events") as answer:
                return answer.status_code == 200

        wait_until(is_free)


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("127.0.0.1:8080", 200),
        ("192.168.0.20", 200),
        ("[::1]:8080", 200),
        ("localhost:8080", 200),
        ("raspberrypi", 200),
        ("raspberrypi.local:8080", 200),
        ("attacker.example", 421),
        ("127.0.0.1.attacker.example:8080", 421),
        ("", 421),
    ],
)
def test_a_name_that_the_internet_could_point_here_is_refused(
    page: LivePage, host: str, status: int
) -> None:
    with page.client() as client:
        assert client.get("/status.json", headers={"host": host}).status_code == status


def test_without_a_password_the_page_is_read_only(page: LivePage) -> None:
    with page.client() as client:
        refused = client.post("/pause")
    assert refused.status_code == 403
    assert "PI_RECORDER_LIVE_PASSWORD" in refused.text
    assert not page.switch.is_paused()


@pytest.mark.parametrize("path", ["/", "/status.json", "/events", "/picture.jpg", "/secret"])
def test_with_a_password_nothing_is_shown_without_it(locked: LivePage, path: str) -> None:
    locked.put(0)
    with locked.client() as client:
        refused = client.get(path)
    assert refused.status_code == 401
    assert refused.headers["www-authenticate"].startswith("Basic ")
    assert PASSWORD not in refused.text


def test_the_password_opens_the_page_and_its_actions(locked: LivePage) -> None:
    with locked.client(PASSWORD) as client:
        status = client.get("/status.json")
        assert status.json()["actions"] is True
        assert PASSWORD not in status.text + client.get("/").text
        assert client.post("/pause").status_code == 204
        assert locked.switch.is_paused()
        assert client.get("/status.json").json()["recognition"]["state"] == "paused"
        assert client.post("/resume").status_code == 204
        assert client.get("/pause").status_code == 405
        assert client.put("/pause").headers["allow"] == "POST"
    assert locked.events.of(RecognitionPaused)
    assert locked.events.of(RecognitionResumed)
    assert not locked.switch.is_paused()


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "https://attacker.example"},
        {"origin": "null"},
        {"origin": "http://127.0.0.1:1"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
    ],
)
def test_another_sites_page_can_do_nothing(locked: LivePage, headers: dict[str, str]) -> None:
    with locked.client(PASSWORD) as client:
        assert client.post("/pause", headers=headers).status_code == 403
        assert not locked.switch.is_paused()
        ours = {"origin": locked.url.rstrip("/"), "sec-fetch-site": "same-origin"}
        assert client.post("/pause", headers=ours).status_code == 204


@pytest.mark.parametrize("header", ["Basic", "Basic %%%", "Bearer x", "Basic Zm9v", "Basic Og=="])
def test_a_broken_password_is_a_wrong_one(locked: LivePage, header: str) -> None:
    with locked.client() as client:
        refused = client.get("/", headers={"authorization": header})
    assert refused.status_code == 401


def test_guessing_is_rate_limited(locked: LivePage) -> None:
    with locked.client("wrong password") as client:
        statuses = [client.get("/").status_code for _ in range(7)]
    assert statuses == [401] * 5 + [429] * 2
    with locked.client(PASSWORD) as client:
        assert 0 < int(client.get("/").headers["retry-after"]) <= 30


def test_a_taken_port_is_reported_and_blocks_nothing(tmp_path: Path) -> None:
    events = Events()
    with socket.create_server(("127.0.0.1", free_port())) as taken:
        port = taken.getsockname()[1]

        def no_app(_: threading.Event) -> None:  # it is never made
            raise AssertionError

        with served(no_app, "127.0.0.1", port, events.append):  # type: ignore[arg-type]  # see above
            wait_until(lambda: events.of(LivePageAway))
    assert "PI_RECORDER_LIVE_PORT" in events.of(LivePageAway)[0].reason
    assert not events.of(LivePageReady)


def test_closing_ends_open_streams(tmp_path: Path) -> None:
    with live_page(tmp_path) as page:
        client = page.client()
        stream = client.stream("GET", "/events")
        answer = stream.__enter__()
        lines = answer.iter_lines()
        next(lines)
    with suppress(httpx.RemoteProtocolError):  # cut off in the middle is an end as well
        assert all(line == "" or line.startswith("data: ") for line in lines)
    stream.__exit__(None, None, None)
    client.close()
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.1", urlsplit(page.url).port)) != 0


def _connected(page: LivePage) -> socket.socket:
    address = urlsplit(page.url)
    assert address.hostname
    assert address.port
    return socket.create_connection((address.hostname, address.port), timeout=120)
