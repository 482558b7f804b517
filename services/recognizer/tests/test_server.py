"""Test the service behind uvicorn: large bodies, slow clients, busy cores, and its log."""

from __future__ import annotations

import hashlib
import json
import socket
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

import httpx
import pytest

from facecore.contract import MAX_BODY_BYTES
from services.recognizer.tests.server import ADMIN_TOKEN, Server, running_on

JPEG = {"content-type": "image/jpeg"}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("server")
    with running_on(folder / "data", folder / "log") as server:
        yield server


@pytest.mark.parametrize("chunked", [False, True])
def test_after_a_body_too_large_the_connection_serves_on(server: Server, chunked: bool) -> None:
    body = b"\xff\xd8" + b"\0" * MAX_BODY_BYTES
    with server.client() as http:
        answer = http.post(
            "/v1/recognitions", content=iter([body]) if chunked else body, headers=JPEG
        )
        assert (answer.status_code, answer.json()["code"]) == (413, "body_too_large")
        assert http.get("/v1/people").status_code == 200


def test_a_length_alone_is_refused_before_a_byte_is_read(server: Server) -> None:
    head = (
        f"POST /v1/recognitions HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {ADMIN_TOKEN}\r\n"
        "content-type: image/jpeg\r\ncontent-length: 9999999999999999999\r\n\r\n"
    )
    with socket.create_connection(("127.0.0.1", server.port), timeout=300) as connection:
        connection.sendall(head.encode())
        assert connection.recv(4096).startswith(b"HTTP/1.1 413")


def test_a_client_that_stops_midway_disturbs_nobody(server: Server) -> None:
    head = (
        f"POST /v1/recognitions HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {ADMIN_TOKEN}\r\n"
        "content-type: image/jpeg\r\ncontent-length: 1000\r\n\r\nabc"
    )
    stopped = socket.create_connection(("127.0.0.1", server.port), timeout=300)
    stopped.sendall(head.encode())
    with server.client() as http:
        assert http.get("/v1/health").status_code == 200
    stopped.close()
    with server.client() as http:
        assert http.get("/v1/health").status_code == 200


def test_an_invalid_host_breaks_nothing(server: Server) -> None:
    with server.client() as http:
        body = {
            "started_at": "2026-11-22T12:00:00Z",
            "duration_ms": 1,
            "size_bytes": 1,
            "sha256": "0" * 64,
        }
        answer = http.post("/v1/videos", json=body, headers={"host": "[::"})
        assert answer.status_code in {201, 400}


def test_the_log_has_each_request_and_no_secret(
    server: Server, portraits: Mapping[str, bytes]
) -> None:
    with server.client() as http:
        device = story(http, portraits["obama"])
        missing = http.get("/v1/people/nobody", params={"after": "x"}).json()["request_id"]
    text = log_until(server.log, missing)
    lines = [json.loads(line) for line in text.splitlines()]
    (recognized,) = [line for line in lines if line.get("faces") == 1]
    assert recognized["decisions"] == {"match": 1}
    assert recognized["caller"] == "door"
    assert (recognized["method"], recognized["route"]) == ("POST", "/v1/recognitions")
    assert set(recognized["stages_ms"]) == {
        "decode", "detect", "align", "embed", "match", "record", "total",
    }  # fmt: skip
    assert [line["status"] for line in lines if line.get("request_id") == missing] == [404]
    for secret in (device, ADMIN_TOKEN, "signature", "Bearer", "obama", "embedding"):
        assert secret not in text


def log_until(log: Path, request_id: str) -> str:
    """Return the log once it has this request, which is after the answer was sent."""
    while f'"{request_id}"' not in (text := log.read_text()) or not text.endswith("\n"):
        time.sleep(0.01)
    return text


def story(http: httpx.Client, picture: bytes) -> str:
    """Make every request once, right and wrong; return the device's token."""
    http.put("/v1/people/obama", json={"name": "Barack Obama"})
    assert http.post("/v1/people/obama/photos", content=picture, headers=JPEG).is_success
    token = str(http.post("/v1/devices", json={"name": "door"}).json()["token"])
    as_device = {"authorization": f"Bearer {token}"}
    http.post("/v1/recognitions", content=picture, headers={**JPEG, **as_device})
    http.get("/v1/people", headers=as_device)
    http.get("/v1/people", headers={"authorization": f"Bearer {token}x"})
    video = b"a video"
    announcement = {
        "started_at": "2026-11-22T12:00:00Z",
        "duration_ms": 1,
        "size_bytes": len(video),
        "sha256": hashlib.sha256(video).hexdigest(),
    }
    ticket = http.post("/v1/videos", json=announcement, headers=as_device).json()
    upload = ticket["upload"]
    assert http.put(upload["url"], content=video, headers=upload["headers"]).is_success
    assert http.put(upload["url"] + "x", content=video, headers=upload["headers"]).is_error
    link = http.get(f"/v1/videos/{ticket['key']}/url").json()["url"]
    assert http.get(link).content == video
    return token
