"""The service's name, as every log line, metric and trace says it."""

from __future__ import annotations

import os

_VARIABLE = "POWERTOOLS_SERVICE_NAME"


def service_name() -> str:
    """``POWERTOOLS_SERVICE_NAME``, so that two deployments in one account can be told apart."""
    return os.environ.get(_VARIABLE) or "recognizer"
