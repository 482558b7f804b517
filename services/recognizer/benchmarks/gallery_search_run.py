"""Part of ``gallery_search``: one size in this process, as JSON."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
from pydantic import BaseModel, ConfigDict

from facecore.models import Thresholds
from facecore.vision.gallery import Embedding, Gallery, Vector
from services.recognizer.benchmarks.speed_results import Spread

_AT_ONCE = 10_000
"""Faces that are made and loaded together, as in a load from the store."""
_RUNS = 60


class Cost(BaseModel):
    """The cost of one size of gallery. Times are in milliseconds unless the name says seconds.

    Attributes:
        search: time of a search for one face.
        search_cpu_ms: processor time of the median search, of all threads.
        enrolment: time to enrol one more face, with the search for a person who has it already.
        memory_mb: the most memory that the gallery added to the process.
    """

    model_config = ConfigDict(frozen=True)

    dimension: int
    faces: int
    people: int
    search: Spread
    search_cpu_ms: float
    search_of_eight: Spread
    enrolment: Spread
    load_s: float
    memory_mb: int


def main(faces: int, dimension: int, photos: int) -> None:
    """Measure and print the cost."""
    random = np.random.default_rng(0)
    gallery = Gallery("synthetic", dimension, Thresholds(match=0.44, uncertain=0.38, margin=0.04))
    before = _peak_mb()
    load_s = sum(
        _load(gallery, _embeddings(random, dimension, len(part)), part, photos)
        for part in _parts(faces)
    )

    later = iter(_embeddings(random, dimension, _RUNS))

    def enrol() -> None:
        face = next(later)
        gallery.add(f"later/{gallery.size}", "later", face)

    def search(count: int) -> Spread:
        looks = iter([_embeddings(random, dimension, count) for _ in range(_RUNS)])
        return _spread(lambda: gallery.match(next(looks)))

    cost = Cost(
        dimension=dimension,
        faces=faces,
        people=gallery.people,
        search=search(1),
        search_cpu_ms=_spread_of_cpu(gallery, _embeddings(random, dimension, _RUNS)).median,
        search_of_eight=search(8),
        enrolment=_spread(enrol),
        load_s=round(load_s, 2),
        memory_mb=_peak_mb() - before,
    )
    sys.stdout.write(cost.model_dump_json())


def _parts(faces: int) -> Iterator[range]:
    for start in range(0, faces, _AT_ONCE):
        yield range(start, min(start + _AT_ONCE, faces))


def _load(gallery: Gallery, embeddings: list[Embedding], part: range, photos: int) -> float:
    """Add faces; return the seconds, without the time to make them."""
    labels = [f"person-{number // photos:07}" for number in part]
    ids = [f"{label}/{number:032x}" for label, number in zip(labels, part, strict=True)]
    started = time.perf_counter()
    gallery.extend(zip(ids, labels, embeddings, strict=True))
    return time.perf_counter() - started


def _embeddings(random: np.random.Generator, dimension: int, count: int) -> list[Embedding]:
    vectors: Vector = random.standard_normal((count, dimension), np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    return [Embedding("synthetic", vector) for vector in vectors]


def _spread(call: Callable[[], object]) -> Spread:
    return Spread.of([_ms(call) for _ in range(_RUNS)])


def _spread_of_cpu(gallery: Gallery, looks: list[Embedding]) -> Spread:
    taken = []
    for look in looks:
        started = time.process_time()
        gallery.match([look])
        taken.append((time.process_time() - started) * 1000)
    return Spread.of(taken)


def _ms(call: Callable[[], object]) -> float:
    started = time.perf_counter()
    call()
    return (time.perf_counter() - started) * 1000


def _peak_mb() -> int:
    status = Path("/proc/self/status").read_text(encoding="utf-8")
    (line,) = (line for line in status.splitlines() if line.startswith("VmHWM:"))
    return int(line.split()[1]) // 1024


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
