"""Test that the log stays small when asyncio can't accept connections: one line a minute."""

from __future__ import annotations

import json
import subprocess
import sys

SCRIPT = """
import logging
from recognizer.observability import configure_logging
configure_logging("INFO")
configure_logging("INFO")
for _ in range(1000):
    logging.getLogger("asyncio").error("socket.accept() out of system resource\\nsocket: …")
logging.getLogger("asyncio").error("another")
"""


def test_a_thousand_failures_to_accept_are_one_line() -> None:
    child = subprocess.run(
        [sys.executable, "-c", SCRIPT], check=True, capture_output=True, text=True
    )
    lines = [json.loads(line)["message"] for line in child.stderr.splitlines()]
    assert [line.split("\n")[0] for line in lines] == [
        "socket.accept() out of system resource",
        "another",
    ]
