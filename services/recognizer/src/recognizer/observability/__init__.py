"""Logs, and the request and the invocation that a log line belongs to.

No log, metric or trace may hold a picture, a crop, an embedding, a token, a link's signature, or a
person's label or name. So a report holds the route's template, and neither path nor query.
"""

from recognizer.observability.logs import configure_logging, limit_refusals, log_request
from recognizer.observability.request import (
    CountRequest,
    Reporter,
    RequestMiddleware,
    current_request,
    new_request,
    unreported,
)

__all__ = [
    "CountRequest",
    "Reporter",
    "RequestMiddleware",
    "configure_logging",
    "current_request",
    "limit_refusals",
    "log_request",
    "new_request",
    "unreported",
]
