"""Counters of the service's own work, and their summary for ``GET /v1/statistics``."""
