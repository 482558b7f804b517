"""H.264 in Annex B form: NAL units, each after a start code (ITU-T H.264, annex B)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime

from pi_recorder.capture.cameras.base import EncodedUnit

_START = re.compile(b"\x00\x00\x01")
_SPS, _PPS = 7, 8


def nal_units(data: bytes) -> Iterator[bytes]:
    """Yield the NAL units without their start codes, in order."""
    starts = [found.end() for found in _START.finditer(data)]
    ends = [start - 3 for start in starts[1:]] + [len(data)]
    for start, end in zip(starts, ends, strict=True):
        yield data[start:end].rstrip(b"\x00")


def parameter_sets(data: bytes) -> bytes:
    """Return the SPS and PPS among the units, in Annex B form; empty if there is none."""
    sets = (unit for unit in nal_units(data) if _kind(unit) in (_SPS, _PPS))
    return b"".join(b"\x00\x00\x00\x01" + unit for unit in sets)


def _kind(unit: bytes) -> int:
    return unit[0] & 31 if unit else 0


class Units:
    """Makes units whose key frames begin with their parameter sets.

    Args:
        parameters: sets that are already known, in Annex B form.
    """

    def __init__(self, parameters: bytes = b"") -> None:
        self._parameters = parameters

    def unit(self, data: bytes, captured_at: datetime, *, is_key: bool) -> EncodedUnit:
        """Return a unit; it is no key frame while no parameter sets are known."""
        if is_key and not (own := parameter_sets(data)):
            data = self._parameters + data
        elif is_key:
            self._parameters = own
        return EncodedUnit(data, is_key and bool(self._parameters), captured_at)
