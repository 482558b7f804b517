"""Measure the duration of one recognition on Lambda: median and 95th percentile of the handler.

It includes the function's own work: decode the event and the picture, detect and embed one face,
search the gallery, read the record, write the sighting, encode the response. The store is a folder,
so the waits for DynamoDB, a few milliseconds each in AWS, are not included.
``--output services/recognizer/src/recognizer/use_cases/cost/measured.json`` keeps the measurement
where ``recognizer cost`` reads it.
"""

from __future__ import annotations

import os
import platform
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from recognizer.use_cases.authentication import hash_token, new_admin_token
from recognizer.use_cases.cost.deployment import Measurement, Numbers
from services.recognizer.benchmarks.machine import machine

COMMAND = "python -m services.recognizer.benchmarks.invocation --json"
THREADS = 1
"""A function with up to 3,538 MB has fewer than two cores."""
_RUN = "services.recognizer.benchmarks.invocation_run"


def main(
    runs: Annotated[int, typer.Option(min=20, help="So many recognitions.")] = 100,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON for programs.")] = False,
    output: Annotated[Path | None, typer.Option(help="Write the JSON here too.")] = None,
) -> None:
    """Measure one recognition of a 640x480 picture with one known face, on one thread."""
    found = measure(runs)
    text = found.model_dump_json(indent=2)
    if output:
        output.write_text(text + "\n", encoding="utf-8")
    if as_json:
        typer.echo(text)
    else:
        _show(found)


def measure(runs: int = 100) -> Measurement:
    """Measure on this machine, in about half a minute. Raise ``RuntimeError``."""
    with tempfile.TemporaryDirectory(prefix="recognizer-cost-") as name:
        folder = Path(name)
        with (folder / "log").open("wb") as log:
            done = subprocess.run(
                [sys.executable, "-m", _RUN, name, str(runs)],
                env=_environment(folder),
                stdout=log,
                stderr=subprocess.STDOUT,
                check=False,
            )
        if done.returncode:
            raise RuntimeError((folder / "log").read_text(encoding="utf-8", errors="replace"))
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
    """Return this process's environment without recognizer settings, with Lambda's variables."""
    token = new_admin_token()
    kept = {n: v for n, v in os.environ.items() if not n.startswith(("RECOGNIZER_", "AWS_"))}
    return kept | {
        "AWS_LAMBDA_FUNCTION_NAME": "recognizer",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "2048",
        "AWS_REGION": "us-east-1",
        "LAMBDA_TASK_ROOT": str(folder),
        "POWERTOOLS_TRACE_DISABLED": "true",  # there is no daemon that takes traces
        "RECOGNIZER_DATA_DIR": str(folder / "data"),
        "RECOGNIZER_THREADS": str(THREADS),
        "RECOGNIZER_ADMIN_TOKEN_SHA256": hash_token(token),
        "RECOGNIZER_TOKEN": token,
    }


def _show(found: Measurement) -> None:
    console = Console(highlight=False)
    console.print(f"{found.measured_on}, {found.machine}, Python {found.python}", markup=False)
    console.print(
        f"one recognition: median {found.median_ms} ms, 95th percentile {found.p95_ms} ms "
        f"({found.runs} runs, {found.threads} thread)\n"
        f"one announcement of a video: median {found.announcement_ms} ms\n"
        f"start: {found.start_ms} ms; memory: {found.memory_mb} MB; "
        f"log: {found.log_bytes} bytes; answer: {found.answer_bytes} bytes"
    )


if __name__ == "__main__":
    typer.run(main)
