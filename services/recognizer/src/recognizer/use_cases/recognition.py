"""Recognition: find a picture's faces, name them, and store sightings of them."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from facecore.contract import (
    Decision,
    PersonRecord,
    Recognition,
    Sighting,
    StageTimes,
)
from facecore.vision.analyzer import Analysis, AnalyzedFace
from facecore.vision.decision import Match
from recognizer.domain.capture import Capture, Crops, tracks_of
from recognizer.domain.clock import Clock
from recognizer.domain.errors import PersonNotFound
from recognizer.domain.ports import People, Sightings, Vision
from recognizer.domain.request_report import RecognitionReport
from recognizer.use_cases.answered_faces import (
    NamedFace,
    PictureFacts,
    answered,
    digest,
    frame_size,
    with_crops,
)
from recognizer.use_cases.gallery_cache import GalleryCache, GalleryView
from recognizer.use_cases.unknown_people.crop_retention import CropRetention, Retained


@dataclass(frozen=True, slots=True)
class Recognized:
    """The result of recognising one picture.

    Attributes:
        answer: the answer to the caller.
        report: counts and times for the request's report.
    """

    answer: Recognition
    report: RecognitionReport


_NOT_COMPARED = Match(Decision.UNKNOWN, label=None, nearest=None, similarity=None, margin=None)


class Recognizer:
    """Names faces. Thread-safe; it occupies a whole processor core while it works.

    Args:
        retention: keeps crops of the faces of the sightings; none keeps no crops.
    """

    def __init__(
        self,
        vision: Vision,
        gallery: GalleryCache,
        people: People,
        sightings: Sightings,
        now: Clock,
        *,
        retention: CropRetention | None,
    ) -> None:
        self._vision = vision
        self._gallery = gallery
        self._people = people
        self._sightings = sightings
        self._retention = retention
        self._now = now

    def recognize(self, sent: bytes | Crops, capture: Capture) -> Recognized:
        """Name the faces of a picture, or of crops.

        The same request sent again writes the same sightings again, not new ones, if it says when
        the picture was taken.

        Raises:
            ImageError: the bytes are no picture.
            CropError: the crops do not fit the model or their metadata.
            StoreUnavailable: the store can't be used.
        """
        started = time.perf_counter()
        received_at = self._now()
        capture = replace(capture, captured_at=capture.captured_at or received_at)
        analysis = self._analyze(sent)
        analyzed = time.perf_counter()
        view = self._gallery.current()
        matches = list(_matches(analysis.faces, view))
        matched = time.perf_counter()
        tracks = tracks_of(sent, capture, analysis)
        seen = [self._seen(*one) for one in zip(analysis.faces, matches, tracks, strict=True)]
        recorded = time.perf_counter()
        took_ms = round((recorded - started) * 1000, 3)
        picture = PictureFacts(*frame_size(sent, analysis), digest(sent), took_ms)
        faces, sightings = answered(seen, capture, received_at, picture)
        kept = self._keep_crops(seen, sightings, analysis)
        if sightings:
            self._sightings.add(with_crops(sightings, kept))
        answer = Recognition(
            faces=faces,
            captured_at=capture.captured_at or received_at,
            received_at=received_at,
            image_width=analysis.width,
            image_height=analysis.height,
            model=self._vision.model_id,
            gallery_version=view.version,
            times=stage_times(analysis, started, analyzed, matched, recorded),
        )
        written = sum(one.written for one in kept)
        return Recognized(answer, RecognitionReport.of(answer, crops=written))

    def _keep_crops(
        self, seen: Sequence[NamedFace], sightings: Sequence[Sighting], analysis: Analysis
    ) -> Sequence[Retained]:
        if self._retention is None or not sightings:
            return ()
        accepted = [one for one in seen if one.face.quality.accepted]
        faces, matches = [one.face for one in accepted], [one.match for one in accepted]
        return self._retention.keep_all(sightings, faces, matches, analysis.image)

    def _analyze(self, sent: bytes | Crops) -> Analysis:
        if isinstance(sent, Crops):
            return self._vision.analyze_crops(sent.files, sent.metadata)
        return self._vision.analyze(sent)

    def _seen(self, face: AnalyzedFace, match: Match, track: str | None) -> NamedFace:
        if match.label is None:
            return NamedFace(face, match, None, track)
        try:
            person = self._people.get(match.label)
        except PersonNotFound:  # deleted since the gallery was read
            return NamedFace(face, _NOT_COMPARED, None, track)
        record = PersonRecord(label=person.label, name=person.name, attributes=person.attributes)
        return NamedFace(face, match, record, track)


def _matches(faces: Sequence[AnalyzedFace], view: GalleryView) -> Iterator[Match]:
    """Yield one match per face; faces that the quality gate refused are not compared."""
    embeddings = [face.embedding for face in faces if face.embedding is not None]
    decided = iter(view.gallery.match(embeddings))
    for face in faces:
        yield _NOT_COMPARED if face.embedding is None else next(decided)


def stage_times(
    analysis: Analysis, started: float, analyzed: float, matched: float, recorded: float
) -> StageTimes:
    """Return each stage's milliseconds, from readings of ``time.perf_counter`` in seconds.

    The total lasts until now.
    """
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
