"""How the fetching of a model or of pictures tells where it is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

Stage = Literal["waiting", "downloading", "building", "ready"]


@dataclass(frozen=True, slots=True)
class Step:
    """Where the fetching of ``name`` is.

    Attributes:
        stage: ``waiting`` is for another process that fetches the same.
        done, total: bytes, while downloading; 0 otherwise and while the size is unknown.

    """

    name: str
    stage: Stage
    done: int = 0
    total: int = 0


Progress = Callable[[Step], None]
"""Called on every step, in the caller's thread. A service logs it; a command line draws it."""


def silent(step: Step) -> None:
    """Tells nobody."""
