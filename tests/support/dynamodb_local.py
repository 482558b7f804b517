"""DynamoDB Local, AWS's own stand-in, on loopback: one process for each worker.

It refuses much that moto accepts. ``make dynamodb-local`` fetches it; where it is missing, the
suite of the stores leaves it out, and one skipped test says so.
"""

from __future__ import annotations

import atexit
import os
import shutil
import socket
import subprocess
import time
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import boto3
import httpx
import pytest

from tests.support import aws_resources
from tests.support.moto import CREDENTIALS

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

_FOLDER = Path(__file__).parents[2] / ".tools" / "dynamodb-local"
_START_S = 300


@dataclass(frozen=True, slots=True)
class DynamoDBLocal:
    """A running DynamoDB Local."""

    url: str

    def environment(self) -> dict[str, str]:
        """Return the environment in which boto3 finds these tables."""
        return {**CREDENTIALS, "AWS_ENDPOINT_URL_DYNAMODB": self.url}

    def client(self) -> DynamoDBClient:
        """A plain client of this server."""
        return _client(self.url)

    def renew(self) -> None:
        """Delete every item; the first time, create the tables, which takes long."""
        client = self.client()
        if client.list_tables()["TableNames"]:
            aws_resources.empty(client)
        else:
            for table in aws_resources.TABLES:
                aws_resources.create_table(client, table)


def running() -> DynamoDBLocal:
    """The server of this process. Skips the test where it can't be run."""
    if why := missing():
        pytest.skip(why)
    return DynamoDBLocal(_start())


def missing() -> str | None:
    """Return why it can't run here; None if it can."""
    if shutil.which("java") is None:
        return "DynamoDB Local needs java, which is not installed"
    if not (_FOLDER / "DynamoDBLocal.jar").is_file():
        return "DynamoDB Local is not there; `make dynamodb-local` fetches it"
    return None


@cache
def _client(url: str) -> DynamoDBClient:
    return boto3.client(
        "dynamodb",
        endpoint_url=url,
        region_name=CREDENTIALS["AWS_REGION"],
        aws_access_key_id=CREDENTIALS["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=CREDENTIALS["AWS_SECRET_ACCESS_KEY"],
    )


@cache
def _start() -> str:
    port = _free_port()
    command = [
        "java",
        "-Xmx512m",
        f"-Djava.library.path={_FOLDER / 'DynamoDBLocal_lib'}",
        "-jar",
        str(_FOLDER / "DynamoDBLocal.jar"),
        "-inMemory",
        "-port",
        str(port),
    ]
    process = subprocess.Popen(
        command,
        env={**os.environ, "DDB_LOCAL_TELEMETRY": "0"},  # else it reports to Amazon
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    atexit.register(_stop, process)
    url = f"http://127.0.0.1:{port}"
    _wait_for(url, process)
    return url


def _wait_for(url: str, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + _START_S
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise RuntimeError(f"DynamoDB Local ended at its start, exit code {process.returncode}")
        try:
            httpx.get(url)  # refused, but answered
        except httpx.TransportError:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError(f"DynamoDB Local did not start within {_START_S} seconds")


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    process.wait()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port
