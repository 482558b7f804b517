"""The folders below the image's root."""

from __future__ import annotations

from pathlib import Path

PACKAGES = Path("opt/python")
"""The packages of the package index: the largest part, which changes only with the lock."""
MODELS = Path("opt/models")
"""The built models, which change only with the catalogue."""
TASK = Path("var/task")
"""This project's own packages, the part that changes with every commit."""
PARTS = (PACKAGES, MODELS, TASK)
"""One layer of the image for each part, so that a change of code pushes no packages again."""
