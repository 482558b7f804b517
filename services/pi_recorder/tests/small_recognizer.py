"""A small recognizer on loopback: real HTTP, answers of the contract, and faults on demand.

It keeps uploads, refuses those that do not fit their announcement, and can fail, delay and
confirm wrongly in the ways that a test scripts.
"""

from __future__ import annotations

import base64
import hashlib
import json
import sys
import threading
from collections import deque
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

from facecore.contract import (
    Box,
    Decision,
    DeviceReport,
    Landmarks,
    PersonRecord,
    Point,
    PresignedUpload,
    Quality,
    QualityReason,
    Recognition,
    RecognizedFace,
    StageTimes,
    TrackReport,
    VideoAnnouncement,
    VideoState,
    VideoTicket,
)

TOKEN = "frd_secret-of-the-test"
ADA = PersonRecord(label="ada", name="Ada", attributes={"major": "Mathematics", "year": 1835})

_POINT = Point(x=1, y=1)
_MARKS = Landmarks(
    left_eye=_POINT, right_eye=_POINT, nose=_POINT, mouth_left=_POINT, mouth_right=_POINT
)


def face(
    decision: Decision, person: PersonRecord | None = None, similarity: float | None = None
) -> RecognizedFace:
    """Return a good face with this decision."""
    return RecognizedFace(
        box=Box(x=0, y=0, width=50, height=60),
        landmarks=_MARKS,
        score=0.99,
        quality=Quality(accepted=True, size_px=100, sharpness=200, brightness=120, yaw=0),
        decision=decision,
        similarity=similarity,
        margin=None,
        person=person,
        sighting_id="s",
    )


def poor_face() -> RecognizedFace:
    """Return a face that was not compared."""
    good = face(Decision.UNKNOWN)
    quality = good.quality.model_copy(
        update={"accepted": False, "reasons": [QualityReason.BLURRED]}
    )
    return good.model_copy(update={"quality": quality})


def recognition(*faces: RecognizedFace, captured_at: datetime | None = None) -> Recognition:
    """Return an answer with these faces."""
    now = datetime.now(UTC)
    return Recognition(
        faces=list(faces),
        captured_at=captured_at or now,
        received_at=now,
        image_width=640,
        image_height=480,
        model="m",
        gallery_version=1,
        times=StageTimes(
            decode_ms=1, detect_ms=1, align_ms=1, embed_ms=1, match_ms=1, record_ms=1, total_ms=6
        ),
    )


