"""Recover partial segments, which a kill, a power cut or a full disk left unfinished.

While it is written, a segment is a fragmented MP4 (ISO/IEC 14496-12), so FFmpeg can read it up to
its end. The frames before the first damaged one are copied, not encoded again, into a plain MP4.
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

from pi_recorder.spool.files import SET_ASIDE, is_disk_full, make_private_file, make_private_folder
from pi_recorder.spool.segment import start

_log = logging.getLogger(__name__)
_KEPT_ASIDE = 10
_LENGTH_OF_LENGTHS = 4
"""Offset in the decoder's configuration of the size of a NAL unit's length field, less one."""


def copy_undamaged(partial: Path, into: Path) -> int | None:
    """Copy the undamaged frames into a new file; the same frames give the same bytes.

    Returns:
        The new file's length in milliseconds; None if no frame is undamaged, without a new file.

    Raises:
        OSError: a file can't be read or written.
        av.FFmpegError: ``partial`` holds no video at all, or FFmpeg can't write.
    """
    with av.open(partial, "r", format="mp4") as source:
        duration_ms = _copied(source, into) if _can_be_read(source) else None
    if duration_ms is None:
        into.unlink(missing_ok=True)
    return duration_ms


def _can_be_read(source: InputContainer) -> bool:
    """Return whether it has video with a known encoding; a damaged header may hide it."""
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
    """Yield the packets before the first that has incomplete NAL units (ISO/IEC 14496-15)."""
    stream = source.streams.video[0]
    extradata = stream.codec_context.extradata or b""
    described = extradata[_LENGTH_OF_LENGTHS : _LENGTH_OF_LENGTHS + 1]
    prefix = (described[0] & 3) + 1 if described else 4
    packets = source.demux(stream)
    while True:
        try:
            packet = next(packets, None)
        except av.FFmpegError:  # the rest can't be read
            return
        if packet is None or packet.is_corrupt:
            return
        if packet.size and not _units_fill(bytes(packet), prefix):
            return
        if packet.size:
            yield packet


def _units_fill(data: bytes, prefix: int) -> bool:
    """Return whether the units fill the packet exactly and none is damaged.

    A unit never ends with a zero byte (ITU-T H.264, 7.4.1); a lost block does.
    """
    at = 0
    while at + prefix < len(data):
        length = int.from_bytes(data[at : at + prefix])
        at += prefix + length
        if not length or at > len(data) or not data[at - 1]:
            return False
    return at == len(data)


class NoSpace(Exception):
    """The disk is too full for a recovery now; it can be retried later."""


@dataclass(frozen=True, slots=True)
class RecoveredFile:
    """The undamaged part of a partial segment, in a file of its own."""

    path: Path
    started_at: datetime
    duration_ms: int


class PartialFiles:
    """The partial segments of one folder. Not thread-safe."""

    def __init__(self, folder: Path) -> None:
        self._aside = folder / SET_ASIDE
        former = folder / "torn"  # its earlier name
        if former.is_dir() and not self._aside.exists():
            former.rename(self._aside)
        for derived in folder.glob("*.recovering"):
            derived.unlink()
        self._sizes = {part: part.stat().st_size for part in sorted(folder.glob("*.part"))}

    def __len__(self) -> int:
        return len(self._sizes)

    @property
    def bytes(self) -> int:
        """Bytes of all of them."""
        return sum(self._sizes.values())

    def add(self, part: Path) -> None:
        """Add a file, if it exists."""
        if part.exists():
            self._sizes[part] = part.stat().st_size

    def oldest(self) -> tuple[Path, int] | None:
        """Return the oldest file and its size in bytes; None without any."""
        return next(iter(self._sizes.items()), None)

    def done(self, part: Path) -> None:
        """Remove a file that was recovered or set aside."""
        del self._sizes[part]

    def set_aside(self, part: Path) -> Path:
        """Move a file to ``partial/``, where only the newest ten are kept."""
        make_private_folder(self._aside)
        path = part.rename(self._aside / part.name)
        for old in sorted(self._aside.glob("*.part"))[:-_KEPT_ASIDE]:
            old.unlink()
        return path


def recover_file(part: Path) -> RecoveredFile | None:
    """Copy the file's undamaged frames; return None if there are none.

    Raises:
        NoSpace: there is no room for the copy.
    """
    started_at, into = start(part.stem), part.with_suffix(".recovering")
    try:
        duration_ms = copy_undamaged(part, into) if started_at else None
    except (av.FFmpegError, OSError) as error:
        into.unlink(missing_ok=True)
        if is_disk_full(error):
            raise NoSpace from error
        _log.warning("%s can't be recovered: %s", part, error)
        return None
    if started_at is None or duration_ms is None:
        return None
    return RecoveredFile(into, started_at, duration_ms)
