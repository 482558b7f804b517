"""Why the image's folder could not be made."""

from __future__ import annotations


class AssemblyFailed(Exception):
    """A step did not do what it had to; the message says which, and what would help."""
