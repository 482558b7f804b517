"""What is logged of the service's work, and the request and invocation that it belongs to.

None of these may be in a log, nor in the metrics and traces of Lambda: a picture, a crop, an
embedding, a token, a link's signature, a person's label or name. So a report has the route's
template and not the path, and no query.
"""

from recognizer.observability.logs import configure_logging, log_request
from recognizer.observability.request import (
    CountRequest,
    Reporter,
    RequestMiddleware,
    current_request,
    unreported,
)

__all__ = [
    "CountRequest",
    "Reporter",
    "RequestMiddleware",
    "configure_logging",
    "current_request",
    "log_request",
    "unreported",
]
