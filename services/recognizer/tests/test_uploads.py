"""Test videos in the local store: announced, uploaded by a signed link, and played."""

from __future__ import annotations

import errno
import hashlib
import os
import stat
from collections.abc import Iterator, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from recognizer.adapters.sqlite.video_files import Receiver
from services.recognizer.tests.service import JPEG, Service, SettableClock, service_on
from tests.support.fake_vision import picture_of

DATA = bytes(range(256)) * 9000  # a good two megabytes, so more than one write
SHA256 = hashlib.sha256(DATA).hexdigest()
ANNOUNCEMENT = {
    "started_at": "2026-03-14T09:26:53.589Z",
    "duration_ms": 60_000,
    "size_bytes": len(DATA),
    "sha256": SHA256,
}
Ticket = Mapping[str, Any]


def announce(service: Service) -> Ticket:
    answer = service.call("POST", "/v1/videos", json=ANNOUNCEMENT)
    assert answer.is_success, answer.text
    ticket: Ticket = answer.json()
    return ticket


def put(service: Service, upload: Ticket, content: Any = DATA, **headers: str) -> tuple[int, str]:
    """Upload without a token; return the status and the problem's code."""
    sent = {**upload["headers"], "authorization": "", **headers}
    answer = service.call("PUT", upload["url"], content=content, headers=sent)
    return answer.status_code, "" if answer.is_success else answer.json()["code"]


def state(service: Service) -> str:
    (video,) = service.call("GET", "/v1/videos").json()["videos"]
    return str(video["state"])


def nothing_is_kept(folder: Path) -> bool:
    files = [path for part in ("videos", "partial") for path in (folder / part).rglob("*.*")]
    return files == [] and list((folder / "partial").iterdir()) == []


def test_the_key_has_device_and_time(service: Service) -> None:
    ticket = announce(service)
    assert ticket["key"] == (f"vidinput/admin/2026/03/14/20260314T092653.589Z-{SHA256[:12]}.mp4")
    assert ticket["state"] == "announced"


