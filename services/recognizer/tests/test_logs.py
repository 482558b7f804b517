"""Test that the log stays small under overload: one line a minute of what repeats."""

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


REFUSALS = """
from dataclasses import replace
from recognizer.domain.request_report import RequestReport
from recognizer.observability import configure_logging, limit_refusals, log_request
configure_logging("INFO")
limit_refusals()
answered = RequestReport("1", "POST", "/v1/recognitions", 200, None, 1.0, None, None)
for _ in range(1000):
    log_request(replace(answered, status=503, code="overloaded"))
log_request(answered)
"""


def test_a_thousand_refusals_are_one_line() -> None:
    child = subprocess.run(
        [sys.executable, "-c", REFUSALS], check=True, capture_output=True, text=True
    )
    lines = [json.loads(line) for line in child.stderr.splitlines()]
    assert [line["status"] for line in lines] == [503, 200]
