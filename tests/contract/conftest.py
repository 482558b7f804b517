"""The contract suite runs three times: in process, behind uvicorn, and as a Lambda function.

The first two keep their data in a folder, the function in moto's DynamoDB and S3.
A test marked ``one_transport`` runs in process only: it is about refusals by the application
itself, which do not depend on the transport. ``make test`` leaves uvicorn to ``make test-all``:
the tests of the console and of the command line use it too.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from fastapi import FastAPI

from facecore.vision.analyzer import FaceAnalyzer
from recognizer.entrypoints.http.app import bare_app
from tests.support.api import Api
from tests.support.moto import Moto, moto
from tests.support.recognizers import Deployed, behind_uvicorn, deployed, in_process

__all__ = ["moto"]

TRANSPORTS = (
    "in process",
    "lambda",
    pytest.param("uvicorn", marks=pytest.mark.exhaustive),
)


@pytest.fixture(scope="session")
def app() -> FastAPI:
    return bare_app()


@pytest.fixture(scope="session")
def function(moto: Moto) -> Iterator[Deployed]:
    """Start one process for all tests of a worker, because the start takes seconds."""
    moto.renew()
    with deployed(moto.environment()) as function:
        yield function


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Choose the transports of each test."""
    if "api" in metafunc.fixturenames:
        one = any(metafunc.definition.iter_markers("one_transport"))
        metafunc.parametrize("api", TRANSPORTS[:1] if one else TRANSPORTS, indirect=True)


@pytest.fixture
def api(
    request: pytest.FixtureRequest, analyzer: FaceAnalyzer, app: FastAPI, tmp_path: Path
) -> Iterator[Api]:
    """Return a new application with nobody enrolled and one device, ``door``."""
    opened: AbstractContextManager[Api]
    if request.param == "lambda":
        request.getfixturevalue("moto").renew()
        opened = request.getfixturevalue("function").api(analyzer)
    elif request.param == "uvicorn":
        opened = behind_uvicorn(tmp_path / "data", analyzer, app)
    else:
        opened = in_process(tmp_path / "data", analyzer, app)
    with opened as api:
        yield api
