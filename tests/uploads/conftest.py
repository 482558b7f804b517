"""Fixtures: the recorder's uploader, the real recognizer, and a fault proxy between them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from facecore.vision.analyzer import FaceAnalyzer
from tests.support.api import Api
from tests.support.fault_proxy import FaultProxy
from tests.support.recognizers import behind_uvicorn


@pytest.fixture(scope="session")
def recognizer(analyzer: FaceAnalyzer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Api]:
    """Start one recognizer for all tests; each test has its own segments."""
    with behind_uvicorn(tmp_path_factory.mktemp("recognizer"), analyzer) as api:
        yield api


@pytest.fixture(scope="session")
def token(recognizer: Api) -> str:
    return recognizer.admin.add_device("pi").token.get_secret_value()


@pytest.fixture
def proxy(recognizer: Api) -> Iterator[FaultProxy]:
    with FaultProxy(recognizer.url) as proxy:
        yield proxy
