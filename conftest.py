"""How much the property tests try: little in ``make test``, much in ``make test-all``."""

from __future__ import annotations

from hypothesis import HealthCheck, settings

# An example has no deadline: how long it takes depends on what else the machine does.
settings.register_profile(
    "quick", max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile("thorough", settings.get_profile("quick"), max_examples=200)
settings.load_profile("quick")
