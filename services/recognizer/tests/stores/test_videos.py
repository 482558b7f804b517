"""``Videos`` and ``VideoStore``, whatever the family."""

from __future__ import annotations

import base64

import pytest

from facecore.contract import VideoState
from recognizer.errors import CursorInvalid, VideoNotFound
from recognizer.ports import Stores
from services.recognizer.tests.stores.conftest import video


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
    first = stores.videos.list(device=None, after=None, limit=3)
    rest = stores.videos.list(device=None, after=first.next, limit=3)
    seen = [one.started_at.minute for one in (*first.videos, *rest.videos)]
    assert seen == [4, 3, 2, 1, 0]
    assert rest.next is None
    of_one = stores.videos.list(device="door", after=None, limit=9).videos
    assert [one.started_at.minute for one in of_one] == [3, 1]


def test_what_is_not_there_is_not_found(stores: Stores) -> None:
    for call in (stores.videos.get, stores.videos.mark_stored):
        with pytest.raises(VideoNotFound):
            call("vidinput/none.mp4")
    with pytest.raises(CursorInvalid):
        stores.videos.list(device=None, after="not a cursor", limit=1)


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
