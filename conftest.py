"""What holds for every test: bytecode, Ctrl-C, and how much property tests try."""

from __future__ import annotations

import os
import signal
import sys

from hypothesis import HealthCheck, settings

# Tests start hundreds of Pythons, and each would compile all that it imports.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False

# A shell ignores SIGINT for what it starts in the background, and every child would inherit that.
signal.signal(signal.SIGINT, signal.default_int_handler)

# An example has no deadline: how long it takes depends on what else the machine does.
settings.register_profile(
    "quick", max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile("thorough", settings.get_profile("quick"), max_examples=200)
settings.load_profile("quick")
