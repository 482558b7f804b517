"""Processes that end in the middle of their work leave half a file of coverage.py's."""

from __future__ import annotations

UNMEASURED = {"COVERAGE_PROCESS_CONFIG": "", "COVERAGE_PROCESS_START": ""}
"""Of the environment of a process that a test kills, or whose files it limits."""
