"""A network camera, over RTSP.

H.264 is recorded as the camera sends it, and only decoded for recognition. Everything else is
encoded again, and so is H.264 with B-frames, whose decoding order differs from presentation order.
"""

from __future__ import annotations

from collections.abc import Generator
from threading import Event
from urllib.parse import urlsplit

import av
from av.container import InputContainer
from av.video.stream import VideoStream

from pi_recorder.capture.cameras.base import Frame, Units, parameter_sets
from pi_recorder.clock import SourceTime, SystemClock, Timeline
from pi_recorder.errors import CameraError

_SILENT_S = 10.0
_OPTIONS = {
    "rtsp_transport": "tcp",
    "allowed_media_types": "video",
    "timeout": str(round(_SILENT_S * 1e6)),
}


class RtspCamera:
    """A network camera. Its address may contain a name and a password; no message shows them."""

    can_wait = False

    def __init__(self, url: str, *, timeline: Timeline | None = None) -> None:
        self._url = url
        self._timeline = timeline or Timeline(SystemClock())

    def frames(self, stop: Event) -> Generator[Frame]:
        """Yield the stream's frames; see ``Camera.frames``. Raises ``CameraError``."""
        shown = without_secrets(self._url)
        try:
            timeout = (_SILENT_S, _SILENT_S)
            with av.open(self._url, format="rtsp", options=_OPTIONS, timeout=timeout) as container:
                yield from self._filmed(container, stop)
        except (av.FFmpegError, OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or "its stream can't be read"
            # FFmpeg's message contains the address, so it is not repeated.
            raise CameraError(
                f"{shown}: {reason}; check the address, the name and the password, and the network"
            ) from None
        if not stop.is_set():
            raise CameraError(f"{shown} ended its stream")

    def _filmed(self, container: InputContainer, stop: Event) -> Generator[Frame]:
        if not container.streams.video:
            raise CameraError(f"{without_secrets(self._url)} sends no video")
        stream = container.streams.video[0]
        stream.thread_type = "SLICE"  # frame threads would delay frames
        time = SourceTime(self._timeline)
        units = Units(_parameters(stream))
        picture: av.VideoFrame | None = None
        for packet in container.demux(stream):
            if stop.is_set():
                return
            picture = next(reversed(_decoded(packet)), picture)
            if picture is None or not packet.size:
                continue
            at = time.at(None if packet.pts is None else float(packet.pts * packet.time_base))
            if _as_shown(stream):
                yield Frame(picture, at, units.unit(bytes(packet), at, is_key=packet.is_keyframe))
            else:
                yield Frame(picture, at)


def without_secrets(url: str) -> str:
    """Return the address without name, password and query; a query may contain a password too."""
    parts = urlsplit(url)
    port = f":{parts.port}" if parts.port else ""
    return f"{parts.scheme}://{parts.hostname or ''}{port}{parts.path}"


def _parameters(stream: VideoStream) -> bytes:
    """Return the parameter sets of the stream's description; empty if it has none."""
    extradata: bytes | None = stream.codec_context.extradata
    return parameter_sets(extradata) if extradata else b""


def _as_shown(stream: VideoStream) -> bool:
    return stream.codec_context.name == "h264" and not stream.codec_context.has_b_frames


def _decoded(packet: av.Packet[VideoStream]) -> list[av.VideoFrame]:
    try:
        return packet.decode()
    except av.error.InvalidDataError:  # packets were lost; the next key frame ends the damage
        return []
