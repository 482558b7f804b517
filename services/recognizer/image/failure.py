"""The error of a failed assembly of the image's folder."""

from __future__ import annotations


class AssemblyFailed(Exception):
    """A step failed; the message names the step and a remedy."""
