"""A local AWS: moto's server in a separate process, and its clients."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3

REGION = "eu-central-1"
ACCOUNT = "123456789012"
"""The server's account."""
_ROOT = Path(__file__).resolve().parents[2]
_KEY = "local"
"""The signer's secret key; the server accepts no other for a presigned request."""
_START_TIMEOUT_S = 60


@dataclass(frozen=True, slots=True)
class LocalAws:
    """The address of the server."""

    url: str

    def environment(self) -> Mapping[str, str]:
        """The variables that direct any AWS SDK of a child process to this server only."""
        return {
            "AWS_ENDPOINT_URL": self.url,
            "AWS_ACCESS_KEY_ID": _KEY,
            "AWS_SECRET_ACCESS_KEY": _KEY,
            "AWS_REGION": REGION,
            "AWS_DEFAULT_REGION": REGION,
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
            "AWS_CONFIG_FILE": os.devnull,
        }

    def client(self, service: str) -> Any:
        """Return a boto3 client of any service, so without a specific type."""
        session = boto3.Session(_KEY, _KEY, region_name=REGION)
        return session.client(service, endpoint_url=self.url)  # type: ignore[call-overload]  # any service


@contextmanager
def local_aws(log: Path) -> Iterator[LocalAws]:
    """Run an empty AWS; ``log`` takes its output."""
    port = _free_port()
    command = [sys.executable, "-m", "terraform.proof.aws_server", str(port), _KEY]
    with log.open("wb") as stream:
        server = subprocess.Popen(command, cwd=_ROOT, stdout=stream, stderr=stream)
        try:
            _wait_for(port, server)
            yield LocalAws(f"http://127.0.0.1:{port}")
        finally:
            server.terminate()
            server.wait(timeout=20)


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


def _wait_for(port: int, server: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + _START_TIMEOUT_S
    while time.monotonic() < until and server.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError("the local AWS did not start; see its log")
