"""The function's handler; Lambda calls ``recognizer.entrypoints.aws_lambda.handler.handler``.

The function starts at import.
"""

from __future__ import annotations

from recognizer.entrypoints.aws_lambda.function import start_function

handler = start_function()
