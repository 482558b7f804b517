"""The image's folder, assembled for this machine, and the command that starts the function."""

from __future__ import annotations

import json
import platform
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ARCH = {"x86_64": "amd64", "aarch64": "arm64"}[platform.machine()]


@dataclass(frozen=True, slots=True)
class Assembled:
    """The folder that the image's final stage copies.

    Attributes:
        root: holds ``opt`` and ``var``.
        bytes: the total size of its files.
    """

    root: Path
    bytes: int

    @property
    def command(self) -> tuple[str, ...]:
        """Return the command that starts the runtime with only this Python's standard library."""
        return (sys.executable, "-s", "-S", "-m", "awslambdaric")

    @property
    def task_root(self) -> Path:
        """The function's working directory."""
        return self.root / "var" / "task"

    def environment(self) -> Mapping[str, str]:
        """The image's variables, with this folder in front of every path."""
        return {
            "HOME": "/tmp",
            "PYTHONPATH": f"{self.task_root}:{self.root}/opt/python",
            "PYTHONDONTWRITEBYTECODE": "1",
            "PYTHONUNBUFFERED": "1",
            "FACECORE_MODEL_DIR": f"{self.root}/opt/models",
        }


def assemble(root: Path, arch: str) -> Assembled:
    """Assemble the folder as the Dockerfile does. Raise ``RuntimeError``."""
    command = [sys.executable, "-m", "services.recognizer.image.assemble", "--json"]
    command += ["--root", str(root), "--arch", arch]
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode != 0:
        raise RuntimeError(f"assemble ended with {done.returncode}")
    return Assembled(root, sum(part["bytes"] for part in json.loads(done.stdout)))


@pytest.fixture(scope="session")
def assembled_root(tmp_path_factory: pytest.TempPathFactory) -> Assembled:
    """Assemble once a session, for the architecture and Python of this machine."""
    return assemble(tmp_path_factory.mktemp("image") / "root", ARCH)
