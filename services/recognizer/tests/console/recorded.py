"""Send the demo's clip as a recorder sends it, for the console's tests."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from functools import cache
from pathlib import Path

import av

from facecore.client import RecognizerClient
from facecore.contract import PersonUpdate, Recognition, ReportedBox, TrackReport, VideoAnnouncement
from pi_recorder.capture.cameras.demo import demo_clip
from pi_recorder.capture.cameras.demo_scene import FRAMES_PER_SECOND, demo_people
from pi_recorder.recognition.sending import jpeg
from tests.support.api import Api

WIDTH, HEIGHT, SECONDS = 640, 480, 25
HEAVY_SECONDS, HEAVY_FPS = 2 * SECONDS, 5
START = datetime(2026, 3, 14, 9, 26, 53, tzinfo=UTC)
OBAMA_S, BIDEN_S, COLLINS_S, UNKNOWN_PERSON_S = 2.0, 7.0, 11.0, 17.0
"""Seconds of the clip at which each is seen well."""


@dataclass(frozen=True, slots=True)
class Camera:
    """The device ``door`` of a server; its camera sees the clip."""

    api: Api

    def enrol(self) -> None:
        """Enrol the demo's people."""
        for person in demo_people():
            self.api.admin.put_person(person.label, PersonUpdate(name=person.name))
            self.api.admin.add_photo(person.label, person.photo().read_bytes())

    def upload(
        self, start: datetime = START, file: Path | None = None, seconds: int = SECONDS
    ) -> None:
        """Upload the whole clip, or another file, as one segment."""
        file = file or demo_clip()
        data = file.read_bytes()
        ticket = self.api.device.announce_video(
            VideoAnnouncement(
                started_at=start,
                duration_ms=seconds * 1000,
                size_bytes=len(data),
                sha256=hashlib.sha256(data).hexdigest(),
            )
        )
        assert ticket.upload is not None
        self.api.device.upload(ticket.upload, file)

    def report_track(
        self, track: str, *boxes: tuple[float, float], start: datetime = START
    ) -> None:
        """Report where the face was: seconds of the clip, and the left edge of its box there."""
        first = boxes[0][0]
        self.api.device.report_track(
            track,
            TrackReport(
                started_at=start + timedelta(seconds=first),
                ended_at=start + timedelta(seconds=boxes[-1][0]),
                frame_width=WIDTH,
                frame_height=HEIGHT,
                boxes=[
                    ReportedBox(
                        offset_ms=round((second - first) * 1000), x=x, y=120, width=130, height=160
                    )
                    for second, x in boxes
                ],
            ),
        )

    def request(
        self, second: float, track: str | None = None, *, start: datetime = START
    ) -> Recognition:
        """Request who is in the frame of that second of the clip."""
        return send_frame(self.api.device, second, track, start)


def send_frame(
    device: RecognizerClient, second: float, track: str | None, start: datetime
) -> Recognition:
    """Send one frame as the recorder sends it."""
    number = round(second * FRAMES_PER_SECOND)
    at = start + timedelta(seconds=number / FRAMES_PER_SECOND)
    return device.recognize(jpeg(_frames()[number]), captured_at=at, track=track)


def heavy(path: Path) -> Path:
    """Write the clip twice at a constant 4 Mbit/s, so that no browser fetches all of it at once."""
    rate = {"b": "4M", "minrate": "4M", "maxrate": "4M", "bufsize": "1M"}
    with av.open(path, "w", format="mp4", options={"movflags": "+faststart"}) as container:
        stream = container.add_stream("libx264", rate=HEAVY_FPS)
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        stream.options = {"preset": "ultrafast", "x264-params": "nal-hrd=cbr", **rate}
        for number, shown in enumerate(2 * _frames()[:: FRAMES_PER_SECOND // HEAVY_FPS]):
            frame = shown.reformat(format="yuv420p")
            frame.pts, frame.time_base = number, Fraction(1, HEAVY_FPS)
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return path


@cache
def _frames() -> list[av.VideoFrame]:
    with av.open(demo_clip()) as container:
        return list(container.decode(video=0))
