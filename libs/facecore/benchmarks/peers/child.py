"""Part of ``peers``: one contestant in a process of its own, which answers line by line.

usage: python -m libs.facecore.benchmarks.peers.child NAME THREADS

It runs in the contestant's environment, so nothing but the standard library is imported here.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any

from libs.facecore.benchmarks.peers.contestants import MAKERS, Contestant


def main(name: str, threads: int) -> None:
    """Load, then answer each request of standard input until it ends."""
    contestant = MAKERS[name](threads)
    for line in sys.stdin:
        sys.stdout.write(json.dumps(_answer(contestant, json.loads(line))) + "\n")
        sys.stdout.flush()


def _answer(contestant: Contestant, request: dict[str, str]) -> dict[str, Any]:
    jpeg = Path(request["file"]).read_bytes()
    begin, begin_cpu = time.perf_counter(), time.process_time()
    if "enrol" in request:
        contestant.enrol(request["enrol"], jpeg)
        seen = []
    else:
        seen = contestant.look(jpeg)
    end, end_cpu = time.perf_counter(), time.process_time()
    memory_kb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return {
        "ms": 1000 * (end - begin),
        "cpu_ms": 1000 * (end_cpu - begin_cpu),
        "memory_mb": memory_kb / 1024,
        "seen": [asdict(face) for face in seen],
    }


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