@dataclass
class Script:
    """The server's behaviour, and the requests that it got.

    Attributes:
        faces: in every answer of recognition.
        may_answer: recognition waits for it.
        announcements: statuses of problems to answer the next announcements with.
        confirmations: the same, of segments that it has already.
        may_confirm: it answers nothing about a segment that it has before this is set.
        confirming: set when it was asked about a segment that it has.
        refused_sha256: of segments whose announcement is answered with 422.
        lies: number of next uploads that are confirmed with a wrong checksum.
        losses: number of next uploads that are confirmed and not kept.
        uploaded: SHA-256 of every upload.
        asked_at: ``captured_at`` of every request.
        announced: start times, in the order in which they were announced.
        tickets: announcements by SHA-256.
        stored: uploaded bytes by SHA-256.
        takes_reports: whether it has the endpoints of reports; an older server has none.
        reports: every report that was sent, accepted or not.
        track_statuses: statuses to answer the next trajectories with; later ones are accepted, if
            ``takes_reports``.
        tracks: every trajectory that was sent, with its visit's id, accepted or not.
    """

    faces: list[RecognizedFace] = field(default_factory=list)
    may_answer: threading.Event = field(default_factory=threading.Event)
    announcements: deque[int] = field(default_factory=deque)
    confirmations: deque[int] = field(default_factory=deque)
    may_confirm: threading.Event = field(default_factory=threading.Event)
    confirming: threading.Event = field(default_factory=threading.Event)
    refused_sha256: set[str] = field(default_factory=set)
    lies: int = 0
    losses: int = 0
    uploaded: list[str] = field(default_factory=list)
    asked_at: list[str] = field(default_factory=list)
    announced: list[datetime] = field(default_factory=list)
    tickets: dict[str, VideoAnnouncement] = field(default_factory=dict)
    stored: dict[str, bytes] = field(default_factory=dict)
    takes_reports: bool = True
    reports: list[DeviceReport] = field(default_factory=list)
    track_statuses: deque[int] = field(default_factory=deque)
    tracks: list[tuple[str, TrackReport]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.may_answer.set()
        self.may_confirm.set()


class SmallRecognizer(ThreadingHTTPServer):
    """Serves from its own thread until it is closed."""

    daemon_threads = True
    block_on_close = False

    def __init__(self, script: Script) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.script = script
        self._thread = threading.Thread(target=self.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def handle_error(self, request: object, client_address: object) -> None:
        """Ignore the error: some tests kill a client or let it give up."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]  # passed on

    def close(self) -> None:
        self.shutdown()
        self.server_close()


class _Handler(BaseHTTPRequestHandler):
    server: SmallRecognizer
    protocol_version = "HTTP/1.1"

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        pass

    def do_POST(self) -> None:
        body = self._body()
        path = urlsplit(self.path)
        if self.headers.get("authorization") != f"Bearer {TOKEN}":
            self._problem(401)
        elif path.path == "/v1/recognitions":
            self._recognize(parse_qs(path.query)["captured_at"][0], body)
        else:
            self._announce(VideoAnnouncement.model_validate_json(body))

    def do_PUT(self) -> None:
        script, body = self.server.script, self._body()
        if self.path == "/v1/devices/self/status":
            self._report(body)
            return
        if self.path.startswith("/v1/tracks/"):
            self._track(self.path.rpartition("/")[2], body)
            return
        assert "authorization" not in self.headers, "a token was sent to the store"
        sha256 = urlsplit(self.path).path.rpartition("/")[2]
        if hashlib.sha256(body).hexdigest() != sha256:
            self._answer(400, b"<Error>BadDigest</Error>", "application/xml")
            return
        script.uploaded.append(sha256)
        checksum = self.headers["x-amz-checksum-sha256"]
        if script.losses:
            script.losses -= 1
        elif script.lies:
            script.lies -= 1
            checksum = base64.b64encode(hashlib.sha256(b"something else").digest()).decode()
        else:
            script.stored[sha256] = body
        self._answer(200, b"", "application/xml", {"x-amz-checksum-sha256": checksum})

    def _report(self, body: bytes) -> None:
        self.server.script.reports.append(DeviceReport.model_validate_json(body))
        if self.headers.get("authorization") != f"Bearer {TOKEN}":
            self._problem(401)
        elif self.server.script.takes_reports:
            self._answer(204, b"", "application/json")
        else:
            self._problem(404)

    def _track(self, track: str, body: bytes) -> None:
        script = self.server.script
        script.may_answer.wait(60)
        script.tracks.append((track, TrackReport.model_validate_json(body)))
        if script.track_statuses:
            self._problem(script.track_statuses.popleft())
        elif script.takes_reports:
            self._answer(204, b"", "application/json")
        else:
            self._problem(404)

    def _recognize(self, captured_at: str, body: bytes) -> None:
        script = self.server.script
        script.asked_at.append(captured_at)
        assert body.startswith(b"\xff\xd8"), "not a JPEG"
        script.may_answer.wait(60)
        when = datetime.fromisoformat(captured_at)
        self._json(200, recognition(*script.faces, captured_at=when).model_dump_json())

    def _announce(self, video: VideoAnnouncement) -> None:
        script = self.server.script
        script.announced.append(video.started_at)
        script.tickets[video.sha256] = video
        if script.announcements:
            self._problem(script.announcements.popleft())
        elif video.sha256 in script.stored and self._is_unconfirmed():
            self._problem(script.confirmations.popleft())
        elif video.sha256 in script.refused_sha256:
            self._problem(422)
        else:
            self._json(201, self._ticket(video).model_dump_json())

    def _is_unconfirmed(self) -> bool:
        script = self.server.script
        script.confirming.set()
        script.may_confirm.wait(60)
        return bool(script.confirmations)

    def _ticket(self, video: VideoAnnouncement) -> VideoTicket:
        key = f"vidinput/{video.started_at:%Y%m%dT%H%M%S}.mp4"
        if video.sha256 in self.server.script.stored:
            return VideoTicket(key=key, sha256=video.sha256, state=VideoState.STORED, upload=None)
        checksum = base64.b64encode(bytes.fromhex(video.sha256)).decode()
        upload = PresignedUpload(
            url=f"{self.server.url}/store/{video.sha256}",
            headers={
                "content-type": video.content_type,
                "content-length": str(video.size_bytes),
                "x-amz-checksum-sha256": checksum,
            },
            expires_at=datetime.now(UTC) + timedelta(minutes=15),
        )
        return VideoTicket(key=key, sha256=video.sha256, state=VideoState.ANNOUNCED, upload=upload)

    def _body(self) -> bytes:
        if self.headers.get("transfer-encoding") == "chunked":
            raise AssertionError("a presigned upload must not be chunked")
        return self.rfile.read(int(self.headers.get("content-length", 0)))

    def _problem(self, status: int) -> None:
        problem = {
            "type": f"urn:problem:scripted-{status}",
            "title": "scripted",
            "status": status,
            "detail": "the test wants it so",
            "code": "unauthenticated" if status == 401 else "internal",
        }
        self._answer(status, json.dumps(problem).encode(), "application/problem+json")

    def _json(self, status: int, text: str) -> None:
        self._answer(status, text.encode(), "application/json")

    def _answer(
        self, status: int, body: bytes, kind: str, headers: dict[str, str] | None = None
    ) -> None:
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.send_header("content-type", kind)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
