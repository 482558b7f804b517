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
from recognizer.entrypoints.http import problems
from recognizer.entrypoints.http.console.assets import load_assets
from recognizer.entrypoints.http.middleware import AnswerHeadersMiddleware, BodyLimitMiddleware
from recognizer.entrypoints.http.openapi import describe
from recognizer.entrypoints.http.routes import (
    audit,
    console,
    crops,
    device_setup,
    devices,
    documentation,
    export,
    health,
    local_videos,
    people,
    photos,
    portraits,
    recognitions,
    retention,
    sessions,
    sightings,
    statistics,
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
    portraits,
    export,
    sightings,
    visits,
    tracks,
    crops,
    unknown_people,
    videos,
    devices,
    device_setup,
    statistics,
    audit,
    retention,
    sessions,
    local_videos,
    console,
    documentation,
)


def create_app(services: Services, *, reporters: Sequence[Reporter] = (log_request,)) -> FastAPI:
    """The app over these services. When its lifespan ends, it closes them.

    Args:
        services: what the app calls.
        reporters: are told of each request when it is done.
    """
    app = bare_app(reporters=reporters, lifespan=_closing)
    app.state.services = services
    return app


def app_from_environment() -> FastAPI:
    """Make the app for local work, by the environment's settings.

    ``uvicorn --factory recognizer.entrypoints.http.app:app_from_environment`` calls it.

    Models and gallery are loaded now, not by the first request. uvicorn's command line has no
    limits on idle and slow connections, and believes ``X-Forwarded-For`` from loopback unless
    ``--no-proxy-headers`` is given; ``recognizer serve`` has both (``http_config``).
    """
    settings = load_settings()
    configure_logging(settings.log_level)
    return create_app(build(settings))


def bare_app(*, reporters: Sequence[Reporter] = (log_request,), **options: Any) -> FastAPI:
    """The app without services: enough to describe it, not to answer."""
    app = FastAPI(
        title="Recognizer",
        version=__version__,
        description="Who is in a picture, with the person's record.",
        redirect_slashes=False,
        # FastAPI's pages load their scripts from another host; ours is `routes.documentation`.
        docs_url=None,
        redoc_url=None,
        # Nothing goes to where only the environment says; traces on Lambda are X-Ray's.
        telemetry={"auto_configure": False},
        **options,
    )
    app.add_middleware(BodyLimitMiddleware)
    app.add_middleware(problems.LastResortMiddleware)
    app.add_middleware(AnswerHeadersMiddleware)
    # The last added is the outermost.
    app.add_middleware(RequestMiddleware, reporters=reporters, count=_count)
    routes = [route for module in _ROUTERS for route in module.router.routes]
    problems.install(app, [route for route in routes if isinstance(route, Route)])
    for module in _ROUTERS:
        app.include_router(module.router)
    app.state.assets = load_assets()
    describe(app)
    return app


async def _count(scope: Scope, report: RequestReport) -> None:
    """On a thread: what is written may take a while, and others are answered meanwhile."""
    services: Services = scope["app"].state.services
    if services.counting.count(report):
        await to_thread.run_sync(services.counting.flush)


@asynccontextmanager
async def _closing(app: FastAPI) -> AsyncIterator[None]:
    services: Services = app.state.services
    async with pruned_hourly(services.video_retention):
        yield
    services.close()
