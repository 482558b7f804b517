"""Starts the Lambda function: does all first-time work before its first event."""

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
from recognizer.observability.request import LambdaContext, during
from recognizer.settings import load_settings

logger = logging.getLogger(__name__)


def start_function() -> LambdaFunction:
    """Return the function, ready for events.

    Models and gallery are loaded, routes are built, the store is reached, and one picture has
    been analysed.

    Raises:
        SettingsInvalid: a variable can't be used.
        ModelError: a model can't be loaded.
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
    function = _warm(_app(traces.with_tracing(services, tracer)), services.vision)
    traces.trace_aws(tracer)
    return function


def _app(services: Services) -> FastAPI:
    return create_app(services, reporters=(log_request, emit_metrics))


def _warm(app: FastAPI, vision: Vision) -> LambdaFunction:
    """Run the networks, build the routes and open the connections before their first use."""
    vision.analyze(_empty_picture())
    function = LambdaFunction(app)
    with unreported():
        function.answer(_event("GET", "/v1/nowhere"))  # builds and searches all routes
        function.answer(_event("GET", "/v1/health"))
        function.answer(_event("POST", "/v1/recognitions"))  # refused, since it has no token
    return function


def _empty_picture() -> bytes:
    """Return a JPEG with an EXIF rotation, as cameras send it: undoing it loads more modules."""
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
    """The app behind API Gateway, through Mangum: takes HTTP API v2 events, returns responses.

    Bodies that are not text travel as base64 in both directions.

    Lambda does not announce its end, so the lifespan is off. One event loop serves all
    invocations; an invocation begins when the previous one has ended.
    """

    def __init__(self, app: FastAPI) -> None:
        self._loop = asyncio.new_event_loop()
        asyncio.set_event_loop(self._loop)  # where Mangum takes it from
        self._answer = Mangum(app, lifespan="off", text_mime_types=_TEXT)
        self._cold = os.environ.get(_INITIALIZATION) != "provisioned-concurrency"

    def __call__(self, event: Event, context: LambdaContext) -> Answer:
        """Return the response to one HTTP API event (payload format 2.0)."""
        cold, self._cold = self._cold, False
        with during(context, cold_start=cold):
            return self.answer(event, context)

    def answer(self, event: Event, context: LambdaContext | None = None) -> Answer:
        """Return the response to an event that may come without an invocation."""
        return self._answer(dict(event), cast(MangumContext, context))

    def close(self) -> None:
        """Close the event loop."""
        asyncio.set_event_loop(None)
        self._loop.close()