def test_stored_files_are_private_whatever_the_umask(service: Service, tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        assert put(service, announce(service)["upload"])[0] == 200
        service.call("PUT", "/v1/people/ada", json={"name": "Ada"})
        photo = service.call("POST", "/v1/people/ada/photos", content=picture_of(1), headers=JPEG)
        assert photo.is_success, photo.text
    finally:
        os.umask(before)
    data = tmp_path / "data"
    kept = [path for part in ("videos", "photos") for path in (data / part).rglob("*")]
    modes = {(path.is_dir(), stat.S_IMODE(path.stat().st_mode)) for path in kept}
    assert modes == {(True, 0o700), (False, 0o600)}
    assert len([path for path in kept if path.is_file()]) == 2


def test_a_whole_upload_is_stored_and_played_in_ranges(service: Service) -> None:
    ticket = announce(service)
    answer = service.call(
        "PUT", ticket["upload"]["url"], content=DATA, headers=ticket["upload"]["headers"]
    )
    assert answer.status_code == 200
    checksum = ticket["upload"]["headers"]["x-amz-checksum-sha256"]
    assert answer.headers["x-amz-checksum-sha256"] == checksum
    assert state(service) == "stored"
    link = service.call("GET", f"/v1/videos/{ticket['key']}/url").json()["url"]
    played = service.call("GET", link, headers={"authorization": ""})
    assert (played.content, played.headers["content-type"]) == (DATA, "video/mp4")
    part = service.call("GET", link, headers={"range": "bytes=256-511"})
    assert (part.status_code, part.content) == (206, DATA[256:512])
    assert part.headers["content-range"] == f"bytes 256-511/{len(DATA)}"


def test_announced_again_it_is_the_same_video(service: Service) -> None:
    first = announce(service)
    again = announce(service)
    assert again["key"] == first["key"]
    assert put(service, again["upload"]) == (200, "")
    assert put(service, first["upload"]) == (200, "")  # the answer was lost, say
    stored = announce(service)
    assert (stored["state"], stored["upload"]) == ("stored", None)
    assert len(service.call("GET", "/v1/videos").json()["videos"]) == 1


@pytest.mark.parametrize(
    ("content", "headers"),
    [
        (DATA[:-1] + b"x", {}),
        (DATA[:-1], {"content-length": str(len(DATA) - 1)}),
        (DATA + b"x", {"content-length": str(len(DATA) + 1)}),
        (DATA, {"x-amz-checksum-sha256": "AAAA"}),
        (DATA, {"content-type": "text/html"}),
    ],
)
def test_other_bytes_than_announced_are_refused_and_not_kept(
    service: Service, tmp_path: Path, content: bytes, headers: dict[str, str]
) -> None:
    upload = announce(service)["upload"]
    assert put(service, upload, content, **headers) == (400, "upload_mismatch")
    assert nothing_is_kept(tmp_path / "data")
    assert state(service) == "announced"
    assert put(service, upload) == (200, "")


@pytest.mark.parametrize("size", [len(DATA) - 1, len(DATA) + 1])
def test_a_body_without_a_length_is_counted(service: Service, tmp_path: Path, size: int) -> None:
    upload = announce(service)["upload"]
    headers = {name: v for name, v in upload["headers"].items() if name != "content-length"}

    def chunks() -> Iterator[bytes]:
        yield from ((DATA + DATA)[at : min(at + 65536, size)] for at in range(0, size, 65536))

    answer = service.call("PUT", upload["url"], content=chunks(), headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (400, "upload_mismatch")
    assert nothing_is_kept(tmp_path / "data")


@pytest.mark.parametrize("reason", [errno.ENOSPC, errno.ENOENT, errno.EACCES])
def test_an_upload_that_no_file_can_be_made_for_is_unavailable(
    service: Service, monkeypatch: pytest.MonkeyPatch, reason: int
) -> None:
    """Test a disk that can take no other file, such as one without inodes."""
    upload = announce(service)["upload"]
    whole = os.open

    def refused(path: Any, flags: int, *args: Any, **options: Any) -> int:
        if flags & os.O_EXCL:
            raise OSError(reason, os.strerror(reason), str(path))
        return whole(path, flags, *args, **options)

    with monkeypatch.context() as patch:
        patch.setattr(os, "open", refused)
        sent = {**upload["headers"], "authorization": ""}
        answer = service.call("PUT", upload["url"], content=DATA, headers=sent)
    assert (answer.status_code, answer.json()["code"]) == (503, "not_ready")
    assert answer.json()["detail"] == f"the video can't be kept: {os.strerror(reason)}"
    assert put(service, upload) == (200, "")


def test_an_upload_without_its_folder_is_unavailable(service: Service, tmp_path: Path) -> None:
    upload = announce(service)["upload"]
    (tmp_path / "data" / "partial").rmdir()
    assert put(service, upload) == (503, "not_ready")
    (tmp_path / "data" / "partial").mkdir()
    assert put(service, upload) == (200, "")


def test_a_segment_that_is_deleted_while_its_bytes_come_leaves_no_file(
    service: Service, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ticket = announce(service)
    finish = Receiver.finish

    def deleted_meanwhile(self: Receiver) -> None:
        finish(self)
        service.services.recordings.remove(ticket["key"])

    monkeypatch.setattr(Receiver, "finish", deleted_meanwhile)
    assert put(service, ticket["upload"]) == (404, "video_not_found")
    assert nothing_is_kept(tmp_path / "data")


def test_a_forged_link_is_refused(service: Service, tmp_path: Path) -> None:
    upload = announce(service)["upload"]
    url = str(upload["url"])
    other_key = url.replace("vidinput/admin", "vidinput/other")
    climbing = url.replace("vidinput/admin", "%2e%2e/%2e%2e/vidinput/admin")
    later = url.replace("expires=1", "expires=2")
    read = url.replace("/v1/uploads/", "/v1/playback/")
    for forged in (other_key, climbing, later, url[:-1] + "x", url + "ü"):
        assert put(service, {**upload, "url": forged}) == (403, "upload_link_invalid"), forged
    answer = service.call("GET", read)
    assert (answer.status_code, answer.json()["code"]) == (403, "upload_link_invalid")
    assert nothing_is_kept(tmp_path / "data")


def test_links_expire(service: Service, clock: SettableClock) -> None:
    ticket = announce(service)
    clock.move(timedelta(seconds=901))
    assert put(service, ticket["upload"]) == (403, "upload_link_expired")
    fresh = announce(service)["upload"]
    assert put(service, fresh) == (200, "")
    link = service.call("GET", f"/v1/videos/{ticket['key']}/url").json()["url"]
    clock.move(timedelta(seconds=901))
    assert service.call("GET", link).json()["code"] == "upload_link_expired"


def test_a_link_made_while_the_clock_was_ahead_expires_with_it(
    service: Service, clock: SettableClock
) -> None:
    put(service, announce(service)["upload"])
    path = f"/v1/videos/{announce(service)['key']}/url"
    clock.jump(timedelta(days=400))
    link = service.call("GET", path).json()["url"]
    assert service.call("GET", link).status_code == 200
    clock.jump(-timedelta(days=400))
    refused = service.call("GET", link)
    assert (refused.status_code, refused.json()["code"]) == (403, "upload_link_expired")
    again = service.call("GET", path).json()["url"]
    clock.jump(-timedelta(seconds=59))
    assert service.call("GET", again).status_code == 200


def test_an_announced_video_can_not_be_played(service: Service) -> None:
    ticket = announce(service)
    answer = service.call("GET", f"/v1/videos/{ticket['key']}/url")
    assert (answer.status_code, answer.json()["code"]) == (404, "video_not_found")


def test_links_lead_where_the_settings_say(tmp_path: Path) -> None:
    with service_on(tmp_path, public_url="https://faces.example/") as service:
        url = announce(service)["upload"]["url"]
    assert url.startswith("https://faces.example/v1/uploads/vidinput/")


def test_a_link_outlives_a_restart(tmp_path: Path) -> None:
    with service_on(tmp_path) as before:
        upload = announce(before)["upload"]
    with service_on(tmp_path) as after:
        assert put(after, upload) == (200, "")


def test_a_file_whose_record_was_lost_is_found(service: Service, tmp_path: Path) -> None:
    """Test the state after a kill between the file's rename and its record."""
    ticket = announce(service)
    file = tmp_path / "data" / "videos" / ticket["key"]
    file.parent.mkdir(parents=True)
    file.write_bytes(DATA)
    assert announce(service)["state"] == "stored"
    assert state(service) == "stored"
