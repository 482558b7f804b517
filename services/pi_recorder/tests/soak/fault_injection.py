"""Random faults for the recorder: the same seed gives the same faults."""

from __future__ import annotations

import random
from dataclasses import dataclass

from tests.support.fault_proxy import Fault, honest
from tests.support.faults import ALL

_KILLED = 0.85
_FROM_START = 0.15
_HONEST = 0.4
_LONGEST_START_S = 11.0
_TIGHT = ("8KiB", "16KiB", "32KiB")
"""Small quotas of a spool: about five, ten and twenty seconds of video."""


@dataclass(frozen=True, slots=True)
class RecorderStart:
    """One start of the recorder.

    Attributes:
        seconds: how long it lasts, counted from its first frame.
        from_start: ``seconds`` count from the start, so that it may end before its first frame.
        killed: whether a kill ends it; otherwise a stop does.
    """

    seconds: float
    from_start: bool
    killed: bool
    settings: dict[str, str]


class FaultInjection:
    """Chooses the recorder's starts and the network's faults."""

    def __init__(self, seed: int) -> None:
        self._chance = random.Random(seed)

    def start(self) -> RecorderStart:
        """Choose the next start."""
        chance = self._chance
        settings = {
            "PI_RECORDER_DROP_OLDEST_QUEUED": chance.choice(("true", "false")),
            "PI_RECORDER_KEEP_UPLOADED": chance.choice(("true", "false")),
            "PI_RECORDER_UPLOAD_ORDER": chance.choice(("oldest", "newest")),
            "PI_RECORDER_SPOOL_MAX_BYTES": chance.choice((*_TIGHT, "1GiB", "1GiB")),
        }
        from_start = chance.random() < _FROM_START
        seconds = chance.uniform(0, 2 if from_start else _LONGEST_START_S)
        return RecorderStart(seconds, from_start, chance.random() < _KILLED, settings)

    def network_fault(self) -> tuple[Fault, float]:
        """Choose the network's next fault and its duration in seconds."""
        chance = self._chance
        fault = honest if chance.random() < _HONEST else chance.choice(ALL)
        return fault, chance.uniform(0.2, 3.0)
