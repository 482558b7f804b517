"""The client's requests: their content and destination."""

from __future__ import annotations

import email.policy
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from email.parser import BytesParser
from typing import Any

import pytest

from facecore.client import RecognizerClient
from facecore.client.address import service_url
from facecore.contract import Box, CropMetadata, Decision, Landmarks, PersonUpdate, Point
from facecore.errors import UnexpectedAnswer
from libs.facecore.tests.client.conftest import TOKEN, ScriptedServer, answer, problem
from libs.facecore.tests.client.test_client_attempts import FACES

Serve = Callable[..., ScriptedServer]
PLUS_TWO = datetime(2026, 1, 2, 5, 4, 5, 678000, tzinfo=timezone(timedelta(hours=2)))


def person(label: str) -> dict[str, Any]:
    at = "2026-01-01T00:00:00Z"
    return {"label": label, "name": label, "photo_count": 0, "created_at": at, "updated_at": at}


def sighting(name: str) -> dict[str, Any]:
    at = "2026-01-01T00:00:00Z"
    nothing = dict.fromkeys(("label", "similarity", "margin", "video", "offset_ms", "track"))
    box = {"x": 0, "y": 0, "width": 1, "height": 1}
    return nothing | {
        "id": name,
        "device": "pi",
        "captured_at": at,
        "received_at": at,
        "decision": "unknown",
        "box": box,
    }


def test_a_picture_goes_with_its_type_token_and_time(serve: Serve) -> None:
    server = serve(answer(200, FACES))
    with server.client() as client:
        client.recognize(b"\x89PNG", content_type="image/png", captured_at=PLUS_TWO, offset_ms=0)
    (seen,) = server.requests
    assert seen.method == "POST"
    assert seen.target == (
        "/v1/recognitions?captured_at=2026-01-02T03%3A04%3A05.678000Z&offset_ms=0"
    )
    assert seen.headers["content-type"] == "image/png"
    assert seen.headers["authorization"] == f"Bearer {TOKEN}"
    assert seen.body == b"\x89PNG"


def test_each_attempt_says_how_long_it_still_waits(serve: Serve) -> None:
    busy = problem(503, "overloaded", retry_after="1")
    server = serve(busy, answer(200, FACES), answer(200, FACES))
    with server.client() as client:
        client.recognize(b"JPEG", captured_at=PLUS_TWO, deadline_s=30)
        client.recognize(b"JPEG", captured_at=PLUS_TWO, deadline_s=0.5)
    first, second, short = (int(seen.headers["prefer"][5:]) for seen in server.requests)
    assert all(seen.headers["prefer"].startswith("wait=") for seen in server.requests)
    assert second < first <= 30
    assert short == 1


def test_crops_go_as_multipart_with_one_list_of_metadata(serve: Serve) -> None:
    point = Point(x=1, y=2)
    marks = dict.fromkeys(Landmarks.model_fields, point)
    metadata = CropMetadata(
        box=Box(x=0, y=0, width=9, height=9), landmarks=Landmarks(**marks), score=0.5
    )
    server = serve(answer(200, FACES))
    with server.client() as client:
        client.recognize_crops([b"one", b"two"], [metadata] * 2, captured_at=PLUS_TWO, track="t")
    (seen,) = server.requests
    head = f"content-type: {seen.headers['content-type']}\r\n\r\n".encode()
    parts: list[Any] = list(
        BytesParser(policy=email.policy.HTTP).parsebytes(head + seen.body).iter_parts()
    )
    names = [part.get_param("name", header="content-disposition") for part in parts]
    assert names == ["crop", "crop", "metadata"]
    assert [part.get_payload(decode=True) for part in parts[:2]] == [b"one", b"two"]
    assert [part.get_content_type() for part in parts] == ["image/png"] * 2 + ["application/json"]
    sent = json.loads(parts[2].get_payload(decode=True))
    assert [CropMetadata.model_validate(entry) for entry in sent] == [metadata] * 2


def test_crops_without_their_metadata_are_not_sent(serve: Serve) -> None:
    server = serve()
    with server.client() as client, pytest.raises(ValueError, match="2 crops"):
        client.recognize_crops([b"", b""], [], captured_at=PLUS_TWO)
    assert server.requests == []


def test_a_record_goes_as_json_to_its_own_path(serve: Serve) -> None:
    server = serve(answer(200, person("ada")))
    update = PersonUpdate(name="Ada", attributes={"year": 3, "clubs": ["chess"]})
    with server.client() as client:
        client.put_person("a b/ä?#%", update)
    (seen,) = server.requests
    assert (seen.method, seen.target) == ("PUT", "/v1/people/a%20b%2F%C3%A4%3F%23%25")
    assert json.loads(seen.body) == {"name": "Ada", "attributes": {"year": 3, "clubs": ["chess"]}}
    assert seen.headers["content-type"] == "application/json"


