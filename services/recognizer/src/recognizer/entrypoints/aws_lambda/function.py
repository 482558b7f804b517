"""What the function does before its first event, so that the first request is a normal one."""

from __future__ import annotations

import asyncio
import io
import logging
import os
from collections.abc import Mapping
from typing import Any, cast

from fastapi import FastAPI
from mangum import Mangum
from mangum.types import LambdaContext as MangumContext
from PIL import ExifTags, Image

from recognizer.bootstrap import Services, build
from recognizer.domain.ports import Vision
from recognizer.entrypoints.aws_lambda import traces
from recognizer.entrypoints.aws_lambda.metrics import emit_metrics
from recognizer.entrypoints.http.app import create_app
from recognizer.entrypoints.http.problems import MEDIA_TYPE
from recognizer.observability import configure_logging, log_request, unreported
from recognizer.observability.invocation import LambdaContext, during
from recognizer.settings import load_settings

logger = logging.getLogger(__name__)


def start_function() -> LambdaFunction:
    """The function, ready: models and gallery loaded, routes built, store reached, a picture seen.

    Raises:
        SettingsInvalid: a variable can't be used.
        ModelError: a model can't be had.
        StoreUnavailable: the store can't be reached.
    """
    configure_logging("INFO")
    try:
        return _started()
    except Exception as error:
        logger.critical("the function can't start: %s", error)
        raise


def _started() -> LambdaFunction:
    settings = load_settings()
    configure_logging(settings.log_level)
    services = build(settings)
    if not traces.is_wanted():
        return _warm(_app(services), services.vision)
    tracer = traces.new_tracer()
    function = _warm(_app(traces.traced(services, tracer)), services.vision)
    traces.trace_aws(tracer)
    return function


def _app(services: Services) -> FastAPI:
    return create_app(services, reporters=(log_request, emit_metrics))


def _warm(app: FastAPI, vision: Vision) -> LambdaFunction:
    """Does once what would be done at first use: networks run, routes built, connections opened."""
    vision.analyze(_empty_picture())
    function = LambdaFunction(app)
    with unreported():
        function.answer(_event("GET", "/v1/nowhere"))  # looked for among all routes
        function.answer(_event("GET", "/v1/health"))
        function.answer(_event("POST", "/v1/recognitions"))  # refused: it has no token
    return function


def _empty_picture() -> bytes:
    """Turned, as cameras send them: turning it back takes modules of its own."""
    turned = Image.Exif()
    turned[ExifTags.Base.Orientation] = 6
    picture = io.BytesIO()
    Image.new("RGB", (640, 480), "grey").save(picture, "JPEG", exif=turned)
    return picture.getvalue()


def _event(method: str, path: str) -> Event:
    request = {"method": method, "path": path, "sourceIp": "127.0.0.1", "protocol": "HTTP/1.1"}
    return {
        "version": "2.0",
        "rawPath": path,
        "headers": {},
        "requestContext": {"http": request},
        "isBase64Encoded": False,
    }


_TEXT = ["text/", "application/json", MEDIA_TYPE]
_INITIALIZATION = "AWS_LAMBDA_INITIALIZATION_TYPE"

Event = Mapping[str, Any]
Answer = dict[str, Any]


class LambdaFunction:
    """The app behind API Gateway, through Mangum: HTTP API v2 events in, answers out.

    Bodies that are not text travel as base64, both ways.

    Lambda gives no moment at which to close anything, so the lifespan is off. One event loop, made
    here, serves all invocations; an invocation begins when the one before has ended.
    """

    def __init__(self, app: FastAPI) -> None:
        self._loop = asyncio.new_event_loop()
        asyncio.set_event_loop(self._loop)  # where Mangum takes it from
        self._answer = Mangum(app, lifespan="off", text_mime_types=_TEXT)
        self._cold = os.environ.get(_INITIALIZATION) != "provisioned-concurrency"

    def __call__(self, event: Event, context: LambdaContext) -> Answer:
        """The answer to one HTTP API event (payload format 2.0)."""
        cold, self._cold = self._cold, False
        with during(context, cold_start=cold):
            return self.answer(event, context)

    def answer(self, event: Event, context: LambdaContext | None = None) -> Answer:
        """Likewise, of an event that is no invocation."""
        return self._answer(dict(event), cast(MangumContext, context))

    def close(self) -> None:
        """Ends the event loop."""
        asyncio.set_event_loop(None)
        self._loop.close()
