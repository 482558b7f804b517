"""Test the health of the local store: what it finds, how soon it answers, what it costs."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from threading import Thread

import httpx

from services.recognizer.tests.service import Service, service_on
from tests.support.fake_vision import picture_of
from tests.support.transports import InProcess

LOCKS, HOW_MANY = 120, 8
"""Offset and number of the locks in the index of the write-ahead log. All locked, no one can read.

https://www.sqlite.org/walformat.html#wal_locks
"""
_LOCK_OUT = f"""
import fcntl, sys
file = open(sys.argv[1], "r+b")
fcntl.lockf(file, fcntl.LOCK_EX, {HOW_MANY}, {LOCKS})
print("locked", flush=True)
sys.stdin.read()
"""


def health(service: Service) -> httpx.Response:
    return service.call("GET", "/v1/health")


def test_a_damaged_database_is_not_ready(tmp_path: Path) -> None:
    with service_on(tmp_path) as service:
        service.enrol("ada", picture_of(1))
        with closing(sqlite3.connect(tmp_path / "recognizer.db")) as database:
            database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        damage(tmp_path / "recognizer.db")
        answer = health(service)
        assert answer.status_code == 503
        assert "restore recognizer.db from a backup" in answer.json()["detail"]
        assert health(service).status_code == 503


def damage(database: Path) -> None:
    """Damage the file by another process, as closing it in this one releases SQLite's locks."""
    program = (
        "import os, sys; file = open(sys.argv[1], 'r+b'); file.seek(8192);"
        "file.write(os.urandom(os.path.getsize(sys.argv[1]) - 8192))"
    )
    subprocess.run([sys.executable, "-c", program, os.fspath(database)], check=True)


def test_health_says_that_nothing_can_be_written_while_another_process_writes(
    tmp_path: Path,
) -> None:
    with service_on(tmp_path) as service, closing(_locked(tmp_path)) as lock:
        waiting = WaitingChange(service)
        answer = health(service)
        assert answer.status_code == 503
        assert "another process holds the database" in answer.json()["detail"]
        assert waiting.thread.is_alive()
        lock.execute("ROLLBACK")
        waiting.thread.join()
        assert waiting.statuses == [201]
        while health(service).status_code != 200:  # it checks every two seconds
            time.sleep(0.1)


def _locked(folder: Path) -> sqlite3.Connection:
    lock = sqlite3.connect(folder / "recognizer.db", isolation_level=None, check_same_thread=False)
    lock.execute("BEGIN EXCLUSIVE")
    return lock


class WaitingChange:
    """A change that waits on its own thread, with its own client."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self.statuses: list[int] = []
        self.thread = Thread(target=self._run)
        self.thread.start()

    def _run(self) -> None:
        with httpx.Client(
            transport=InProcess(self._service.app),
            base_url="http://recognizer.test",
            headers=self._service.http.headers,
        ) as http:
            self.statuses.append(http.put("/v1/people/ada", json={"name": "Ada"}).status_code)


def test_a_process_that_locks_the_database_is_named(tmp_path: Path) -> None:
    with service_on(tmp_path) as service, is_locked(tmp_path / "recognizer.db-shm"):
        answer = health(service)
        assert answer.status_code == 503
        assert "another process holds the database" in answer.json()["detail"]


@contextmanager
def is_locked(index: Path) -> Iterator[None]:
    command = [sys.executable, "-c", _LOCK_OUT, os.fspath(index)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"locked\n"
        try:
            yield
        finally:
            assert process.stdin is not None
            process.stdin.close()


def test_frequent_health_requests_leave_nothing_on_the_disk(tmp_path: Path) -> None:
    with service_on(tmp_path) as service:
        assert health(service).status_code == 200
        before = listing(tmp_path)
        for _ in range(200):
            assert health(service).status_code == 200
        assert listing(tmp_path) == before


def listing(folder: Path) -> dict[str, tuple[int, int]]:
    """Return size and time of every file; only the probed folder may have changed."""
    files = (file for file in folder.rglob("*") if file.is_file())
    return {str(file): (file.stat().st_size, file.stat().st_mtime_ns) for file in files}