def test_a_videos_key_keeps_its_slashes(serve: Serve) -> None:
    at = "2026-01-01T00:00:00Z"
    server = serve(answer(200, {"url": "http://x/", "expires_at": at}))
    with server.client() as client:
        client.video_link("vidinput/pi/2026/a b.mp4")
    assert server.requests[0].target == "/v1/videos/vidinput/pi/2026/a%20b.mp4/url"


@pytest.mark.parametrize("label", ["", ".", ".."])
def test_a_label_that_names_another_resource_is_not_sent(serve: Serve, label: str) -> None:
    server = serve(answer())
    with server.client() as client:
        with pytest.raises(ValueError, match="path"):
            client.delete_person(label)
        with pytest.raises(ValueError, match="path"):
            client.video_link(f"vidinput/{label}/x.mp4")
    assert server.requests == []


def test_a_time_without_a_zone_is_not_sent(serve: Serve) -> None:
    server = serve(answer())
    with server.client() as client, pytest.raises(ValueError, match="time zone"):
        client.sightings(since=datetime(2026, 1, 1))  # noqa: DTZ001 - the point of the test
    assert server.requests == []


def test_every_page_is_read(serve: Serve) -> None:
    pages = [
        {"people": [person("a"), person("b")], "next": "b&="},
        {"people": [person("c")], "next": None},
    ]
    server = serve(*[answer(200, page) for page in pages])
    with server.client() as client:
        assert [one.label for one in client.iter_people()] == ["a", "b", "c"]
    assert [seen.target for seen in server.requests] == [
        "/v1/people?limit=100",
        "/v1/people?after=b%26%3D&limit=100",
    ]


def test_filters_hold_for_every_page(serve: Serve) -> None:
    pages = [
        {"sightings": [sighting("1")], "next": "x"},
        {"sightings": [sighting("2")], "next": None},
    ]
    server = serve(*[answer(200, page) for page in pages])
    with server.client() as client:
        found = client.iter_sightings(
            decision=Decision.UNKNOWN, since=datetime(2026, 1, 1, tzinfo=UTC)
        )
        assert [one.id for one in found] == ["1", "2"]
    assert all(
        "decision=unknown&since=2026-01-01T00%3A00%3A00Z" in r.target for r in server.requests
    )


def test_a_list_without_end_is_noticed(serve: Serve) -> None:
    page = answer(200, {"people": [person("a")], "next": "a"})
    server = serve(*[page] * 9)
    with server.client() as client, pytest.raises(UnexpectedAnswer, match="twice"):
        list(client.iter_people())
    assert len(server.requests) == 2


def test_no_cookie_is_kept(serve: Serve) -> None:
    server = serve(answer(set_cookie="session=1; Path=/"), answer())
    with server.client() as client:
        client.health()
        client.health()
    assert "cookie" not in server.requests[1].headers


def test_without_a_token_none_is_sent(serve: Serve) -> None:
    server = serve(answer())
    with server.client(None) as client:
        client.health()
    assert "authorization" not in server.requests[0].headers


def test_the_service_may_lie_below_a_path(serve: Serve) -> None:
    server = serve(answer())
    with RecognizerClient(server.url + "/stage/") as client:
        client.health()
    assert server.requests[0].target == "/stage/v1/health"


@pytest.mark.parametrize(
    "url",
    [
        "https://api.example.com",
        "http://127.0.0.1:8000",
        "http://localhost:8000/",
        "http://[::1]:8000",
        "http://[::ffff:10.0.0.1]",
        "http://192.168.1.20:8000",
        "http://10.0.0.1",
        "http://raspberrypi.local",
        "http://recognizer:8000",
        "http://hub.home.arpa",
    ],
)
def test_addresses_that_keep_a_token_private(url: str) -> None:
    assert str(service_url(url)) == url


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("http://api.example.com", "clear"),
        ("http://8.8.8.8", "clear"),
        ("http://[::ffff:8.8.8.8]", "clear"),
        ("http://[2606:4700::1111]", "clear"),
        ("ftp://127.0.0.1", "https://"),
        ("127.0.0.1:8000", "https://|address"),
        ("localhost:8000", "https://"),
        ("", "https://"),
        ("https://", "host"),
        ("http://127.0.0.1:port", "address"),
        ("https://me:secret@host.example", "user name"),
        ("https://host.example/?x=1", "before any"),
    ],
)
def test_addresses_that_are_refused(url: str, words: str) -> None:
    with pytest.raises(ValueError, match=words) as caught:
        RecognizerClient(url, TOKEN)
    assert "secret" not in str(caught.value)
