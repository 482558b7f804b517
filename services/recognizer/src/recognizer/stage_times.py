"""How long each stage of a recognition took, as it is answered."""

from __future__ import annotations

import time

from facecore.analyzer import Analysis
from facecore.contract import StageTimes


def stage_times(
    analysis: Analysis, started: float, analyzed: float, matched: float, recorded: float
) -> StageTimes:
    """Milliseconds, between moments of ``time.perf_counter``; the total is until now."""
    stages = {
        "decode_ms": analysis.times.decode_ms,
        "detect_ms": analysis.times.detect_ms,
        "align_ms": analysis.times.align_ms,
        "embed_ms": analysis.times.embed_ms,
        "match_ms": (matched - analyzed) * 1000,
        "record_ms": (recorded - matched) * 1000,
        "total_ms": (time.perf_counter() - started) * 1000,
    }
    return StageTimes(**{stage: round(ms, 3) for stage, ms in stages.items()})
