"""The recognizer: answers who is in a picture, with the person's record.

A request comes in at ``entrypoints``, which calls ``use_cases``; these know people, faces and
pictures from ``domain`` and reach the world by the ports there, which ``adapters`` implement.
``bootstrap`` alone chooses the adapters. import-linter keeps these layers (``pyproject.toml``).
"""

from importlib.metadata import version

__version__ = version("recognizer")
