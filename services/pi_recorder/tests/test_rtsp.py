"""A network camera over real RTSP on loopback: recorded as sent, its password kept secret."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from threading import Event

import pytest

from pi_recorder.capture.cameras.open import open_camera
from pi_recorder.capture.cameras.rtsp import RtspCamera, without_secrets
from pi_recorder.capture.cameras.watched import WatchedCamera
from pi_recorder.errors import CameraError
from pi_recorder.events import CameraAway, CameraBack
from pi_recorder.recording.segments import SegmentWriter
from pi_recorder.spool import Spool
from pi_recorder.testing import FakeCamera, Show, picture_number
from services.pi_recorder.tests.conftest import numbers
from services.pi_recorder.tests.rtsp_server import PASSWORD, RtspServer

Serve = Callable[..., RtspServer]


@pytest.fixture
def serve() -> Iterator[Serve]:
    servers: list[RtspServer] = []

    def start(count: int = 60, *, sets_in_band: bool = True) -> RtspServer:
        camera = FakeCamera([Show(0.02)] * count, key_every=10)
        units = [frame.encoded for frame in camera.frames(Event()) if frame.encoded]
        servers.append(RtspServer(units, 0.02, sets_in_band=sets_in_band))
        return servers[-1]

    yield start
    for server in servers:
        server.close()


@pytest.mark.parametrize("sets_in_band", [True, False])
def test_it_is_recorded_as_it_was_sent(serve: Serve, spool: Spool, sets_in_band: bool) -> None:
    server = serve(sets_in_band=sets_in_band)
    writer = SegmentWriter(spool, segment_s=60)
    frames = RtspCamera(server.url).frames(Event())
    shown = []
    for frame in itertools.islice(frames, 60):
        assert frame.encoded
        assert frame.encoded.captured_at == frame.captured_at
        shown.append(picture_number(frame.picture))
        writer.write(frame)
    with pytest.raises(CameraError, match="ended its stream"):
        next(frames)
    recorded = writer.finish()
    assert recorded
    assert numbers(recorded.segment.path) == list(range(60))
    assert shown == list(range(60))


def test_times_grow(serve: Serve) -> None:
    frames = list(itertools.islice(RtspCamera(serve().url).frames(Event()), 40))
    times = [frame.captured_at for frame in frames]
    assert times == sorted(set(times))


def test_when_the_camera_ends_it_is_connected_again(serve: Serve) -> None:
    server, stop = serve(20), Event()
    camera = WatchedCamera(
        RtspCamera(server.url), stall_s=20, give_up_s=60, first_pause_s=0.01
    ).watch(stop)
    caught = [
        item for item in itertools.islice(camera, 45) if isinstance(item, CameraAway | CameraBack)
    ]
    camera.close()
    assert [type(item) for item in caught] == [CameraAway, CameraBack] * 2
    assert server.sessions == 3


def test_its_password_is_never_shown(serve: Serve) -> None:
    server = serve()
    server.close()
    with pytest.raises(CameraError) as caught:
        list(RtspCamera(server.url).frames(Event()))
    assert PASSWORD not in str(caught.value)
    assert caught.value.__cause__ is None
    assert "check the address, the name and the password" in str(caught.value)


def test_an_address_is_a_camera() -> None:
    assert isinstance(open_camera("rtsp://10.0.0.9/live"), RtspCamera)
    assert without_secrets("rtsp://a:b@10.0.0.9:554/live?c=d") == "rtsp://10.0.0.9:554/live"
    with pytest.raises(CameraError, match=r"no camera 'http://10.0.0.9/live'"):
        open_camera("http://a:b@10.0.0.9/live")
