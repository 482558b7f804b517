"""The port ``Readiness`` on a data folder. A check is cheap and does not wait for the disk."""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor

from recognizer.adapters.sqlite.connections import gallery_version
from recognizer.adapters.sqlite.database import Database
from recognizer.adapters.sqlite.folder import DataFolder
from recognizer.domain.errors import StoreFull, StoreUnavailable

PROBE_EVERY_S = 2.0
"""Seconds between two checks that disk and database can be written."""
CHECK_EVERY_S = 60.0
"""Seconds between two checks of the database's pages."""
ANSWER_S = 2.0
"""How long a caller waits for the result. SQLite may wait ten seconds for a process that blocks
readers, whatever its timeout; so a separate thread runs the check."""
_CHECK_S = 0.25
_FREE_S = 1.5
"""How long a writer may block others before the check fails."""
_PROBE_BYTES = 64 * 2**10
"""About the size of a small transaction."""


class LocalReadiness:
    """A readiness check. Thread-safe: concurrent callers share one check."""

    def __init__(
        self,
        folder: DataFolder,
        database: Database,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._folder = folder
        self._database = database
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="readiness")
        self._looking: Future[int] | None = None
        self._probe = _Paced(self._write, PROBE_EVERY_S)
        self._free = _Paced(lambda: database.check_free(_FREE_S), PROBE_EVERY_S)
        self._check = _Paced(lambda: database.check_whole(_CHECK_S), CHECK_EVERY_S)

    def gallery_version(self) -> int:
        """Return the gallery's version, read from the file; see the port."""
        with self._lock:
            if self._looking is None or self._looking.done():
                self._looking = self._thread.submit(self._look)
            looking = self._looking
        try:
            return looking.result(ANSWER_S)
        except TimeoutError:
            raise StoreUnavailable(
                f"the database did not answer within {ANSWER_S:.0f} s: another process holds the "
                "database, or its disk is slow; wait for it, or stop that process"
            ) from None

    def close(self) -> None:
        """Stop the thread."""
        self._thread.shutdown(wait=False)

    def _look(self) -> int:
        version = self._database.glance(gallery_version)
        self._folder.require_folders()
        now = self._monotonic()
        self._probe.run(now)
        self._free.run(now)
        self._check.run(now)
        if self._database.damage is not None:
            raise self._database.damage
        return version

    def _write(self) -> None:
        """Write a file, not synced, and remove it. Raise ``StoreFull`` if there is no room."""
        file = self._folder.partial / f"probe-{secrets.token_hex(8)}"
        try:
            file.write_bytes(bytes(_PROBE_BYTES))
        except OSError as error:
            raise StoreFull(
                f"nothing can be written to the data folder ({error.strerror}); "
                "free some space on its disk"
            ) from error
        finally:
            file.unlink(missing_ok=True)


class _Paced:
    """A check that runs at most every ``every_s``; in between, its last result holds."""

    def __init__(self, look: Callable[[], None], every_s: float) -> None:
        self._look = look
        self._every_s = every_s
        self._looked_at: float | None = None
        self._found: StoreUnavailable | None = None

    def run(self, now: float) -> None:
        """Run the check if it is due. Raise ``StoreUnavailable`` if the last one failed."""
        if self._looked_at is None or now - self._looked_at >= self._every_s:
            self._looked_at, self._found = now, None
            try:
                self._look()
            except StoreUnavailable as error:
                self._found = error
        if self._found is not None:
            raise self._found
