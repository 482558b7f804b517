"""The client itself, and the calls that a device may make."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Self

import httpx
from pydantic import SecretStr, TypeAdapter

from facecore.client import responses
from facecore.client import upload as uploads
from facecore.client.address import path_part, service_url
from facecore.client.admin import AdminCalls
from facecore.client.api_session import ApiSession, Param
from facecore.client.http import HttpSession
from facecore.client.people import UnknownPeopleCalls
from facecore.client.transport import DeadlineTransport
from facecore.contract import (
    CropMetadata,
    DeviceReport,
    Health,
    PresignedUpload,
    Recognition,
    TrackInPicture,
    TrackReport,
    VideoAnnouncement,
    VideoTicket,
    write_tracks,
)

_CROPS = TypeAdapter(list[CropMetadata])


class RecognizerClient(AdminCalls, UnknownPeopleCalls):
    """The client of one recognizer. Thread-safe; close it, or use it in a ``with`` statement.

    Args:
        url: the recognizer's base address; see ``address.service_url`` for what is allowed.
        token: a device's or the admin's bearer token; only ``health`` needs none.
        deadline_s: seconds for a whole call, attempts and pauses included.
        attempts: most attempts of a call that is safe to repeat: all calls except ``add_device``,
            ``name_unknown_person``, ``assign_unknown_person`` and ``not_this_person``.
        transport: sends the requests in place of the network.

    A call that fails raises a child of ``errors.ClientError``: ``ApiProblem`` (the server refused;
    it has a ``code``), ``ApiUnreachable``, ``DeadlineExceeded`` or ``UnexpectedAnswer``. It raises
    ``ValueError`` for a wrong argument; nothing was sent then.
    """

    def __init__(
        self,
        url: str,
        token: str | SecretStr | None = None,
        *,
        deadline_s: float = 10.0,
        attempts: int = 3,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        base = service_url(url)
        self._http = HttpSession(transport or DeadlineTransport(), attempts)
        self._api = ApiSession(self._http, base, token, deadline_s)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def health(self) -> Health:
        """Return the state of a ready recognizer; raise an ``ApiProblem`` of 503 if it is not."""
        return self._api.get("health", Health)

    def recognize(
        self,
        image: bytes,
        *,
        content_type: str = "image/jpeg",
        captured_at: datetime,
        video: str | None = None,
        offset_ms: int | None = None,
        track: str | None = None,
        tracks: Sequence[TrackInPicture] = (),
        deadline_s: float | None = None,
    ) -> Recognition:
        """Return the faces of one JPEG, PNG or WebP, largest first.

        Args:
            image: the picture's bytes.
            content_type: the picture's media type.
            captured_at: when it was taken, with a time zone.
            video: key of the segment that the picture is from.
            offset_ms: position in that segment, in milliseconds.
            track: the device's name of one visit, for all faces.
            tracks: instead of ``track``, several visits, each with the box of its face.
            deadline_s: seconds to wait for the answer; None takes the client's.
        """
        moment = _moment(captured_at, video, offset_ms, track)
        reply = self._api.send(
            "POST",
            "recognitions",
            params={**moment, "tracks": write_tracks(tracks)},
            headers={"content-type": content_type},
            content=image,
            deadline_s=deadline_s,
        )
        return responses.parse(reply, Recognition)

    def recognize_crops(
        self,
        crops: Sequence[bytes],
        metadata: Sequence[CropMetadata],
        *,
        captured_at: datetime,
        video: str | None = None,
        offset_ms: int | None = None,
        track: str | None = None,
        deadline_s: float | None = None,
    ) -> Recognition:
        """Recognise faces that the device aligned: PNG, with one ``CropMetadata`` each."""
        if len(crops) != len(metadata):
            raise ValueError(f"{len(crops)} crops need as many metadata, not {len(metadata)}")
        files = [("crop", (f"{i}.png", crop, "image/png")) for i, crop in enumerate(crops)]
        described = (
            "metadata",
            (None, _CROPS.dump_json(list(metadata), exclude_none=True), "application/json"),
        )
        reply = self._api.send(
            "POST",
            "recognitions",
            params=_moment(captured_at, video, offset_ms, track),
            files=[*files, described],
            deadline_s=deadline_s,
        )
        return responses.parse(reply, Recognition)

    def report_status(self, report: DeviceReport, *, deadline_s: float | None = None) -> None:
        """Report this device's status; it needs the device's token, not the admin's."""
        responses.check(
            self._api.send("PUT", "devices/self/status", body=report, deadline_s=deadline_s)
        )

    def report_track(
        self, track: str, report: TrackReport, *, deadline_s: float | None = None
    ) -> None:
        """Report a face's trajectory; it replaces an earlier one. Needs the device's token."""
        path = f"tracks/{path_part(track)}"
        responses.check(self._api.send("PUT", path, body=report, deadline_s=deadline_s))

    def announce_video(self, announcement: VideoAnnouncement) -> VideoTicket:
        """Announce a segment; announced again, it gets the same key.

        Announce it again after ``upload``, so that the service marks it as stored.
        """
        return responses.parse(self._api.send("POST", "videos", body=announcement), VideoTicket)

    def upload(
        self,
        upload: PresignedUpload,
        path: Path,
        *,
        deadline_s: float = 300.0,
        stall_s: float | None = None,
        bytes_per_s: int | None = None,
    ) -> None:
        """Upload a segment; return once the store has confirmed it. See ``upload.upload``."""
        uploads.upload(
            self._http,
            upload,
            path,
            deadline_s=deadline_s,
            stall_s=stall_s,
            bytes_per_s=bytes_per_s,
        )


def _moment(
    captured_at: datetime, video: str | None, offset_ms: int | None, track: str | None
) -> dict[str, Param]:
    return {"captured_at": captured_at, "video": video, "offset_ms": offset_ms, "track": track}
