"""The contract suite runs three times: in process, behind uvicorn, and as a Lambda function."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI

from facecore.analyzer import FaceAnalyzer
from recognizer.app import bare_app
from tests.api import Api
from tests.recognizers import as_lambda, behind_uvicorn, in_process

TRANSPORTS = {"in process": in_process, "uvicorn": behind_uvicorn, "lambda": as_lambda}


@pytest.fixture(scope="session")
def app() -> FastAPI:
    return bare_app()


@pytest.fixture(params=TRANSPORTS)
def api(
    request: pytest.FixtureRequest, analyzer: FaceAnalyzer, app: FastAPI, tmp_path: Path
) -> Iterator[Api]:
    """A new application with nobody enrolled and one device, ``door``."""
    with TRANSPORTS[request.param](tmp_path / "data", analyzer, app) as api:
        yield api
