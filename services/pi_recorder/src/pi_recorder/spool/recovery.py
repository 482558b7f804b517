"""Saves what is whole of a file that a kill, a power cut or a full disk left half-written.

While it is written, a segment is a fragmented MP4 (ISO/IEC 14496-12), so FFmpeg reads it up to
where it ends. The pictures up to the first damaged one are copied, not encoded again, into a plain
MP4.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from pathlib import Path

import av
from av.container import InputContainer

from pi_recorder.spool.files import is_disk_full, make_private_file, make_private_folder
from pi_recorder.spool.segment import start

_log = logging.getLogger(__name__)
_KEPT_ASIDE = 10
_LENGTH_OF_LENGTHS = 4
"""Where the decoder's configuration says how long a NAL unit's length is, less one."""


def save_whole(torn: Path, into: Path) -> int | None:
    """Copies the whole pictures into a new file; the same ones give the same bytes.

    Returns:
        How long it is in milliseconds; None if nothing was whole, and then there is no new file.

    Raises:
        OSError: it can't be read or written.
        av.FFmpegError: it holds no video at all, or FFmpeg can't write.
    """
    with av.open(torn, "r", format="mp4") as source:
        duration_ms = _copied(source, into) if _can_be_read(source) else None
    if duration_ms is None:
        into.unlink(missing_ok=True)
    return duration_ms


def _can_be_read(source: InputContainer) -> bool:
    """Whether it holds video, and says how it is encoded; a file torn in its head may not."""
    return bool(source.streams.video) and source.streams.video[0].codec_context is not None


def _copied(source: InputContainer, into: Path) -> int | None:
    end = Fraction(0)
    make_private_file(into)
    with av.open(into, "w", format="mp4") as target:
        copy = target.add_stream_from_template(source.streams.video[0])
        for packet in _undamaged(source):
            if packet.pts is not None and packet.time_base is not None:
                end = max(end, (packet.pts + (packet.duration or 0)) * packet.time_base)
            packet.stream = copy
            target.mux(packet)
    return round(end * 1000) or None


def _undamaged(source: InputContainer) -> Iterator[av.Packet[av.VideoStream]]:
    """The packets up to the first that is not made of whole NAL units (ISO/IEC 14496-15)."""
    stream = source.streams.video[0]
    extradata = stream.codec_context.extradata or b""
    described = extradata[_LENGTH_OF_LENGTHS : _LENGTH_OF_LENGTHS + 1]
    prefix = (described[0] & 3) + 1 if described else 4
    packets = source.demux(stream)
    while True:
        try:
            packet = next(packets, None)
        except av.FFmpegError:  # what follows can't be read
            return
        if packet is None or packet.is_corrupt:
            return
        if packet.size and not _units_fill(bytes(packet), prefix):
            return
        if packet.size:
            yield packet


def _units_fill(data: bytes, prefix: int) -> bool:
    """A unit never ends with a zero byte (ITU-T H.264, 7.4.1), which a lost block does."""
    at = 0
    while at + prefix < len(data):
        length = int.from_bytes(data[at : at + prefix])
        at += prefix + length
        if not length or at > len(data) or not data[at - 1]:
            return False
    return at == len(data)


class NoSpace(Exception):
    """The disk is too full to save anything; later it may not be."""


@dataclass(frozen=True, slots=True)
class RecoveredFile:
    """What was whole of a torn file, in a file of its own."""

    path: Path
    started_at: datetime
    duration_ms: int


class PartialFiles:
    """Those of one folder, as found at its opening, and those that are added. Not thread-safe."""

    def __init__(self, folder: Path) -> None:
        self._aside = folder / "torn"
        for derived in folder.glob("*.mending"):
            derived.unlink()
        self._sizes = {part: part.stat().st_size for part in sorted(folder.glob("*.part"))}

    def __len__(self) -> int:
        return len(self._sizes)

    @property
    def bytes(self) -> int:
        """Of all of them."""
        return sum(self._sizes.values())

    def add(self, part: Path) -> None:
        """One more, if it exists at all."""
        if part.exists():
            self._sizes[part] = part.stat().st_size

    def oldest(self) -> tuple[Path, int] | None:
        """The first, and its size."""
        return next(iter(self._sizes.items()), None)

    def done(self, part: Path) -> None:
        """It is in the queue, or set aside."""
        del self._sizes[part]

    def set_aside(self, part: Path) -> Path:
        """Moves it to ``torn/``; the oldest of more than ten there are deleted."""
        make_private_folder(self._aside)
        path = part.rename(self._aside / part.name)
        for old in sorted(self._aside.glob("*.part"))[:-_KEPT_ASIDE]:
            old.unlink()
        return path


def recover_file(part: Path) -> RecoveredFile | None:
    """Copies what is whole of the file; None if nothing is.

    Raises:
        NoSpace: for the copy.
    """
    started_at, into = start(part.stem), part.with_suffix(".mending")
    try:
        duration_ms = save_whole(part, into) if started_at else None
    except (av.FFmpegError, OSError) as error:
        into.unlink(missing_ok=True)
        if is_disk_full(error):
            raise NoSpace from error
        _log.warning("%s can't be repaired: %s", part, error)
        return None
    if started_at is None or duration_ms is None:
        return None
    return RecoveredFile(into, started_at, duration_ms)
