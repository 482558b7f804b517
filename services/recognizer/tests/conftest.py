"""Fixtures of the recognizer's tests. Tests that need a real face share one analyzer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from botocore.config import Config

from facecore import samples
from facecore.vision.analyzer import FaceAnalyzer, load_analyzer
from recognizer.adapters.aws import clients
from services.recognizer.tests.service import Service, SettableClock, service_on


@pytest.fixture(scope="session", autouse=True)
def _patient_clients() -> Iterator[None]:
    """Raise the clients' timeouts: moto on a busy machine takes longer than AWS."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(clients, "_READ_S", 120.0)
        patch.setattr(clients, "_CONNECT_S", 120.0)
        patient = Config(connect_timeout=120, read_timeout=120)
        patch.setattr(clients, "_FAIL_FAST", clients._FAIL_FAST.merge(patient))
        yield


@pytest.fixture(scope="session")
def analyzer() -> FaceAnalyzer:
    return load_analyzer(threads=1)


@pytest.fixture(scope="session")
def portraits() -> Mapping[str, bytes]:
    """Return the public-domain pictures by name."""
    return {name: path.read_bytes() for name, path in samples.ensure().items()}


@pytest.fixture
def clock() -> SettableClock:
    return SettableClock()


@pytest.fixture
def service(tmp_path: Path, clock: SettableClock) -> Iterator[Service]:
    """Open a service with the fake vision."""
    with service_on(tmp_path / "data", now=clock) as service:
        yield service
