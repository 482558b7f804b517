"""Run a recognizer in a process of its own for ``edge``, with the demo's people enrolled."""

from __future__ import annotations

import hashlib
import os
import secrets
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from facecore.client import RecognizerClient
from facecore.contract import PersonUpdate
from facecore.errors import ClientError
from pi_recorder.capture.cameras.demo_scene import demo_people

_READY_WITHIN_S = 120


@contextmanager
def local_recognizer() -> Iterator[tuple[str, str]]:
    """Run a recognizer until the block ends; yield its URL and a device's token."""
    token = secrets.token_urlsafe(32)
    with tempfile.TemporaryDirectory() as folder:
        url = f"http://127.0.0.1:{_free_port()}"
        server = subprocess.Popen(
            [Path(sys.executable).parent / "recognizer", "serve", "--port", url.rpartition(":")[2]],
            env={
                **os.environ,
                "RECOGNIZER_DATA_DIR": folder,
                "RECOGNIZER_ADMIN_TOKEN_SHA256": hashlib.sha256(token.encode()).hexdigest(),
            },
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            with RecognizerClient(url, token) as admin:
                _wait(admin, server)
                yield url, _prepared(admin)
        finally:
            server.terminate()
            server.wait()


def _wait(admin: RecognizerClient, server: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + _READY_WITHIN_S
    while server.poll() is None and time.monotonic() < end:
        try:
            admin.health()
        except ClientError:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError("the recognizer did not start; try `make serve` to see why")


def _prepared(admin: RecognizerClient) -> str:
    for person in demo_people():
        record = PersonUpdate(name=person.name, attributes=dict(person.attributes))
        admin.put_person(person.label, record)
        admin.add_photo(person.label, person.photo().read_bytes())
    return admin.add_device("bench").token.get_secret_value()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
