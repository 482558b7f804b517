"""The app behind API Gateway: HTTP API v2 events in, answers out, through Mangum."""

from __future__ import annotations

from fastapi import FastAPI
from mangum import Mangum

from recognizer.problems import MEDIA_TYPE

_TEXT = ["text/", "application/json", MEDIA_TYPE]


def adapt(app: FastAPI) -> Mangum:
    """A Lambda handler for the app; bodies that are not text travel as base64, both ways.

    Lambda gives no moment at which to close anything, so the lifespan is off.
    """
    return Mangum(app, lifespan="off", text_mime_types=_TEXT)
