"""What Lambda calls: ``recognizer.lambda_handler.handler``. Everything is made ready at import."""

from __future__ import annotations

from recognizer.lambda_init import start_function

handler = start_function()
