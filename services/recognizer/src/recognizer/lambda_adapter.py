"""The app behind API Gateway: HTTP API v2 events in, answers out, through Mangum."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Mapping
from typing import Any, cast

from fastapi import FastAPI
from mangum import Mangum
from mangum.types import LambdaContext as MangumContext

from recognizer.observability.invocation import LambdaContext, during
from recognizer.problems import MEDIA_TYPE

_TEXT = ["text/", "application/json", MEDIA_TYPE]
_INITIALIZATION = "AWS_LAMBDA_INITIALIZATION_TYPE"

Event = Mapping[str, Any]
Answer = dict[str, Any]


class LambdaFunction:
    """What Lambda calls; bodies that are not text travel as base64, both ways.

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
