"""Logs: JSON lines in Powertools' format, one a request, with what it took and what came of it."""

from __future__ import annotations

import logging
import os
import sys
from dataclasses import asdict, replace
from typing import Any

from aws_lambda_powertools.logging.formatter import LambdaPowertoolsFormatter

from facecore.log_limits import limit_accept_errors
from recognizer.domain.request_report import RequestReport
from recognizer.observability.invocation import current_invocation
from recognizer.observability.request import current_request

logger = logging.getLogger("recognizer.request")

_HEARD = ("facecore", "recognizer", "uvicorn")
"""These say what the level lets them. All others only warn: at a lower level they tell of pictures'
metadata, of queries, and of what they send to AWS, signatures and embeddings included.
"""
_OWN_HANDLERS = ("uvicorn", "uvicorn.error", "uvicorn.access", "mangum", "mangum.http")
_OTHERS_OWN = ("color_message", "taskName")
"""Fields that other libraries put into a record for handlers of their own."""


def configure_logging(level: str) -> None:
    """Sends every logger of the process, uvicorn's too, to standard error as JSON lines.

    Args:
        level: least level of what the service itself says.
    """
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_formatter())
    handler.addFilter(_placed)
    logging.basicConfig(handlers=[handler], level=logging.WARNING, force=True)
    for name in _HEARD:
        logging.getLogger(name).setLevel(level)
    for name in _OWN_HANDLERS:
        logging.getLogger(name).handlers.clear()
        logging.getLogger(name).propagate = True
    limit_accept_errors()
    logging.getLogger("uvicorn.access").disabled = True  # the request's own line tells more


def log_request(report: RequestReport) -> None:
    """One line a request."""
    logger.info("request", extra=_fields(report))


def _formatter() -> LambdaPowertoolsFormatter:
    return LambdaPowertoolsFormatter(
        service=service_name(),
        utc=True,
        use_rfc3339=True,
        serialize_stacktrace=False,  # the field "exception" holds the traceback already
    )


def _placed(record: logging.LogRecord) -> bool:
    """Says of a record which logger, request and invocation it is of; keeps every record."""
    for name in _OTHERS_OWN:
        record.__dict__.pop(name, None)
    record.logger = record.name
    record.request_id = current_request().request_id
    if (invocation := current_invocation()) is not None:
        record.__dict__.update(asdict(invocation))
    return True


def _fields(report: RequestReport) -> dict[str, Any]:
    fields = asdict(replace(report, recognition=None))
    del fields["recognition"], fields["operation"]  # method and route say which call it was
    if (told := report.recognition) is None:
        return fields
    made = {kind.value: n for kind, n in told.decisions.items() if n}
    return {
        **fields,
        "faces": told.faces,
        "decisions": made,
        "crops": told.crops,
        "stages_ms": dict(told.stages_ms),
    }


_VARIABLE = "POWERTOOLS_SERVICE_NAME"


def service_name() -> str:
    """Return ``POWERTOOLS_SERVICE_NAME``, which tells two deployments of one account apart.

    Every log line, metric and trace says it.
    """
    return os.environ.get(_VARIABLE) or "recognizer"
