"""Videos: announced, uploaded by one presigned request, confirmed by checksum, played by a link."""

from __future__ import annotations

import hashlib
import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from facecore.contract import AuditAction, AuditOutcome, ErrorCode, VideoAnnouncement, VideoState
from facecore.errors import ApiProblem, UnexpectedAnswer
from tests.support import pictures
from tests.support.api import NOW, Api

SEGMENT = bytes(range(256)) * 1000


@pytest.fixture
def segment(tmp_path: Path) -> Path:
    path = tmp_path / "segment.mp4"
    path.write_bytes(SEGMENT)
    return path


def announcement(data: bytes = SEGMENT, second: int = 0) -> VideoAnnouncement:
    return VideoAnnouncement(
        started_at=NOW + timedelta(seconds=second),
        duration_ms=10_000,
        size_bytes=len(data),
        sha256=hashlib.sha256(data).hexdigest(),
    )


def refusal(answer: httpx.Response) -> str:
    """Return the code with which the service, or S3 itself, refuses an upload."""
    assert answer.is_client_error
    if answer.headers["content-type"] == "application/problem+json":
        return str(answer.json()["code"])
    found = re.search("<Code>(.+)</Code>", answer.text)
    assert found, answer.text
    return found[1]


def test_a_segment_is_stored_and_played(api: Api, segment: Path) -> None:
    ticket = api.device.announce_video(announcement())
    assert ticket.state is VideoState.ANNOUNCED
    assert ticket.key.startswith("vidinput/door/2026/")
    assert ticket.sha256 == announcement().sha256
    assert ticket.upload is not None
    api.device.upload(ticket.upload, segment)

    # Bytes that bypassed the service are noticed when they are requested, too.
    link = api.admin.video_link(ticket.key)
    (video,) = api.admin.videos().videos
    assert (video.key, video.state, video.device) == (ticket.key, VideoState.STORED, "door")
    whole = api.open_link(link.url)
    assert (whole.status_code, whole.content) == (200, SEGMENT)
    assert whole.headers["content-type"] == "video/mp4"
    part = api.open_link(link.url, headers={"range": "bytes=1000-1999"})
    assert (part.status_code, part.content) == (206, SEGMENT[1000:2000])


def test_no_cache_may_keep_a_segment(api: Api, segment: Path) -> None:
    ticket = api.device.announce_video(announcement())
    assert ticket.upload is not None
    api.device.upload(ticket.upload, segment)
    link = api.admin.video_link(ticket.key)
    for headers in ({}, {"range": "bytes=1000-1999"}, {"range": "bytes=0-"}):
        answer = api.open_link(link.url, headers=headers)
        assert answer.is_success
        assert answer.headers["cache-control"] == "no-store"


def test_a_segment_is_deleted_for_good(api: Api, segment: Path) -> None:
    tickets = [api.device.announce_video(announcement(second=second)) for second in (0, 10)]
    for ticket in tickets:
        assert ticket.upload is not None
        api.device.upload(ticket.upload, segment)
    gone, kept = (ticket.key for ticket in tickets)
    link = api.admin.video_link(gone)
    with pytest.raises(ApiProblem) as refused:
        api.device.remove_video(gone)
    assert (refused.value.status, refused.value.code) == (403, ErrorCode.FORBIDDEN)
    api.admin.remove_video(gone)
    assert [video.key for video in api.admin.videos().videos] == [kept]
    assert api.open_link(link.url).is_client_error
    for call in (api.admin.video_link, api.admin.remove_video):
        with pytest.raises(ApiProblem) as refused:
            call(gone)
        assert (refused.value.status, refused.value.code) == (404, ErrorCode.VIDEO_NOT_FOUND)
    noted = list(api.admin.iter_audit(subject="door", action=AuditAction.VIDEO_REMOVED))
    assert [one.outcome for one in noted] == [AuditOutcome.REFUSED, AuditOutcome.DONE]
    assert {one.detail.video for one in noted} == {gone}
    assert api.open_link(api.admin.video_link(kept).url).content == SEGMENT


def test_a_device_may_name_only_its_own_videos(api: Api) -> None:
    other = api.device_named("gate")
    key = other.announce_video(announcement()).key
    picture = pictures.without_face()
    other.recognize(picture, captured_at=NOW, video=key)
    api.admin.recognize(picture, captured_at=NOW, video=key)
    for video in (key, "vidinput/gate/x.mp4", "vidinput/doors/x.mp4", "door", "x/door"):
        with pytest.raises(ApiProblem, match="does not belong to the device 'door'") as refused:
            api.device.recognize(picture, captured_at=NOW, video=video)
        assert (refused.value.status, refused.value.code) == (403, ErrorCode.FORBIDDEN)


