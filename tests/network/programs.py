"""Runs programs with folders of their own, so that what they write aside is theirs and is found."""

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
"""Where programs are configured to write, and where none should: homes and working folders."""
_BIN = Path(sys.executable).parent


def environment(name: str, **settings: str) -> dict[str, str]:
    """The variables of a program: none that could switch telemetry off by chance, such as CI's."""
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
    """A program that runs while the context is open, and then ends as Ctrl-C ends it."""
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
    """The output of a program that ends by itself. Raises ``CalledProcessError``."""
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
    """Every file outside the data folders that a program could have written."""
    folders = [ASIDE, *shared_folders()]
    return sorted(
        str(path) for folder in folders for path in folder.rglob("*") if not path.is_dir()
    )
