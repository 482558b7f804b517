"""The HTTP application, made from services that are given to it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

from anyio import to_thread
from fastapi import FastAPI
from starlette.routing import Route
from starlette.types import Scope

from recognizer import __version__
from recognizer.adapters.sqlite.video_retention import pruned_hourly
from recognizer.bootstrap import Services, build
from recognizer.domain.request_report import RequestReport
from recognizer.entrypoints.http import openapi, problems
from recognizer.entrypoints.http.middleware import BodyLimitMiddleware, ResponseHeadersMiddleware
from recognizer.entrypoints.http.routes import (
    audit_and_retention,
    console,
    devices,
    health,
    local_videos,
    people,
    photos,
    recognitions,
    sessions,
    sightings,
    tracks,
    unknown_people,
    videos,
    visits,
)
from recognizer.observability import (
    Reporter,
    RequestMiddleware,
    configure_logging,
    log_request,
)
from recognizer.settings import load_settings

_ROUTERS = (
    health,
    recognitions,
    people,
    photos,
    sightings,
    visits,
    tracks,
    unknown_people,
    videos,
    devices,
    audit_and_retention,
    sessions,
    local_videos,
    console,
    openapi,
)


def create_app(services: Services, *, reporters: Sequence[Reporter] = (log_request,)) -> FastAPI:
    """Return the app over these services. The end of its lifespan closes them.

    Args:
        services: what the app calls.
        reporters: are called with a report of each finished request.
    """
    app = bare_app(reporters=reporters, lifespan=_lifespan)
    app.state.services = services
    return app


def app_from_environment() -> FastAPI:
    """Return the app for local development, with the environment's settings.

    ``uvicorn --factory recognizer.entrypoints.http.app:app_from_environment`` calls it.

    Models and gallery are loaded now, not by the first request. uvicorn's command line does not
    limit idle and slow connections, and trusts ``X-Forwarded-For`` from loopback unless
    ``--no-proxy-headers`` is given. ``recognizer serve`` solves both (``http_config``).
    """
    settings = load_settings()
    configure_logging(settings.log_level)
    return create_app(build(settings))


def bare_app(*, reporters: Sequence[Reporter] = (log_request,), **options: Any) -> FastAPI:
    """Return the app without services: it can be described, but can't answer requests."""
    app = FastAPI(
        title="Recognizer",
        version=__version__,
        description="Recognizes who is in a picture and returns each person's record.",
        redirect_slashes=False,
        # FastAPI's pages load their scripts from another host; ours is `openapi.router`.
        docs_url=None,
        redoc_url=None,
        # Environment variables alone must not switch on telemetry; X-Ray traces on Lambda.
        telemetry={"auto_configure": False},
        **options,
    )
    app.add_middleware(BodyLimitMiddleware)
    app.add_middleware(problems.LastResortMiddleware)
    app.add_middleware(ResponseHeadersMiddleware)
    # The middleware added last is the outermost.
    app.add_middleware(RequestMiddleware, reporters=reporters, count=_count)
    routes = [route for module in _ROUTERS for route in module.router.routes]
    problems.install(app, [route for route in routes if isinstance(route, Route)])
    for module in _ROUTERS:
        app.include_router(module.router)
    app.state.assets = console.load_assets()
    openapi.describe(app)
    return app


async def _count(scope: Scope, report: RequestReport) -> None:
    """Count a request. Write the counts on a thread, so that other requests need not wait."""
    services: Services = scope["app"].state.services
    if services.request_counters.count(report):
        await to_thread.run_sync(services.request_counters.flush)


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    services: Services = app.state.services
    async with pruned_hourly(services.video_retention):
        yield
    services.close()
