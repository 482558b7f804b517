"""The real application over a folder of its own, reached in three ways."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import uvicorn
from fastapi import FastAPI

from facecore.analyzer import FaceAnalyzer
from recognizer.app import bare_app
from recognizer.bootstrap import assemble, open_stores
from recognizer.lambda_adapter import adapt
from recognizer.settings import Settings
from recognizer.tokens import hash_token, new_admin_token
from tests.api import Api
from tests.transports import InProcess, Lambda

NOWHERE = "http://recognizer.localhost"


@contextmanager
def in_process(folder: Path, analyzer: FaceAnalyzer, app: FastAPI | None = None) -> Iterator[Api]:
    """The ASGI application, called directly."""
    with _application(folder, analyzer, app) as (served, token):
        yield from _open(NOWHERE, token, analyzer, InProcess(served))


@contextmanager
def as_lambda(folder: Path, analyzer: FaceAnalyzer, app: FastAPI | None = None) -> Iterator[Api]:
    """The Lambda handler, called with an HTTP API's events."""
    with _application(folder, analyzer, app) as (served, token), _event_loop():
        yield from _open(NOWHERE, token, analyzer, Lambda(adapt(served)))


@contextmanager
def behind_uvicorn(
    folder: Path, analyzer: FaceAnalyzer, app: FastAPI | None = None
) -> Iterator[Api]:
    """A uvicorn server on a free port of loopback."""
    with _application(folder, analyzer, app) as (served, token), _served(served) as url:
        yield from _open(url, token, analyzer, None)


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
    folder: Path, analyzer: FaceAnalyzer, app: FastAPI | None
) -> Iterator[tuple[FastAPI, str]]:
    """New services over the folder, in the app that is given (its routes take a while to build)."""
    token = new_admin_token()
    settings = Settings(data_dir=folder, admin_token_sha256=hash_token(token))
    services = assemble(settings, analyzer, open_stores(settings))
    app = app or bare_app()
    app.state.services = services
    try:
        yield app, token
    finally:
        services.close()


@contextmanager
def _event_loop() -> Iterator[None]:
    """The loop that Mangum takes for all invocations; it would make one and never close it."""
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    try:
        yield
    finally:
        asyncio.set_event_loop(None)
        loop.close()


@contextmanager
def _served(app: FastAPI) -> Iterator[str]:
    with socket.socket(proto=socket.IPPROTO_TCP) as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()  # now, so that the first call waits for the server instead of failing
        server = uvicorn.Server(uvicorn.Config(app, log_config=None, lifespan="off"))
        thread = threading.Thread(target=server.run, args=([listening],))
        thread.start()
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join()
