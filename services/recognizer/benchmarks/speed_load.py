"""Part of ``speed``: many concurrent clients of one service process over HTTP."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import cycle, islice
from pathlib import Path

import httpx

from libs.facecore.benchmarks.frames import everyday
from services.recognizer.benchmarks.speed_results import Load, Spread
from services.recognizer.benchmarks.speed_service import enrol, opened
from services.recognizer.benchmarks.speed_start import HEADERS, environment_of, served


def loads(model: str, clients: Sequence[int], requests: int) -> list[Load]:
    """Measure each number of clients in turn, with ``requests`` requests to one service."""
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        data = Path(name)
        with opened(data, model, threads=1) as services:
            enrol(services)
        with served(environment_of(data, model, threads=1), data / "log") as (url, _):
            _ask(url, 2, 24)
            return [_ask(url, count, requests) for count in clients]


def _ask(url: str, clients: int, requests: int) -> Load:
    pictures = islice(cycle(frame.jpeg for frame in everyday()), requests)
    limits = httpx.Limits(max_connections=clients, max_keepalive_connections=clients)
    with (
        httpx.Client(base_url=url, headers=HEADERS, timeout=120, limits=limits) as http,
        ThreadPoolExecutor(clients) as pool,
    ):
        started = time.perf_counter()
        answers = list(pool.map(lambda picture: _answered(http, picture), pictures))
        seconds = time.perf_counter() - started
    taken = [ms for ms, good in answers if good]
    return Load(
        clients=clients,
        requests=requests,
        failed=requests - len(taken),
        per_second=round(len(taken) / seconds, 1),
        answer=Spread.of(taken),
    )


def _answered(http: httpx.Client, picture: bytes) -> tuple[float, bool]:
    started = time.perf_counter()
    answer = http.post("/v1/recognitions", content=picture)
    return (time.perf_counter() - started) * 1000, answer.is_success
