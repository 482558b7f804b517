"""Part of ``speed``: the service on a folder, with the people of the frames enrolled."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from facecore.contract import PersonUpdate
from libs.facecore.benchmarks import frames
from recognizer.bootstrap import Services, build
from recognizer.settings import Settings
from recognizer.use_cases.authentication import hash_token

ADMIN_TOKEN = "fra_of-this-benchmark"  # noqa: S105 - of a service that lives for a minute


@contextmanager
def opened(folder: Path, model: str, threads: int) -> Iterator[Services]:
    """Yield the services that ``recognizer serve`` makes, without HTTP."""
    services = build(
        Settings(
            data_dir=folder,
            model=model,
            threads=threads,
            admin_token_sha256=hash_token(ADMIN_TOKEN),
        )
    )
    try:
        yield services
    finally:
        services.close()


def enrol(services: Services) -> None:
    """Enrol one photo of each person in the frames."""
    for label, photo in frames.enrolment().items():
        services.stores.people.put(label, PersonUpdate(name=label), datetime.now(UTC))
        services.enrolment.add(label, photo.read_bytes())
