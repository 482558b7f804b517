"""Start a real ``recognizer serve`` in its own process, and run the command line against it."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from recognizer.entrypoints.cli import app

COMMAND = [sys.executable, "-c", "from recognizer.entrypoints.cli import app; app()"]


@dataclass(frozen=True)
class CommandLine:
    """The command line, run in this process with its own environment."""

    url: str
    environment: dict[str, str | None] = field(repr=False)

    def __call__(self, *words: str, answer: str = "", **environment: str | None) -> Result:
        runner = CliRunner(env=self.environment | {"COLUMNS": "200"} | environment)
        return runner.invoke(app, ["--url", self.url, *words], input=answer)

    def json(self, *words: str, exit_code: int = 0) -> Any:
        result = self(*words, "--json")
        assert result.exit_code == exit_code, result.output
        return json.loads(result.stdout)


@dataclass(frozen=True)
class Served:
    """A served data folder: its output at the start, and the command line for it."""

    data_dir: Path
    credentials: Path
    printed: str
    run: CommandLine


def clean_environment(credentials: Path) -> dict[str, str | None]:
    """Return the environment without the machine's own RECOGNIZER_… variables."""
    ours: dict[str, str | None] = {n: None for n in os.environ if n.startswith("RECOGNIZER_")}
    return ours | {"RECOGNIZER_CREDENTIALS": str(credentials)}


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("served")
    data_dir, credentials = folder / "data", folder / "config" / "credentials.json"
    environment = clean_environment(credentials)
    process = start("--data-dir", str(data_dir), environment=environment)
    assert process.stdout
    printed = until_it_answers(process)
    log: list[str] = []
    # Read as it is written: a full pipe would stop the server.
    reader = threading.Thread(target=log.extend, args=[process.stdout])
    reader.start()
    try:
        url = re.search(r"http://127\.0\.0\.1:\d+", printed)
        assert url, printed
        yield Served(data_dir, credentials, printed, CommandLine(url[0], environment))
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=300)
        reader.join()
        process.stdout.close()
    rest = "".join(log)
    assert process.returncode == 0, rest
    assert "fra_" not in rest  # no token in the log


def start(*options: str, environment: dict[str, str | None]) -> subprocess.Popen[str]:
    kept = {n: v for n, v in (os.environ | environment).items() if v is not None}
    return subprocess.Popen(
        [*COMMAND, "serve", "--port", "0", *options],
        env=kept | {"PYTHONUNBUFFERED": "1", "COLUMNS": "300"},
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )


def until_it_answers(process: subprocess.Popen[str]) -> str:
    """Return the output until the server answers; all of it if the server ended."""
    assert process.stdout
    printed = ""
    for line in process.stdout:
        printed += line
        if "The recognizer runs at" in line:
            break
    return printed
