"""The ``recognizer`` command: serve, and look after people, devices and sightings.

One module a command group; ``main`` puts them together.
"""

from recognizer.entrypoints.cli.main import app

__all__ = ["app"]
