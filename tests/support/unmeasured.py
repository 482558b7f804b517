"""A killed process leaves a partial file of coverage.py, so it must not measure."""

from __future__ import annotations

UNMEASURED = {"COVERAGE_PROCESS_CONFIG": "", "COVERAGE_PROCESS_START": ""}
"""Variables for a process that a test kills, or whose file size it limits."""
