"""The queue of one recorder. The package's docstring explains the order of the steps."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import RLock
from types import TracebackType
from typing import Self

from filelock import FileLock, Timeout

from pi_recorder.errors import SpoolBusy, SpoolFull
from pi_recorder.spool.files import FILE_MODE, make_private_folder, sync_file, sync_folder
from pi_recorder.spool.inspection import SpoolState
from pi_recorder.spool.loss_journal import LossJournal, LossKind
from pi_recorder.spool.quota import Dropped, Quota, QuotaPolicy, finish_drops
from pi_recorder.spool.recovery import NoSpace, PartialFiles, recover_file
from pi_recorder.spool.segment import Segment, SegmentIndex, segment_name, stem


@dataclass(frozen=True, slots=True)
class Recovered:
    """The result for a partial segment: a shorter segment, or a file that was set aside."""

    segment: Segment | None
    set_aside: Path | None


class Spool:
    """The queue of finished segments, thread-safe for one writer and one uploader.

    Args:
        policy: how much room it may take; without limits if not given.
        on_drop: called with every segment that is dropped because there is no room.

    Raises:
        SpoolBusy: another recorder uses the folder.
        OSError: the folder can't be made, read or written.
    """

    def __init__(
        self,
        folder: Path,
        policy: QuotaPolicy | None = None,
        on_drop: Callable[[Dropped], None] = lambda _: None,
    ) -> None:
        make_private_folder(folder)
        self._folder = folder
        self._policy = policy or QuotaPolicy()
        self._on_drop = on_drop
        self._only_one = _locked(folder)
        self._lock = RLock()
        self._queued = SegmentIndex(folder)
        self._uploaded = SegmentIndex(folder / "uploaded")
        self._partial = PartialFiles(folder)
        self._losses = LossJournal(folder / "losses.jsonl", datetime.now(UTC))
        finish_drops(self._queued, self._losses)
        self._quota = Quota(self._policy, self._queued, self._uploaded, self._losses)
        self._open: Path | None = None
        self._held: Segment | None = None
        self._latest_bytes = self._queued.latest_bytes()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._only_one.release()

    def part(self, started_at: datetime) -> Path:
        """Return a path for the segment that begins at ``started_at``.

        If the segment before was not kept, it is a partial segment.

        Raises:
            SpoolFull: there is no room, and nothing may be dropped for it.
        """
        with self._lock:
            if self._open is not None:
                self._partial.add(self._open)
                self._open = None
            dropped = self._quota.make_room(
                self._latest_bytes, partial=self._partial.bytes, held=self._held
            )
            self._open = self._folder / f"{stem(started_at)}.part"
        for one in dropped:
            self._on_drop(one)
        return self._open

    def keep(self, part: Path, started_at: datetime, duration_ms: int) -> Segment:
        """Queue a finished file; once this returns, the segment survives a power cut."""
        segment = self._queue(part, started_at, duration_ms)
        with self._lock:
            self._latest_bytes = self._queued.size(segment)
            self._open = None
        return segment

    def give_up(self, at: datetime, reason: str) -> None:
        """Raise ``SpoolFull``: the open file could not be finished. See ``SegmentAllocator``."""
        raise SpoolFull(f"{reason}, at {at}; its undamaged frames are recovered when there is room")

    def pause(self, at: datetime) -> None:
        """Record that frames are lost from ``at`` on. Raises ``OSError``."""
        with self._lock:
            self._losses.pause(at)

    def resume(self, at: datetime) -> None:
        """Record that frames are kept again from ``at`` on. Raises ``OSError``."""
        with self._lock:
            self._losses.resume(at)

    def retime(self, names: Iterable[str], by: timedelta) -> None:
        """Correct the times of queued segments, except one that is gone or is being sent."""
        with self._lock:
            for segment in filter(None, map(self._queued.named, list(names))):
                if segment != self._held:
                    self._retime(segment, by)
            sync_folder(self._folder)

    def queued(self) -> list[Segment]:
        """Return the segments that wait for their upload, oldest first."""
        with self._lock:
            return self._queued.segments()

    @contextmanager
    def held(self, segment: Segment) -> Iterator[None]:
        """Protect a segment from being dropped until the block ends."""
        with self._lock:
            self._held = segment
        try:
            yield
        finally:
            self._held = None

    def confirm(self, segment: Segment) -> None:
        """Remove a segment from the queue that the store has confirmed."""
        with self._lock:
            if not self._policy.keep_uploaded:
                segment.path.unlink(missing_ok=True)
            else:
                with suppress(FileNotFoundError):  # somebody removed it by hand
                    self._keep_uploaded(segment)
            self._queued.discard(segment)

    def forget(self, segment: Segment) -> None:
        """Remove a segment from the queue whose file is gone."""
        with self._lock:
            self._queued.discard(segment)

    def recover(self) -> Recovered | None:
        """Recover the oldest partial segment; return None without any, or without room for it.

        It takes as long as copying the file; no other call waits for it. Raises ``OSError``.
        """
        with self._lock:
            oldest = self._partial.oldest()
        if oldest is None or not self._quota.has(oldest[1]):
            return None
        part = oldest[0]
        try:
            file = recover_file(part)
        except NoSpace:
            return None
        if file is None:
            recovered = Recovered(None, self._partial.set_aside(part))
        else:
            segment = self._queue(file.path, file.started_at, file.duration_ms)
            recovered = Recovered(segment, None)
            part.unlink()
        with self._lock:
            self._partial.done(part)
        return recovered

    def state(self) -> SpoolState:
        """Return the state now. Raises ``OSError``."""
        with self._lock:
            oldest = self._queued.oldest()
            age = datetime.now(UTC) - oldest.started_at if oldest else None
            return SpoolState(
                queued=len(self._queued),
                queued_bytes=self._queued.bytes,
                oldest_queued_age_s=age.total_seconds() if age else None,
                uploaded=len(self._uploaded),
                uploaded_bytes=self._uploaded.bytes,
                partial=len(self._partial),
                free_bytes=self._quota.free,
                dropped_s=self._losses.seconds[LossKind.DROPPED],
                paused_s=self._losses.seconds[LossKind.PAUSED],
                paused=self._losses.paused_since is not None,
            )

    def _retime(self, segment: Segment, by: timedelta) -> None:
        started_at, size = segment.started_at + by, self._queued.size(segment)
        name = segment_name(started_at, segment.duration_ms, segment.sha256)
        with suppress(FileNotFoundError):  # somebody removed it by hand
            path = segment.path.rename(self._folder / name)
            self._queued.discard(segment)
            self._queued.add(replace(segment, path=path, started_at=started_at), size)

    def _queue(self, file: Path, started_at: datetime, duration_ms: int) -> Segment:
        sync_file(file)
        with file.open("rb") as content:
            sha256 = hashlib.file_digest(content, "sha256").hexdigest()
            size = content.tell()
        path = file.rename(self._folder / segment_name(started_at, duration_ms, sha256))
        sync_folder(self._folder)
        segment = Segment(path, started_at, duration_ms, sha256)
        with self._lock:
            self._queued.add(segment, size)
        return segment

    def _keep_uploaded(self, segment: Segment) -> None:
        make_private_folder(self._uploaded.folder)
        path = segment.path.rename(self._uploaded.folder / segment.path.name)
        self._uploaded.add(replace(segment, path=path), self._queued.size(segment))


def _locked(folder: Path) -> FileLock:
    lock = FileLock(folder / ".lock", mode=FILE_MODE)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        raise SpoolBusy(
            f"another recorder uses {folder}; stop it, or give this one a folder of its own in "
            "PI_RECORDER_SPOOL_DIR"
        ) from None
    return lock
