"""Names of the counters: letters, digits and underscores.

The names are ``requests``, ``billed_ms``, ``recognitions``, ``videos``, ``tracks`` and ``crops``;
``faces_`` and a decision or ``refused``; ``face_`` and the quality gate's reason; ``photo_`` and
why a photo was not enrolled; ``ms_``, a stage and a class of times.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Mapping
from http import HTTPStatus

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
    """Return what one request adds to the day's counters; no caller or person is in it."""
    counts = Counter({REQUESTS: 1, BILLED_MS: math.ceil(report.duration_ms)})
    if report.code in _OF_A_PHOTO and report.operation != Operation.RECOGNIZE:
        counts[f"{PHOTO}{report.code}"] += 1
    if report.operation == Operation.ANNOUNCE_VIDEO and report.status == HTTPStatus.CREATED:
        counts[VIDEOS] += 1
    if report.operation == Operation.REPORT_TRACK and report.code is None:
        counts[TRACKS] += 1
    if report.recognition is not None:
        counts.update(_recognized(report.recognition))
    return +counts


def classes_of(counts: Mapping[str, int], stage: str) -> dict[int, int]:
    """Return the number of times of a stage in each class."""
    return {int(number): n for number, n in below(counts, f"{STAGE}{stage}_")}


def below(counts: Mapping[str, int], prefix: str) -> Iterator[tuple[str, int]]:
    """Yield the counts whose name begins with ``prefix``, by the rest of the name."""
    for name, count in counts.items():
        if name.startswith(prefix):
            yield name.removeprefix(prefix), count


def _recognized(report: RecognitionReport) -> Counter[str]:
    counts = Counter({RECOGNITIONS: 1, CROPS: report.crops, f"{FACES}{REFUSED}": report.refused})
    counts.update({f"{FACES}{decision}": n for decision, n in report.decisions.items()})
    counts[f"{FACES}{Decision.UNKNOWN}"] -= report.refused  # they are answered as unknown
    counts.update({f"{FACE}{reason}": n for reason, n in report.reasons.items()})
    counts.update({f"{STAGE}{stage}_{class_of(ms)}": 1 for stage, ms in report.stages_ms.items()})
    return counts