def test_announcing_again_asks_for_no_second_upload(api: Api, segment: Path) -> None:
    first = api.device.announce_video(announcement())
    again = api.device.announce_video(announcement())
    assert again.key == first.key
    assert again.upload is not None
    api.device.upload(again.upload, segment)
    stored = api.device.announce_video(announcement())
    assert (stored.key, stored.state, stored.upload) == (first.key, VideoState.STORED, None)
    assert len(api.admin.videos().videos) == 1


def test_a_segment_is_listed_as_stored_once_its_device_has_announced_it_again(
    api: Api, segment: Path
) -> None:
    gate = api.device_named("gate")
    ticket = api.device.announce_video(announcement())
    others = gate.announce_video(announcement())
    assert ticket.upload is not None
    api.device.upload(ticket.upload, segment)
    again = gate.announce_video(announcement())  # the same bytes, but no other device's segment
    assert (again.key, again.state) == (others.key, VideoState.ANNOUNCED)
    for _ in range(2):
        stored = api.device.announce_video(announcement())
        assert (stored.key, stored.state) == (ticket.key, VideoState.STORED)
        listed = {video.device: video.state for video in api.admin.videos().videos}
        assert listed == {"door": VideoState.STORED, "gate": VideoState.ANNOUNCED}


@pytest.mark.parametrize("data", [SEGMENT[:-1], SEGMENT + b"x", b"y" * len(SEGMENT), b""])
def test_other_bytes_than_announced_are_not_stored(api: Api, data: bytes) -> None:
    ticket = api.device.announce_video(announcement())
    assert ticket.upload is not None
    bound = {k: v for k, v in ticket.upload.headers.items() if k.lower() != "content-length"}
    answer = api.open_link(ticket.upload.url, headers=bound, method="PUT", content=data)
    assert refusal(answer) in {ErrorCode.UPLOAD_MISMATCH, "BadDigest", "SignatureDoesNotMatch"}
    assert api.device.announce_video(announcement()).state is VideoState.ANNOUNCED
    assert [v.state for v in api.admin.videos().videos] == [VideoState.ANNOUNCED]
    with pytest.raises(ApiProblem) as refused:
        api.admin.video_link(ticket.key)
    assert refused.value.code == ErrorCode.VIDEO_NOT_FOUND


def test_a_forged_upload_link_is_refused(api: Api, segment: Path) -> None:
    ticket = api.device.announce_video(announcement())
    assert ticket.upload is not None
    forged = ticket.upload.model_copy(
        update={"url": ticket.upload.url.replace("vidinput/door", "vidinput/wall")}
    )
    expected = f"403 {ErrorCode.UPLOAD_LINK_INVALID}|answered 403 .*: SignatureDoesNotMatch"
    with pytest.raises((ApiProblem, UnexpectedAnswer), match=expected):
        api.device.upload(forged, segment)
    assert [v.state for v in api.admin.videos().videos] == [VideoState.ANNOUNCED]


def test_segments_are_found_by_time(api: Api) -> None:
    for second in range(0, 40, 10):
        api.device.announce_video(announcement(bytes([second]), second))

    def seconds(**wanted: Any) -> list[int]:
        found = api.admin.videos(**wanted).videos
        return [round((one.started_at - NOW).total_seconds()) for one in found]

    moment = NOW + timedelta(seconds=25)
    assert seconds(device="door", until=moment, limit=1) == [20]
    assert seconds(since=moment) == [30]
    assert seconds(since=NOW + timedelta(seconds=10), until=NOW + timedelta(seconds=30)) == [20, 10]


def test_videos_are_listed_newest_first_by_device_and_in_pages(api: Api) -> None:
    window = api.device_named("window")
    for second in range(3):
        api.device.announce_video(announcement(bytes([second]), second * 10))
    window.announce_video(announcement(b"w", 30))
    assert [v.device for v in api.admin.videos().videos] == ["window", "door", "door", "door"]
    assert len(api.admin.videos(device="window").videos) == 1
    first = api.admin.videos(limit=3)
    second_page = api.admin.videos(limit=3, after=first.next)
    assert len(second_page.videos) == 1
    assert second_page.next is None
