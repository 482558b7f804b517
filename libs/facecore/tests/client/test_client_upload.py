"""A segment's upload to the store: whole, without the token, and confirmed."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import pytest

from facecore.contract import PresignedUpload
from facecore.errors import (
    ApiProblem,
    ApiUnreachable,
    ChecksumMismatch,
    DeadlineExceeded,
    UnexpectedAnswer,
)
from libs.facecore.tests.client.conftest import (
    ScriptedServer,
    Step,
    answer,
    drop,
    problem,
    reset,
    silent,
)

Serve = Callable[..., ScriptedServer]
SEGMENT = bytes(range(256)) * 2000
CHECKSUM = "Zm9vYmFy="
CONFIRMED = answer(200, b"", "", x_amz_checksum_sha256=CHECKSUM)


@pytest.fixture
def segment(tmp_path: Path) -> Path:
    path = tmp_path / "segment.mp4"
    path.write_bytes(SEGMENT)
    return path


def ticket(url: str, **headers: str) -> PresignedUpload:
    given = {
        "Content-Type": "video/mp4",
        "Content-Length": str(len(SEGMENT)),
        "x-amz-checksum-sha256": CHECKSUM,
    }
    return PresignedUpload(
        url=url + "/bucket/key?X-Amz-Signature=abc%2F",
        headers=given | headers,
        expires_at="2026-01-01T00:00:00Z",
    )


def test_the_segment_goes_whole_and_without_the_token(serve: Serve, segment: Path) -> None:
    server = serve(CONFIRMED)
    with server.client() as client:
        client.upload(ticket(server.url), segment)
    (seen,) = server.requests
    assert (seen.method, seen.target) == ("PUT", "/bucket/key?X-Amz-Signature=abc%2F")
    assert seen.body == SEGMENT
    sent = {name: value for name, value in seen.headers.items() if name != "host"}
    assert sent == {name.lower(): value for name, value in ticket("").headers.items()}


@pytest.mark.parametrize("trouble", [drop, reset, problem(500, "internal"), answer(503, b"", "")])
def test_the_segment_is_sent_again_from_its_start(
    serve: Serve, segment: Path, trouble: Step
) -> None:
    server = serve(trouble, CONFIRMED)
    with server.client() as client:
        client.upload(ticket(server.url), segment)
    assert [seen.body == SEGMENT for seen in server.requests] == [True, True]


@pytest.mark.parametrize(
    "step",
    [
        pytest.param(answer(200, b"", ""), id="silent-about-it"),
        pytest.param(answer(200, b"", "", x_amz_checksum_sha256="b3RoZXI="), id="another-checksum"),
        pytest.param(answer(200, b"<html>", "text/html"), id="captive-portal"),
    ],
)
def test_an_upload_without_a_confirmed_checksum_fails(
    serve: Serve, segment: Path, step: Step
) -> None:
    server = serve(step)
    with server.client() as client, pytest.raises(UnexpectedAnswer, match="did not confirm"):
        client.upload(ticket(server.url), segment)


def test_the_stores_own_refusals_are_named(serve: Serve, segment: Path) -> None:
    xml = b"<?xml version='1.0'?><Error><Code>SignatureDoesNotMatch</Code></Error>"
    server = serve(answer(403, xml, "application/xml"), problem(403, "upload_link_expired"))
    with server.client() as client:
        with pytest.raises(UnexpectedAnswer, match=r"403.*application/xml.*SignatureDoesNotMatch"):
            client.upload(ticket(server.url), segment)
        with pytest.raises(ApiProblem, match="upload_link_expired"):
            client.upload(ticket(server.url), segment)


def test_a_store_that_hangs_meets_the_deadline(serve: Serve, segment: Path) -> None:
    server = serve(silent)
    with server.client() as client, pytest.raises(DeadlineExceeded):
        client.upload(ticket(server.url), segment, deadline_s=0.4)


def test_a_store_that_hangs_is_given_up_long_before_a_generous_deadline(
    serve: Serve, segment: Path
) -> None:
    server = serve(silent)
    with (
        server.client() as client,
        pytest.raises(DeadlineExceeded, match=r"no progress for 0.3 s"),
    ):
        client.upload(ticket(server.url), segment, deadline_s=3600, stall_s=0.3)


def test_it_is_sent_no_faster_than_it_may(serve: Serve, segment: Path) -> None:
    server = serve(CONFIRMED)
    begun = time.monotonic()
    with server.client() as client:
        client.upload(ticket(server.url), segment, bytes_per_s=len(SEGMENT) * 2)
    assert time.monotonic() - begun >= 0.5  # a busy machine makes it longer, not shorter
    assert server.requests[0].body == SEGMENT


def test_a_wrong_checksum_and_a_missing_one_are_different_errors(
    serve: Serve, segment: Path
) -> None:
    server = serve(answer(200, b"", "", x_amz_checksum_sha256="b3RoZXI="))
    with server.client() as client, pytest.raises(ChecksumMismatch):
        client.upload(ticket(server.url), segment)


def test_errors_hide_the_links_signature(serve: Serve, segment: Path) -> None:
    server = serve(drop)
    with server.client(attempts=1) as client, pytest.raises(ApiUnreachable) as caught:
        client.upload(ticket(server.url), segment)
    assert "Signature" not in str(caught.value)


def test_a_file_of_another_size_is_not_sent(serve: Serve, segment: Path) -> None:
    segment.write_bytes(SEGMENT + b"more")
    server = serve(CONFIRMED)
    with server.client() as client, pytest.raises(ValueError, match="announce it again"):
        client.upload(ticket(server.url), segment)
    assert server.requests == []


def test_a_file_that_is_gone_is_not_sent(serve: Serve, tmp_path: Path) -> None:
    server = serve(CONFIRMED)
    with server.client() as client, pytest.raises(FileNotFoundError):
        client.upload(ticket(server.url), tmp_path / "gone.mp4")
    assert server.requests == []


@pytest.mark.parametrize("url", ["http://bucket.example.com", "file:///tmp", "nonsense"])
def test_a_ticket_for_an_unsafe_address_is_not_used(serve: Serve, segment: Path, url: str) -> None:
    with serve().client() as client, pytest.raises(UnexpectedAnswer, match="address"):
        client.upload(ticket(url), segment)


def test_a_ticket_that_binds_no_checksum_is_not_used(serve: Serve, segment: Path) -> None:
    server = serve(CONFIRMED)
    unbound = ticket(server.url).model_copy(update={"headers": {"content-type": "video/mp4"}})
    with server.client() as client, pytest.raises(UnexpectedAnswer, match="has no"):
        client.upload(unbound, segment)
    assert server.requests == []
