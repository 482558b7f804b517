"""Part of ``speed``: the time from a process's start to its first answer, and its memory."""

from __future__ import annotations

import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from libs.facecore.benchmarks.frames import everyday
from recognizer.use_cases.authentication import hash_token
from services.recognizer.benchmarks.speed_results import Start
from services.recognizer.benchmarks.speed_service import ADMIN_TOKEN, enrol, opened

ROOT = Path(__file__).parents[3]
HEADERS = {"authorization": f"Bearer {ADMIN_TOKEN}", "content-type": "image/jpeg"}


@dataclass(frozen=True, slots=True)
class _Life:
    """One process: wall-clock and processor seconds to its first answer, and its memory."""

    seconds: float
    cpu_s: float
    memory_mb: int


def starts(model: str, threads: int, runs: int) -> list[Start]:
    """Measure both kinds of start. Each run is a new process."""
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        folder = Path(name)
        with opened(folder / "data", model, threads) as services:
            enrol(services)
        for number, frame in enumerate(everyday()):
            (folder / f"{number:02}.jpg").write_bytes(frame.jpeg)
        environment = environment_of(folder / "data", model, threads)
        library = [_library(folder, environment) for _ in range(runs)]
        service = [_service(folder, environment) for _ in range(runs)]
    return [_start("library", threads, library), _start("service", threads, service)]


def environment_of(data: Path, model: str, threads: int) -> dict[str, str]:
    """Return the service's settings, with the admin token of this benchmark."""
    kept = {n: v for n, v in os.environ.items() if not n.startswith("RECOGNIZER_")}
    return kept | {
        "RECOGNIZER_DATA_DIR": str(data),
        "RECOGNIZER_MODEL": model,
        "RECOGNIZER_THREADS": str(threads),
        "RECOGNIZER_ADMIN_TOKEN_SHA256": hash_token(ADMIN_TOKEN),
    }


@contextmanager
def served(environment: dict[str, str], log: Path) -> Iterator[tuple[str, int]]:
    """Run ``recognizer serve``; yield its address once it listens, and its process id."""
    port = _free_port()
    command = [str(Path(sys.executable).with_name("recognizer")), "serve", "--port", str(port)]
    with (
        log.open("wb") as lines,
        subprocess.Popen(command, env=environment, stdout=lines, stderr=lines) as process,
    ):
        try:
            while not _listens(port):
                if process.poll() is not None:
                    raise RuntimeError(f"the service did not start: {log.read_text('utf-8')}")
                time.sleep(0.005)
            yield f"http://127.0.0.1:{port}", process.pid
        finally:
            process.terminate()


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port


def _listens(port: int) -> bool:
    with socket.socket() as tried:
        return tried.connect_ex(("127.0.0.1", port)) == 0


def _library(folder: Path, environment: dict[str, str]) -> _Life:
    started = time.perf_counter()
    with subprocess.Popen(
        [sys.executable, "-m", "services.recognizer.benchmarks.speed_first", str(folder)],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        if process.stdout is None or not process.stdout.readline():
            raise RuntimeError("the process did not answer; its error is above")
        seconds = time.perf_counter() - started
        cpu_s, memory_mb = process.stdout.readline().split()
    return _Life(seconds, float(cpu_s), int(memory_mb))


def _service(folder: Path, environment: dict[str, str]) -> _Life:
    pictures = [path.read_bytes() for path in sorted(folder.glob("*.jpg"))]
    started = time.perf_counter()
    with (
        served(environment, folder / "log") as (url, pid),
        httpx.Client(base_url=url, headers=HEADERS, timeout=60) as http,
    ):
        http.post("/v1/recognitions", content=pictures[0]).raise_for_status()
        seconds, spent_s = time.perf_counter() - started, cpu_s(pid)
        for picture in pictures[1:]:
            http.post("/v1/recognitions", content=picture).raise_for_status()
        return _Life(seconds, spent_s, peak_mb(pid))


def cpu_s(pid: int) -> float:
    """Return the processor time of a process so far, in seconds."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def peak_mb(pid: int) -> int:
    """Return the most memory of a process so far, in MB."""
    status = Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    (line,) = (line for line in status.splitlines() if line.startswith("VmHWM:"))
    return int(line.split()[1]) // 1024


def _start(how: str, threads: int, lives: list[_Life]) -> Start:
    return Start(
        how=how,
        threads=threads,
        runs=len(lives),
        median_s=round(statistics.median(life.seconds for life in lives), 2),
        worst_s=round(max(life.seconds for life in lives), 2),
        cpu_s=round(statistics.median(life.cpu_s for life in lives), 2),
        memory_mb=max(life.memory_mb for life in lives),
    )
