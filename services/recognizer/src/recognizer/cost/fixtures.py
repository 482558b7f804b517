"""What ``terraform`` makes and AWS bills by the month, whether anybody is filmed or not."""

from __future__ import annotations

ALARMS = 4
"""Errors, throttles, slow answers, and the API's own failures."""
DASHBOARDS = 1
METRICS = 15
"""Series that the function writes in the namespace ``Recognizer``."""
IMAGE_GB = 0.2
"""One image, compressed as the registry keeps it; the default keeps several."""
