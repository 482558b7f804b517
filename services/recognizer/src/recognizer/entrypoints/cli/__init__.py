"""The ``recognizer`` command: serve, and manage people, devices, sightings and videos.

Each command or command group has its own module; ``main`` registers them.
"""

from recognizer.entrypoints.cli.main import app

__all__ = ["app"]
