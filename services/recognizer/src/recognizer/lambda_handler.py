"""What Lambda calls: ``recognizer.lambda_handler.handler``. Everything loads at the cold start."""

from __future__ import annotations

from recognizer.app import app_from_environment
from recognizer.lambda_adapter import adapt

handler = adapt(app_from_environment())
