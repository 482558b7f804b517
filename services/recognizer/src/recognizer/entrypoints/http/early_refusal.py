"""Refuse pictures under overload before FastAPI handles them."""

from __future__ import annotations

from collections.abc import Sequence

from starlette.requests import Request
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from recognizer.bootstrap import Services
from recognizer.domain.errors import Overloaded
from recognizer.entrypoints.http.problems import problem_of
from recognizer.entrypoints.http.vision_pool import ticket_of


class EarlyRefusalMiddleware:
    """Refuses requests to ``routes`` that the queue can't answer in time.

    FastAPI takes milliseconds of processor time to find a route and to check a token. Under ten
    times too many pictures, that would take a third of the processor from the admitted ones. So
    neither the token nor the body is read here.

    Args:
        routes: routes of devices' pictures, without parameters in their paths.
    """

    def __init__(self, app: ASGIApp, routes: Sequence[Route]) -> None:
        self._app = app
        self._routes = {
            (method, route.path): route for route in routes for method in route.methods or ()
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        route = self._routes.get((scope.get("method", ""), scope.get("path", "")))
        if route is not None:
            services: Services = scope["app"].state.services
            request = Request(scope)
            try:
                services.vision_queue.check(ticket_of(services, request, urgent=False))
            except Overloaded as error:
                scope["route"] = route  # for the request's report
                await problem_of(request, error)(scope, receive, send)
                return
        await self._app(scope, receive, send)
