"""Measures what Lambda would bill for one recognition: the real handler in a Python of its own.

The function's own work is in it: the event decoded, the picture decoded, one face found and
embedded, the gallery searched, the record read, the sighting written, the answer encoded. Its
stores lie in a folder, so the waits for DynamoDB, a few milliseconds each in AWS, are not.
"""

from __future__ import annotations

import os
import platform
import subprocess
import sys
import tempfile
from datetime import UTC, date, datetime
from importlib.resources import files
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from recognizer.domain.errors import RecognizerError
from recognizer.domain.tokens import hash_token, new_admin_token

COMMAND = "python services/recognizer/benchmarks/invocation.py --json"
THREADS = 1
"""Up to 3,538 MB a function gets less than two cores."""


class MeasurementFailed(RecognizerError):
    """The function could not be started, or answered with an error."""


class Numbers(BaseModel):
    """What ``invocation_run`` finds; times in milliseconds, as Lambda rounds them up.

    Attributes:
        start_ms: from the first import to a handler that is ready, which a cold start bills too.
        announcement_ms: median of announcing a video segment.
        log_bytes: what the function writes for one recognition.
        memory_mb: the most that the process held.
    """

    model_config = ConfigDict(frozen=True)

    runs: int
    median_ms: int
    p95_ms: int
    announcement_ms: int
    start_ms: int
    answer_bytes: int
    log_bytes: int
    memory_mb: int


class Measurement(Numbers):
    """Numbers, and where they are from."""

    measured_on: date
    machine: str
    python: str
    threads: int
    command: str


def recorded() -> Measurement:
    """The one that is kept beside the prices."""
    return Measurement.model_validate_json(
        files(__package__).joinpath("measured.json").read_text(encoding="utf-8")
    )


def measure(runs: int = 100) -> Measurement:
    """Measure on this machine; takes about half a minute. Raises ``MeasurementFailed``."""
    with tempfile.TemporaryDirectory(prefix="recognizer-cost-") as name:
        folder = Path(name)
        with (folder / "log").open("wb") as log:
            done = subprocess.run(  # noqa: S603 - our own module
                [sys.executable, "-m", "recognizer.cost.invocation_run", name, str(runs)],
                env=_environment(folder),
                stdout=log,
                stderr=subprocess.STDOUT,
                check=False,
            )
        if done.returncode:
            raise MeasurementFailed((folder / "log").read_text(encoding="utf-8", errors="replace"))
        numbers = Numbers.model_validate_json((folder / "numbers.json").read_bytes())
    return Measurement(
        **numbers.model_dump(),
        measured_on=datetime.now(UTC).date(),
        machine=machine(),
        python=platform.python_version(),
        threads=THREADS,
        command=COMMAND,
    )


def _environment(folder: Path) -> dict[str, str]:
    """Of this process without its own settings, and what Lambda says to a function."""
    token = new_admin_token()
    kept = {n: v for n, v in os.environ.items() if not n.startswith(("RECOGNIZER_", "AWS_"))}
    return kept | {
        "AWS_LAMBDA_FUNCTION_NAME": "recognizer",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "2048",
        "AWS_REGION": "us-east-1",
        "LAMBDA_TASK_ROOT": str(folder),
        "POWERTOOLS_TRACE_DISABLED": "true",  # there is no daemon to send a trace to
        "RECOGNIZER_DATA_DIR": str(folder / "data"),
        "RECOGNIZER_THREADS": str(THREADS),
        "RECOGNIZER_ADMIN_TOKEN_SHA256": hash_token(token),
        "RECOGNIZER_TOKEN": token,
    }


def machine() -> str:
    """Architecture, processor and number of cores; never a name."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        lines = []
    models = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return f"{platform.machine()}, {next(models, platform.processor())}, {os.cpu_count()} cores"
