"""Logs: JSON lines in Powertools' format, one per request with its duration and its result."""

from __future__ import annotations

import logging
import os
import sys
from dataclasses import asdict
from typing import Any

from aws_lambda_powertools.logging.formatter import LambdaPowertoolsFormatter

from facecore.contract import ErrorCode
from facecore.log_limits import OncePerMinute, limit_accept_errors
from recognizer.domain.request_report import RequestReport
from recognizer.observability.request import current_invocation, current_request

logger = logging.getLogger("recognizer.request")

_OWN_LOGGERS = ("facecore", "recognizer", "uvicorn")
"""Only these follow the configured level. All others log warnings and errors only: at lower levels
they log pictures' metadata, queries, and requests to AWS with signatures and embeddings.
"""
_OWN_HANDLERS = ("uvicorn", "uvicorn.error", "uvicorn.access", "mangum", "mangum.http")
_REPORTED = ("request_id", "method", "route", "status", "code", "duration_ms", "caller")
"""Fields of a request's line; method and route identify the operation."""
_OTHERS_OWN = ("color_message", "taskName")
"""Fields that other libraries add to a record for their own handlers."""


def configure_logging(level: str) -> None:
    """Send every logger of the process, uvicorn's too, to standard error as JSON lines.

    Args:
        level: least level of the service's own messages.
    """
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_formatter())
    handler.addFilter(_add_context)
    logging.basicConfig(handlers=[handler], level=logging.WARNING, force=True)
    for name in _OWN_LOGGERS:
        logging.getLogger(name).setLevel(level)
    for name in _OWN_HANDLERS:
        logging.getLogger(name).handlers.clear()
        logging.getLogger(name).propagate = True
    limit_accept_errors()
    logging.getLogger("uvicorn.access").disabled = True  # log_request writes more


def log_request(report: RequestReport) -> None:
    """Write the request's log line."""
    if logger.isEnabledFor(logging.INFO):
        logger.info("request", extra=_fields(report))


class _Refusals(OncePerMinute):
    """Passes one refusal because of overload a minute, and every other request."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Return whether to log the request."""
        overloaded = getattr(record, "code", None) == ErrorCode.OVERLOADED
        return not overloaded or super().filter(record)


_LIMITED = _Refusals("request")


def limit_refusals() -> None:
    """Log one refusal a minute: under overload there are hundreds a second. Idempotent."""
    logger.addFilter(_LIMITED)


def _formatter() -> LambdaPowertoolsFormatter:
    return LambdaPowertoolsFormatter(
        service=service_name(),
        utc=True,
        use_rfc3339=True,
        serialize_stacktrace=False,  # the field "exception" holds the traceback already
    )


def _add_context(record: logging.LogRecord) -> bool:
    """Add logger, request and invocation to the record; as a filter, let every record pass."""
    for name in _OTHERS_OWN:
        record.__dict__.pop(name, None)
    record.logger = record.name
    record.request_id = current_request().request_id
    if (invocation := current_invocation()) is not None:
        record.__dict__.update(asdict(invocation))
    return True


def _fields(report: RequestReport) -> dict[str, Any]:
    fields: dict[str, Any] = {name: getattr(report, name) for name in _REPORTED}
    if (recognition := report.recognition) is None:
        return fields
    decisions = {kind.value: n for kind, n in recognition.decisions.items() if n}
    return {
        **fields,
        "faces": recognition.faces,
        "decisions": decisions,
        "crops": recognition.crops,
        "stages_ms": dict(recognition.stages_ms),
    }


_VARIABLE = "POWERTOOLS_SERVICE_NAME"


def service_name() -> str:
    """Return ``POWERTOOLS_SERVICE_NAME``, which distinguishes two deployments in one account.

    Every log line, metric and trace holds it.
    """
    return os.environ.get(_VARIABLE) or "recognizer"
