"""Test ``Videos`` and ``VideoStore`` on every store."""

from __future__ import annotations

import base64
import hashlib
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from facecore.contract import VideoState
from recognizer.bootstrap import assemble
from recognizer.domain.errors import CursorInvalid, VideoNotFound
from recognizer.domain.ports import Stores, VideoFilter
from recognizer.entrypoints.http.app import create_app
from recognizer.settings import Settings
from services.recognizer.tests.stores.conftest import NOON, video
from tests.support.fake_vision import FakeVision
from tests.support.transports import InProcess


def test_a_video_is_announced_once(stores: Stores) -> None:
    assert stores.videos.announce(video(1)) == (video(1), True)
    again = video(1).model_copy(update={"duration_ms": 1})
    assert stores.videos.announce(again) == (video(1), False)
    assert stores.videos.get(video(1).key) == video(1)


def test_a_stored_video_stays_stored(stores: Stores) -> None:
    stores.videos.announce(video(1))
    assert stores.videos.mark_stored(video(1).key).state is VideoState.STORED
    kept, _ = stores.videos.announce(video(1))
    assert kept.state is VideoState.STORED


def test_pages_go_back_in_time(stores: Stores) -> None:
    for number in range(5):
        stores.videos.announce(video(number, device="door" if number % 2 else "gate"))
    first = stores.videos.list(VideoFilter(), after=None, limit=3)
    rest = stores.videos.list(VideoFilter(), after=first.next, limit=3)
    seen = [one.started_at.minute for one in (*first.videos, *rest.videos)]
    assert seen == [4, 3, 2, 1, 0]
    assert rest.next is None
    of_one = stores.videos.list(VideoFilter(device="door"), after=None, limit=9).videos
    assert [one.started_at.minute for one in of_one] == [3, 1]


def test_videos_of_one_time_are_all_listed(stores: Stores) -> None:
    for device in ("a", "b", "c", "d", "e", "f"):
        stores.videos.announce(video(1, device=device))
    seen, after = [], None
    while True:
        page = stores.videos.list(VideoFilter(), after=after, limit=2)
        seen += [one.device for one in page.videos]
        if (after := page.next) is None:
            break
    assert seen == ["f", "e", "d", "c", "b", "a"]


def test_segments_are_found_by_the_time_they_begin(stores: Stores) -> None:
    for number in range(6):
        stores.videos.announce(video(number, device="door" if number % 2 else "gate"))

    def minutes(wanted: VideoFilter, limit: int = 9) -> list[int]:
        found = stores.videos.list(wanted, after=None, limit=limit).videos
        return [one.started_at.minute for one in found]

    second, fifth = NOON + timedelta(minutes=2), NOON + timedelta(minutes=5)
    assert minutes(VideoFilter(since=second)) == [5, 4, 3, 2]
    assert minutes(VideoFilter(until=second)) == [1, 0]
    assert minutes(VideoFilter(since=second, until=fifth)) == [4, 3, 2]
    assert minutes(VideoFilter("door", since=second, until=fifth)) == [3]
    time = NOON + timedelta(minutes=3, seconds=30)
    assert minutes(VideoFilter("gate", until=time), limit=1) == [2]
    assert minutes(VideoFilter(since=fifth, until=second)) == []


def test_a_segment_whose_removal_is_begun_is_hidden_and_can_be_removed_again(
    stores: Stores,
) -> None:
    for number in range(2):
        stores.videos.announce(video(number))
    for _ in range(2):  # the first was killed in the middle, say
        stores.videos.begin_removal(video(1).key)
        for call in (stores.videos.get, stores.videos.mark_stored):
            with pytest.raises(VideoNotFound):
                call(video(1).key)
        with pytest.raises(VideoNotFound):
            stores.videos.announce(video(1))
        for wanted in (VideoFilter(), VideoFilter(device="door")):
            assert stores.videos.list(wanted, after=None, limit=9).videos == [video(0)]
    stores.video_store.remove(video(1).key)  # there are no bytes, which is no error
    stores.videos.end_removal(video(1).key)
    with pytest.raises(VideoNotFound):
        stores.videos.begin_removal(video(1).key)
    stores.videos.end_removal(video(0).key)  # not begun: nothing is removed
    assert stores.videos.get(video(0).key) == video(0)
    assert stores.videos.announce(video(1)) == (video(1), True)


def test_links_lead_where_the_store_says(stores: Stores) -> None:
    url = urlsplit(stores.video_store.presign_playback(video(1)).url)
    origin = f"{url.scheme}://{url.netloc}" if url.netloc else None
    assert stores.video_store.origin() == origin


def test_the_list_shows_the_state(stores: Stores) -> None:
    stores.videos.announce(video(1))
    stores.videos.mark_stored(video(1).key)
    (one,) = stores.videos.list(VideoFilter(), after=None, limit=9).videos
    assert one.state is VideoState.STORED


def test_a_missing_video_is_not_found(stores: Stores) -> None:
    for call in (stores.videos.get, stores.videos.mark_stored):
        with pytest.raises(VideoNotFound):
            call("vidinput/none.mp4")
    with pytest.raises(CursorInvalid):
        stores.videos.list(VideoFilter(), after="not a cursor", limit=1)


def test_an_upload_binds_size_type_and_checksum(stores: Stores) -> None:
    upload = stores.video_store.presign_upload(video(1))
    checksum = base64.b64encode(bytes.fromhex(video(1).sha256)).decode()
    assert upload.method == "PUT"
    assert upload.headers == {
        "content-type": "video/mp4",
        "content-length": "1000",
        "x-amz-checksum-sha256": checksum,
    }
    assert not stores.video_store.is_stored(video(1))


def test_an_upload_by_the_link_is_stored_and_plays(stores: Stores) -> None:
    content = bytes(range(256)) * 8
    announced = video(1).model_copy(
        update={"size_bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
    )
    stores.videos.announce(announced)
    upload = stores.video_store.presign_upload(announced)
    answer = send(stores, upload.method, upload.url, headers=upload.headers, content=content)
    assert answer.status_code == 200, answer.text
    assert answer.headers["x-amz-checksum-sha256"] == upload.headers["x-amz-checksum-sha256"]
    assert stores.video_store.is_stored(announced)
    played = send(stores, "GET", stores.video_store.presign_playback(announced).url)
    assert (played.content, played.headers["content-type"]) == (content, "video/mp4")
    stores.video_store.remove(announced.key)
    assert not stores.video_store.is_stored(announced)


def send(stores: Stores, method: str, url: str, **request: Any) -> httpx.Response:
    """Send a request to the link; a relative link is the service's own."""
    if url.startswith("http"):
        return httpx.request(method, url, **request)
    services = assemble(Settings(), FakeVision(), stores, now=lambda: NOON)
    with httpx.Client(
        transport=InProcess(create_app(services)), base_url="http://recognizer.test"
    ) as client:
        return client.request(method, url, **request)
