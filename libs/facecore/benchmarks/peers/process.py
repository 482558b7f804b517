"""A contestant's process, as the benchmark talks to it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Final

from pydantic import BaseModel, ConfigDict

from facecore.models import store
from facecore.models.catalogue import FACENET_STATE
from libs.facecore.benchmarks.peers.contestants import FACENET_WEIGHTS, Seen

ROOT: Final = Path(__file__).resolve().parents[4]
_PEERS: Final = ROOT / ".tools" / "peers"
FACE_RECOGNITION: Final = "face_recognition"


class Answer(BaseModel):
    """What one picture took, and what was seen in it."""

    model_config = ConfigDict(frozen=True)

    ms: float
    cpu_ms: float
    memory_mb: float
    seen: list[Seen]


def is_installed(name: str) -> bool:
    """Whether the contestant's environment was made; only face_recognition's may be missing."""
    return name != FACE_RECOGNITION or (_PEERS / "ready").exists()


def python_of(name: str) -> str:
    """The contestant's interpreter."""
    return str(_PEERS / "bin" / "python") if name == FACE_RECOGNITION else sys.executable


class Running(AbstractContextManager["Running"]):
    """A started contestant; its time runs from the start of the process."""

    def __init__(self, name: str, threads: int) -> None:
        """Start it; it loads while the first request waits."""
        self.name = name
        self._begin = time.perf_counter()
        self._process = subprocess.Popen(
            [python_of(name), "-W", "ignore", "-m", f"{__package__}.child", name, str(threads)],
            cwd=ROOT,
            env={
                **os.environ,
                "OMP_NUM_THREADS": str(threads),
                FACENET_WEIGHTS: str(store.model_path(FACENET_STATE) / FACENET_STATE.files[0]),
            },
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def look(self, file: Path) -> Answer:
        """Ask who is in a picture."""
        return self._ask(file=str(file))

    def enrol(self, label: str, file: Path) -> None:
        """Have a person known by a photo."""
        self._ask(enrol=label, file=str(file))

    def seconds(self) -> float:
        """Since the process was started."""
        return time.perf_counter() - self._begin

    def __exit__(self, *_: object) -> None:
        """Let it end."""
        self._process.communicate()

    def _ask(self, **request: str) -> Answer:
        if self._process.stdin is None or self._process.stdout is None:
            raise RuntimeError("the process has no pipes")
        self._process.stdin.write(json.dumps(request) + "\n")
        self._process.stdin.flush()
        if not (line := self._process.stdout.readline()):
            raise RuntimeError(f"{self.name} ended early; its error is above")
        return Answer.model_validate_json(line)
