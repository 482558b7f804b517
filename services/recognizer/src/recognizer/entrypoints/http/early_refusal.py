"""Refuse pictures under overload as soon as their head is read, before any application runs.

Through FastAPI a refusal takes milliseconds of processor time, so ten times too many pictures would
take the most of it from those that are admitted. Here it takes about a fifth of a millisecond, and
neither the token nor the body is read.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from starlette.requests import Request
from starlette.routing import Route

from recognizer.bootstrap import Services
from recognizer.domain.errors import Overloaded
from recognizer.domain.request_report import RequestReport
from recognizer.entrypoints.http.middleware import set_default_headers
from recognizer.entrypoints.http.problems import problem_of
from recognizer.entrypoints.http.routes import recognitions
from recognizer.entrypoints.http.vision_call import place_of
from recognizer.observability import log_request, new_request

_ROUTES = {
    (method, route.path): route
    for route in recognitions.router.routes
    if isinstance(route, Route)
    for method in route.methods or ()
}


def early_refusal(services: Services) -> Callable[[Any], bytes | None]:
    """Return what refuses a request, by its ASGI scope: the whole response, or none to admit it.

    For ``facecore.http_server.limited_protocol``.
    """

    def refuse(scope: Any) -> bytes | None:
        route = _ROUTES.get((scope["method"], scope["path"]))
        if route is None:
            return None
        started, request = time.perf_counter(), Request(scope)
        try:
            services.vision_queue.check(place_of(services, request, urgent=False))
        except Overloaded as error:
            return _refused(services, request, route, error, started)
        return None

    return refuse


def _refused(
    services: Services, request: Request, route: Route, error: Overloaded, started: float
) -> bytes:
    with new_request() as notes:
        answer = problem_of(request, error)
        answer.headers["x-request-id"] = notes.request_id or ""
        set_default_headers(answer.headers)
        report = RequestReport(
            request_id=notes.request_id or "",
            method=request.method,
            route=route.path,
            status=answer.status_code,
            code=notes.code,
            duration_ms=round((time.perf_counter() - started) * 1000, 2),
            caller=None,
            recognition=None,
            operation=getattr(route, "operation_id", None),
        )
        log_request(report)
    if services.request_counters.count(report):
        asyncio.get_running_loop().run_in_executor(None, services.request_counters.flush)
    status = HTTPStatus(answer.status_code)
    head = f"HTTP/1.1 {status.value} {status.phrase}\r\n".encode()
    fields = b"".join(b"%b: %b\r\n" % field for field in answer.raw_headers)
    return b"".join((head, fields, b"\r\n", answer.body))
