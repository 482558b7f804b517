"""Recognition: a picture's faces, who they are, and the sightings that this leaves."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from facecore.contract import (
    Decision,
    PersonRecord,
    Recognition,
    RecognizedFace,
    Sighting,
    StageTimes,
)
from facecore.vision.analyzer import Analysis, AnalyzedFace
from facecore.vision.gallery import Match
from recognizer.domain.capture import Capture, Crops, tracks_of
from recognizer.domain.clock import Clock
from recognizer.domain.errors import PersonNotFound
from recognizer.domain.ports import People, Sightings, Vision
from recognizer.domain.request_report import RecognitionReport
from recognizer.domain.sighting_ids import sighting_id
from recognizer.use_cases.gallery_cache import GalleryCache, GalleryView
from recognizer.use_cases.unknown_people.crop_retention import CropKeeper, Retained


@dataclass(frozen=True, slots=True)
class Recognized:
    """A picture that was recognised.

    Attributes:
        answer: what the caller gets.
        report: its counts and times.
    """

    answer: Recognition
    report: RecognitionReport


_NOT_COMPARED = Match(Decision.UNKNOWN, label=None, nearest=None, similarity=None, margin=None)


@dataclass(frozen=True, slots=True)
class _Seen:
    """One face with what was decided, the record if its person is still there, and its track."""

    face: AnalyzedFace
    match: Match
    record: PersonRecord | None
    track: str | None


@dataclass(frozen=True, slots=True)
class _Picture:
    """What all faces of one request share.

    Attributes:
        width, height: of the picture that the boxes lie in, in pixels; none when it is not known.
        digest: tells two pictures of one moment apart.
        took_ms: how long it was worked on.
    """

    width: int | None
    height: int | None
    digest: str
    took_ms: float


class Recognizer:
    """Names faces. Thread-safe; takes all of a processor core while it works.

    Args:
        keeper: keeps crops of the faces that leave a sighting; none keeps none.
    """

    def __init__(
        self,
        vision: Vision,
        gallery: GalleryCache,
        people: People,
        sightings: Sightings,
        now: Clock,
        *,
        keeper: CropKeeper | None,
    ) -> None:
        self._vision = vision
        self._gallery = gallery
        self._people = people
        self._sightings = sightings
        self._keeper = keeper
        self._now = now

    def recognize(self, sent: bytes | Crops, capture: Capture) -> Recognized:
        """Name the faces of a picture, or of crops.

        The same request sent again writes the same sightings again, not new ones, as long as it
        says when the picture was taken.

        Raises:
            ImageError: the bytes are no picture.
            CropError: the crops do not fit the model or their metadata.
            StoreUnavailable: see there.
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
        picture = _Picture(*_size(sent, analysis), _digest(sent), took_ms)
        faces, sightings = _tell(seen, capture, received_at, picture)
        kept = self._keep_crops(seen, sightings, analysis)
        if sightings:
            self._sightings.add(_with_crops(sightings, kept))
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
        self, seen: Sequence[_Seen], sightings: Sequence[Sighting], analysis: Analysis
    ) -> Sequence[Retained]:
        if self._keeper is None or not sightings:
            return ()
        accepted = [one for one in seen if one.face.quality.accepted]
        faces, matches = [one.face for one in accepted], [one.match for one in accepted]
        return self._keeper.keep_all(sightings, faces, matches, analysis.image)

    def _analyze(self, sent: bytes | Crops) -> Analysis:
        if isinstance(sent, Crops):
            return self._vision.analyze_crops(sent.files, sent.metadata)
        return self._vision.analyze(sent)

    def _seen(self, face: AnalyzedFace, match: Match, track: str | None) -> _Seen:
        if match.label is None:
            return _Seen(face, match, None, track)
        try:
            person = self._people.get(match.label)
        except PersonNotFound:  # deleted since the gallery was read
            return _Seen(face, _NOT_COMPARED, None, track)
        record = PersonRecord(label=person.label, name=person.name, attributes=person.attributes)
        return _Seen(face, match, record, track)


def _matches(faces: Sequence[AnalyzedFace], view: GalleryView) -> Iterator[Match]:
    """One a face; faces that the gate refused are not compared."""
    embeddings = [face.embedding for face in faces if face.embedding is not None]
    decided = iter(view.gallery.match(embeddings))
    for face in faces:
        yield _NOT_COMPARED if face.embedding is None else next(decided)


def _tell(
    seen: Sequence[_Seen], capture: Capture, received_at: datetime, picture: _Picture
) -> tuple[list[RecognizedFace], list[Sighting]]:
    faces: list[RecognizedFace] = []
    sightings: list[Sighting] = []
    for number, one in enumerate(seen):
        sighting = _sighting(one, capture, received_at, picture, number)
        if one.face.quality.accepted:
            sightings.append(sighting)
        faces.append(_face(one, sighting.id if one.face.quality.accepted else None))
    return faces, sightings


def _with_crops(sightings: Sequence[Sighting], kept: Sequence[Retained]) -> Sequence[Sighting]:
    if not kept:
        return sightings
    pairs = zip(sightings, kept, strict=True)
    return [sighting.model_copy(update={"crop": one.crop}) for sighting, one in pairs]


def _face(one: _Seen, sighting_id: str | None) -> RecognizedFace:
    return RecognizedFace(
        box=one.face.box,
        landmarks=one.face.landmarks,
        score=one.face.score,
        quality=one.face.quality,
        decision=one.match.decision,
        similarity=_cosine(one.match),
        margin=one.match.margin,
        person=one.record,
        sighting_id=sighting_id,
    )


def _sighting(
    one: _Seen, capture: Capture, received_at: datetime, picture: _Picture, number: int
) -> Sighting:
    captured_at = capture.captured_at or received_at
    face_key = f"{picture.digest}/{number}"
    parts = (capture.device, captured_at.isoformat(), one.track or "", face_key)
    return Sighting(
        id=sighting_id(captured_at, parts),
        device=capture.device,
        captured_at=captured_at,
        received_at=received_at,
        decision=one.match.decision,
        label=one.match.label,
        similarity=_cosine(one.match),
        margin=one.match.margin,
        box=one.face.box,
        video=capture.video,
        offset_ms=capture.offset_ms,
        track=one.track,
        image_width=picture.width,
        image_height=picture.height,
        took_ms=picture.took_ms,
    )


def _size(sent: bytes | Crops, analysis: Analysis) -> tuple[int | None, int | None]:
    """Of crops, what the device says of its frame; all are of one."""
    if not isinstance(sent, Crops):
        return analysis.width, analysis.height
    sizes = [(told.frame_width, told.frame_height) for told in sent.metadata]
    return next((size for size in sizes if None not in size), (None, None))


def _cosine(match: Match) -> float | None:
    """Within [-1, 1], which a float32 product of unit vectors may leave by a rounding."""
    return None if match.similarity is None else max(-1.0, min(1.0, match.similarity))


def _digest(sent: bytes | Crops) -> str:
    """Tells two pictures of one moment apart."""
    files = sent.files if isinstance(sent, Crops) else (sent,)
    return hashlib.sha256(b"".join(hashlib.sha256(file).digest() for file in files)).hexdigest()


def stage_times(
    analysis: Analysis, started: float, analyzed: float, matched: float, recorded: float
) -> StageTimes:
    """Return each stage's milliseconds, between readings of ``time.perf_counter``.

    The total is until now.
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
