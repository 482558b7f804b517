"""What is told of the service's work: logs everywhere, metrics and traces on Lambda.

Never in any of them: a picture, a crop, an embedding, a token, a link's signature, a person's label
or name. So the route's template is told and not the path, and no query.
"""

from recognizer.observability.logs import configure_logging, log_request
from recognizer.observability.request import (
    CountRequest,
    Reporter,
    RequestMiddleware,
    RequestReport,
    current_request,
    unreported,
)

__all__ = [
    "CountRequest",
    "Reporter",
    "RequestMiddleware",
    "RequestReport",
    "configure_logging",
    "current_request",
    "log_request",
    "unreported",
]
