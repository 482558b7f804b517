"""Run the service as in production: uvicorn in its own process, which can be killed."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from recognizer.use_cases.authentication import hash_token

ADMIN_TOKEN = "fra_of-this-test"


@dataclass(frozen=True, slots=True)
class Server:
    url: str
    port: int
    log: Path
    process: subprocess.Popen[bytes]

    def client(self) -> httpx.Client:
        headers = {"authorization": f"Bearer {ADMIN_TOKEN}"}
        return httpx.Client(base_url=self.url, headers=headers, timeout=300)

    def kill(self) -> None:
        """Kill the process as the kernel does when memory runs out, without a clean shutdown."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()


@contextmanager
def running_on(folder: Path, log: Path, environment: Mapping[str, str] = {}) -> Iterator[Server]:
    """Start a server on this data folder, ready to answer; end it at the end if it still runs."""
    port = _free_port()
    command = [
        "uvicorn",
        "--factory",
        "recognizer.entrypoints.http.app:app_from_environment",
        "--port",
        str(port),
    ]
    command.append("--no-proxy-headers")
    with log.open("ab") as stderr:
        process = subprocess.Popen(
            [sys.executable, "-m", *command],
            env={
                **os.environ,
                "RECOGNIZER_DATA_DIR": str(folder),
                "RECOGNIZER_ADMIN_TOKEN_SHA256": hash_token(ADMIN_TOKEN),
                "RECOGNIZER_THREADS": "1",
                **environment,
            },
            stdout=stderr,
            stderr=stderr,
        )
    server = Server(f"http://127.0.0.1:{port}", port, log, process)
    try:
        _wait_until_it_answers(server)
        yield server
    finally:
        process.terminate()
        process.wait()


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port


def _wait_until_it_answers(server: Server) -> None:
    while True:
        assert server.process.poll() is None, server.log.read_text()
        try:
            httpx.get(f"{server.url}/v1/health")
        except httpx.TransportError:
            time.sleep(0.05)
        else:
            return
