"""Test ``recognizer serve`` with more idle connections than it has file descriptors."""

from __future__ import annotations

import re
import resource
import signal
import socket
import sys
import threading
from contextlib import ExitStack
from pathlib import Path

import httpx
import pytest

from services.recognizer.tests.cli.conftest import clean_environment, start, until_it_answers

_DESCRIPTORS = 200
_IDLE = 600


@pytest.mark.skipif(sys.platform != "linux", reason="prlimit is Linux's")
def test_idle_connections_neither_stop_it_nor_fill_its_log(tmp_path: Path) -> None:
    environment = clean_environment(tmp_path / "credentials.json")
    rest: list[str] = []
    process = start("--data-dir", str(tmp_path / "data"), environment=environment)
    assert process.stdout
    try:
        limits = (_DESCRIPTORS, _DESCRIPTORS)
        resource.prlimit(process.pid, resource.RLIMIT_NOFILE, limits)  # before it loads its models
        url = re.search(r"http://127\.0\.0\.1:(\d+)", until_it_answers(process))
        assert url
        reader = threading.Thread(target=rest.extend, args=(process.stdout,))
        reader.start()
        with ExitStack() as stack:
            for _ in range(_IDLE):
                stack.enter_context(socket.create_connection(("127.0.0.1", int(url[1]))))
            for _ in range(20):
                assert httpx.get(f"{url[0]}/v1/health", timeout=300).status_code == 200
            assert len(list(Path(f"/proc/{process.pid}/fd").iterdir())) < _DESCRIPTORS
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(300)
        reader.join()
        process.stdout.close()
    assert not [line for line in rest if "system resource" in line]
    assert len([line for line in rest if "the connection limit is reached" in line]) == 1
    assert len(rest) < 50, "one a request, and a few about the connections"
