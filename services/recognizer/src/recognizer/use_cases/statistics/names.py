"""What a count is called in a tally: letters, digits and underscores.

``requests``, ``billed_ms``, ``recognitions``, ``videos``, ``tracks``, ``crops``; ``faces_`` and a
decision or ``refused``; ``face_`` and why the gate refused one; ``photo_`` and why a photo was not
enrolled; ``ms_``, a stage and a class of times.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Mapping

from facecore.contract import Decision, ErrorCode
from recognizer.domain.request_report import Operation, RecognitionReport, RequestReport
from recognizer.use_cases.statistics.histogram import class_of

REQUESTS, BILLED_MS, RECOGNITIONS, VIDEOS = "requests", "billed_ms", "recognitions", "videos"
TRACKS, CROPS = "tracks", "crops"
FACES, FACE, PHOTO, STAGE = "faces_", "face_", "photo_", "ms_"
REFUSED = "refused"
STAGES = ("decode", "detect", "align", "embed", "match", "record", "total")

_OF_A_PHOTO = frozenset(
    {
        ErrorCode.NO_FACE,
        ErrorCode.SEVERAL_FACES,
        ErrorCode.FACE_TOO_SMALL,
        ErrorCode.FACE_BLURRED,
        ErrorCode.FACE_TOO_DARK,
        ErrorCode.FACE_TOO_BRIGHT,
        ErrorCode.FACE_TURNED_AWAY,
        ErrorCode.FACE_OF_ANOTHER_PERSON,
        ErrorCode.IMAGE_EMPTY,
        ErrorCode.IMAGE_TOO_LARGE,
        ErrorCode.IMAGE_TOO_MANY_PIXELS,
        ErrorCode.IMAGE_UNSUPPORTED,
        ErrorCode.IMAGE_TRUNCATED,
    }
)


def counts_of(report: RequestReport) -> Counter[str]:
    """What one request adds to the day's tally; nothing of who asked or was seen."""
    counts = Counter({REQUESTS: 1, BILLED_MS: math.ceil(report.duration_ms)})
    if report.code in _OF_A_PHOTO and report.operation != Operation.RECOGNIZE:
        counts[f"{PHOTO}{report.code}"] += 1
    if report.operation == Operation.ANNOUNCE_VIDEO and report.code is None:
        counts[VIDEOS] += 1
    if report.operation == Operation.REPORT_TRACK and report.code is None:
        counts[TRACKS] += 1
    if report.recognition is not None:
        counts.update(_recognized(report.recognition))
    return +counts


def classes_of(counts: Mapping[str, int], stage: str) -> dict[int, int]:
    """How many times of a stage fell into each class."""
    return {int(number): n for number, n in below(counts, f"{STAGE}{stage}_")}


def below(counts: Mapping[str, int], prefix: str) -> Iterator[tuple[str, int]]:
    """Counts whose name begins so, by the rest of it."""
    for name, count in counts.items():
        if name.startswith(prefix):
            yield name.removeprefix(prefix), count


def _recognized(told: RecognitionReport) -> Counter[str]:
    counts = Counter({RECOGNITIONS: 1, CROPS: told.crops, f"{FACES}{REFUSED}": told.refused})
    counts.update({f"{FACES}{decision}": n for decision, n in told.decisions.items()})
    counts[f"{FACES}{Decision.UNKNOWN}"] -= told.refused  # they are answered as unknown
    counts.update({f"{FACE}{reason}": n for reason, n in told.reasons.items()})
    counts.update({f"{STAGE}{stage}_{class_of(ms)}": 1 for stage, ms in told.stages_ms.items()})
    return counts
