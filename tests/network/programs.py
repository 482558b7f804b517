"""Runs programs in their own folders, so that every other file they write is found."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from facecore import cache
from tests.network.namespace import WORK, shared_folders

DATA, ASIDE = WORK / "data", WORK / "aside"
"""Data folders, which programs may write, and homes and working folders, which none should."""
_BIN = Path(sys.executable).parent


def environment(name: str, **settings: str) -> dict[str, str]:
    """Return a program's environment without variables that disable telemetry, such as CI."""
    home = ASIDE / name
    home.mkdir(parents=True, exist_ok=True)
    return {
        "PATH": os.defpath,
        "LANG": "C.UTF-8",
        "HOME": str(home),
        "TMPDIR": str(home),
        "FACECORE_HOME": str(cache.home()),
        "RECOGNIZER_DATA_DIR": str(DATA / "recognizer"),
        "RECOGNIZER_CREDENTIALS": str(DATA / "credentials.json"),
        "RECOGNIZER_THREADS": "1",
        "PI_RECORDER_SPOOL_DIR": str(DATA / "spool"),
        # As somebody might have set it: it must not switch telemetry on.
        "ORT_DISABLE_TELEMETRY": "0",
        **settings,
    }


@contextmanager
def started(program: str, *arguments: str) -> Iterator[subprocess.Popen[str]]:
    """Run a program while the context is open, then end it as Ctrl-C does."""
    with subprocess.Popen(
        [str(_BIN / program), *arguments],
        env=environment(program),
        cwd=ASIDE / program,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            yield process
        finally:
            process.terminate()
            process.communicate()


def run(name: str, *command: str, **settings: str) -> str:
    """Return the output of a program that ends by itself. Raises ``CalledProcessError``."""
    done = subprocess.run(
        [str(_BIN / command[0]), *command[1:]],
        env=environment(name, **settings),
        cwd=ASIDE / name,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return done.stdout


def written_aside() -> list[str]:
    """Return every file outside the data folders that a program could have written."""
    folders = [ASIDE, *shared_folders()]
    return sorted(
        str(path) for folder in folders for path in folder.rglob("*") if not path.is_dir()
    )
