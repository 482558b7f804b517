"""Where things stand below the image's root."""

from __future__ import annotations

from pathlib import Path

PACKAGES = Path("opt/python")
"""What the package index delivers; the largest part, which changes with the lock alone."""
MODELS = Path("opt/models")
"""The built models; they change with the catalogue alone."""
TASK = Path("var/task")
"""This project's own packages, the part that changes with every commit."""
PARTS = (PACKAGES, MODELS, TASK)
"""One layer of the image each, so that a changed line of code pushes no packages again."""
