"""The real application: in this process or behind uvicorn, over a folder; on Lambda, over AWS."""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import uvicorn
from fastapi import FastAPI

from facecore.http_server import LimitedServer
from facecore.vision.analyzer import FaceAnalyzer
from recognizer.bootstrap import Services, assemble, open_stores
from recognizer.domain.clock import Clocks
from recognizer.entrypoints.http.app import bare_app
from recognizer.entrypoints.http.early_refusal import early_refusal
from recognizer.entrypoints.http.server import http_config
from recognizer.settings import Settings
from recognizer.use_cases.authentication import hash_token, new_admin_token
from tests.support.api import Api
from tests.support.local_lambda import LocalLambda
from tests.support.transports import InProcess, ThroughLambda

HOST = "recognizer.localhost"
NOWHERE = f"http://{HOST}"
_REAL = Clocks()


@contextmanager
def in_process(folder: Path, analyzer: FaceAnalyzer, app: FastAPI | None = None) -> Iterator[Api]:
    """Call the ASGI application directly."""
    with _application(folder, analyzer, app) as (served, token):
        yield from _open(NOWHERE, token, analyzer, InProcess(served))


@contextmanager
def behind_uvicorn(
    folder: Path,
    analyzer: FaceAnalyzer,
    app: FastAPI | None = None,
    *,
    clocks: Clocks = _REAL,
) -> Iterator[Api]:
    """Start a uvicorn server on a free port of loopback."""
    with _application(folder, analyzer, app, clocks) as (served, token), _served(served) as url:
        yield from _open(url, token, analyzer, None)


@dataclass(frozen=True, slots=True)
class Deployed:
    """A running function, and its admin's token."""

    function: LocalLambda
    admin_token: str

    @contextmanager
    def api(self, analyzer: FaceAnalyzer) -> Iterator[Api]:
        """Return the function behind an API Gateway, over empty stores."""
        yield from _open(NOWHERE, self.admin_token, analyzer, ThroughLambda(self.function, HOST))


@contextmanager
def deployed(env: Mapping[str, str]) -> Iterator[Deployed]:
    """Start the Lambda function with these variables and those of this process."""
    token = new_admin_token()
    settings = {
        "RECOGNIZER_ADMIN_TOKEN_SHA256": hash_token(token),
        "RECOGNIZER_GALLERY_REFRESH_S": "0",
        "RECOGNIZER_THREADS": "1",
    }
    with LocalLambda({**os.environ, **settings, **env}) as function:
        yield Deployed(function, token)


def _open(
    url: str, token: str, analyzer: FaceAnalyzer, transport: httpx.BaseTransport | None
) -> Iterator[Api]:
    api = Api(url, token, analyzer, transport)
    try:
        yield api
    finally:
        api.close()


@contextmanager
def _application(
    folder: Path,
    analyzer: FaceAnalyzer,
    app: FastAPI | None,
    clocks: Clocks = _REAL,
) -> Iterator[tuple[FastAPI, str]]:
    """Put new services over the folder into the given app, whose routes take a while to build."""
    token = new_admin_token()
    settings = Settings(data_dir=folder, admin_token_sha256=hash_token(token))
    stores = open_stores(settings, now=clocks.now, monotonic=clocks.monotonic)
    services = assemble(settings, analyzer, stores, now=clocks.now, monotonic=clocks.monotonic)
    app = app or bare_app()
    app.state.services = services
    try:
        yield app, token
    finally:
        services.close()


def _config(app: FastAPI) -> uvicorn.Config:
    services: Services = app.state.services
    config = http_config(app, services.settings, early_refusal(services))
    config.lifespan = "off"
    return config


@contextmanager
def _served(app: FastAPI) -> Iterator[str]:
    with socket.socket(proto=socket.IPPROTO_TCP) as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()  # now, so that the first call waits for the server instead of failing
        server = LimitedServer(_config(app))
        thread = threading.Thread(target=server.run, args=([listening],))
        thread.start()
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join()
