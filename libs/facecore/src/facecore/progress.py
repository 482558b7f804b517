"""Progress reports of fetching models and pictures."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

Stage = Literal["waiting", "downloading", "building", "ready"]


@dataclass(frozen=True, slots=True)
class Step:
    """The current step of fetching ``name``.

    Attributes:
        stage: ``waiting`` means that another process fetches the same.
        done, total: bytes of a download; 0 in other stages or if the size is unknown.

    """

    name: str
    stage: Stage
    done: int = 0
    total: int = 0


Progress = Callable[[Step], None]
"""Called at every step in the caller's thread. A service logs it; a command line draws it."""


def silent(step: Step) -> None:
    """Ignore the step."""
