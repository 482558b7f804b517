"""Shared fixtures: one analyzer with the real weights, and the real application."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from facecore import samples
from facecore.vision.analyzer import FaceAnalyzer, load_analyzer
from tests.support.api import Api
from tests.support.pictures import Portraits, shrunk
from tests.support.recognizers import behind_uvicorn


@pytest.fixture(scope="session")
def analyzer() -> FaceAnalyzer:
    return load_analyzer(threads=1)


@pytest.fixture(scope="session")
def portrait_files() -> dict[str, Path]:
    return samples.ensure()


@pytest.fixture(scope="session")
def portraits(portrait_files: dict[str, Path]) -> Portraits:
    """Return the portraits, no higher than a camera's frame: detection takes time by the pixel."""
    read = {name: shrunk(path.read_bytes(), 640) for name, path in portrait_files.items()}
    return Portraits(
        obama=read["obama"],
        obama_again=read["obama2"],
        biden=read["biden"],
        collins=read["collins"],
        hopper=read["hopper"],
        obama_half_face=read["obama-left-half"],
    )


@pytest.fixture(scope="session")
def running(analyzer: FaceAnalyzer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Api]:
    """Serve one application behind uvicorn, for tests that only check whether it answers."""
    with behind_uvicorn(tmp_path_factory.mktemp("running"), analyzer) as api:
        yield api
