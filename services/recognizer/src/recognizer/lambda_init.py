"""What the function does before its first event, so that the first request is a normal one."""

from __future__ import annotations

import io
import logging

from fastapi import FastAPI
from PIL import ExifTags, Image

from recognizer.app import create_app
from recognizer.bootstrap import Services, build
from recognizer.lambda_adapter import Event, LambdaFunction
from recognizer.observability import configure_logging, log_request, traces, unreported
from recognizer.observability.metrics import emit_metrics
from recognizer.ports import Vision
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
