"""Find and embed the faces of one picture: decode, detect, align, judge quality, embed."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from facecore.contract import MAX_CROPS, Box, CropMetadata, Landmarks, Quality
from facecore.errors import CropError
from facecore.models.catalogue import DEFAULT_EMBEDDER, Backend, Embedder, Thresholds, embedder
from facecore.vision.align import align
from facecore.vision.backends import make_parts
from facecore.vision.detect import MIN_FACE_PX, DetectedFace, Detector, DetectorSettings
from facecore.vision.embed import FaceEmbedder, mean_embedding
from facecore.vision.gallery import Embedding
from facecore.vision.image import RgbImage, decode
from facecore.vision.quality import RECOGNITION_GATE, QualityGate

MAX_FACES: Final = 64
"""Most faces analyzed in one picture, largest first. It limits the time for a hostile picture."""


@dataclass(frozen=True, slots=True, eq=False)
class AnalyzedFace:
    """One face of a picture.

    Attributes:
        box: in pixels of the picture.
        landmarks: in pixels of the picture.
        score: the detector's confidence, 0 to 1.
        quality: judged by the analyzer's gate.
        crop: RGB uint8 (S, S, 3), where S is the model's input size.
        embedding: None if the gate refused the face.

    """

    box: Box
    landmarks: Landmarks
    score: float
    quality: Quality
    crop: RgbImage
    embedding: Embedding | None


@dataclass(frozen=True, slots=True)
class AnalysisTimes:
    """Duration of each stage in milliseconds; aligning includes judging the quality."""

    decode_ms: float
    detect_ms: float
    align_ms: float
    embed_ms: float


@dataclass(frozen=True, slots=True, eq=False)
class Analysis:
    """A picture's size and its faces, largest first. Width and height are 0 for crops.

    Attributes:
        image: the picture's pixels, for thumbnails; None for crops.

    """

    width: int
    height: int
    faces: tuple[AnalyzedFace, ...]
    times: AnalysisTimes
    image: RgbImage | None = None


class FaceAnalyzer:
    """A pipeline of detector, preprocessing, gate and embedder. Thread-safe and deterministic."""

    def __init__(
        self,
        detector: Detector,
        embedder: FaceEmbedder,
        model: Embedder,
        *,
        gate: QualityGate = RECOGNITION_GATE,
        thresholds: Thresholds | None = None,
    ) -> None:
        """Compose the stages; ``load_analyzer`` makes them from the catalogue."""
        self._detector = detector
        self._embedder = embedder
        self._preprocessing = model.preprocessing
        self._gate = gate
        self.model_id = model.id
        self.dimension = model.dimension
        self.thresholds = thresholds or model.thresholds

    def analyze(self, data: bytes) -> Analysis:
        """Analyze a JPEG, PNG or WebP.

        Raises:
            ImageError: the bytes are not a picture that is accepted; see ``image.decode``.

        """
        clock = _Clock()
        image = decode(data)
        return self._analyze(image, clock.lap(), clock)

    def analyze_image(self, image: RgbImage) -> Analysis:
        """Analyze an RGB uint8 array (H, W, 3); the time for decoding is 0."""
        return self._analyze(image, 0.0, _Clock())

    def analyze_crops(self, crops: Sequence[bytes], metadata: Sequence[CropMetadata]) -> Analysis:
        """Analyze face crops that a device aligned with the same code.

        Args:
            crops: JPEG, PNG or WebP files of the model's input size. Only a lossless format gives
                the same embedding as the whole frame.
            metadata: one for each crop, in the same order.

        Raises:
            CropError: there are too many crops, not one metadata for each, or a crop has another
                size or was prepared for another model.
            ImageError: a crop's bytes are not a picture that is accepted.

        """
        clock = _Clock()
        if len(crops) > MAX_CROPS:
            raise CropError(f"{len(crops)} crops were sent; send at most {MAX_CROPS}")
        if len(crops) != len(metadata):
            raise CropError(f"{len(crops)} crops came with {len(metadata)} metadata; send one each")
        for number, described in enumerate(metadata):
            self._check_model(number, described)
        images = [self._decode_crop(number, crop) for number, crop in enumerate(crops)]
        decode_ms = clock.lap()
        detected = [DetectedFace(m.box, m.landmarks, m.score) for m in metadata]
        judged = [self._judge(face, crop) for face, crop in zip(detected, images, strict=True)]
        judged.sort(key=lambda face: -face.box.width * face.box.height)
        align_ms = clock.lap()
        faces = self._embed(judged)
        return Analysis(0, 0, faces, AnalysisTimes(decode_ms, 0.0, align_ms, clock.lap()))

    def embed(self, crops: Sequence[RgbImage]) -> list[Embedding]:
        """Embed aligned crops, RGB uint8 (S, S, 3), whatever their quality."""
        return self._embedder.embed(crops)

    def _analyze(self, image: RgbImage, decode_ms: float, clock: _Clock) -> Analysis:
        detected = self._detector.detect(image)[:MAX_FACES]
        detect_ms = clock.lap()
        judged = [self._judge(face, self._cut(image, face)) for face in detected]
        align_ms = clock.lap()
        faces = self._embed(judged)
        times = AnalysisTimes(decode_ms, detect_ms, align_ms, clock.lap())
        return Analysis(image.shape[1], image.shape[0], faces, times, image)

    def _check_model(self, number: int, metadata: CropMetadata) -> None:
        if metadata.model is not None and metadata.model != self.model_id:
            raise CropError(
                f"crop {number} was prepared for {metadata.model!r}, but the recognizer's model is "
                f"{self.model_id!r}: prepare crops for it, or send whole pictures"
            )

    def _decode_crop(self, number: int, data: bytes) -> RgbImage:
        crop = decode(data)
        side = self._preprocessing.size
        if crop.shape != (side, side, 3):
            height, width = crop.shape[:2]
            raise CropError(f"crop {number} has {width} x {height} pixels; send {side} x {side}")
        return crop

    def _cut(self, image: RgbImage, face: DetectedFace) -> RgbImage:
        return align(image, face.box, face.landmarks, self._preprocessing)

    def _judge(self, face: DetectedFace, crop: RgbImage) -> AnalyzedFace:
        quality = self._gate.judge(crop, face.box, face.landmarks)
        return AnalyzedFace(face.box, face.landmarks, face.score, quality, crop, embedding=None)

    def _embed(self, faces: Sequence[AnalyzedFace]) -> tuple[AnalyzedFace, ...]:
        accepted = [face.crop for face in faces if face.quality.accepted]
        embeddings = iter(self._embedder.embed(accepted))
        return tuple(
            replace(face, embedding=next(embeddings)) if face.quality.accepted else face
            for face in faces
        )


class _Clock:
    """A clock that measures the milliseconds since the last lap."""

    def __init__(self) -> None:
        self._last = time.perf_counter()

    def lap(self) -> float:
        now = time.perf_counter()
        elapsed, self._last = now - self._last, now
        return elapsed * 1000


def load_analyzer(
    model: str = DEFAULT_EMBEDDER,
    *,
    threads: int | None = None,
    min_face_px: int = MIN_FACE_PX,
    thresholds: Thresholds | None = None,
    subtract_mean: bool = True,
    backend: Backend = Backend.ONNX,
    device: str | None = None,
) -> FaceAnalyzer:
    """Make an analyzer of the catalogue's models; fetch models that are missing.

    Args:
        model: the embedder's name or id.
        threads: threads that share one network call; None takes one for each physical core.
        min_face_px: smallest face to find, in pixels.
        thresholds: a deployment's thresholds; None takes the model's.
        subtract_mean: whether to subtract the model's mean embedding; embeddings without the
            subtraction serve only to derive the mean.
        backend: what computes the networks.
        device: torch's device, ``cpu`` or ``cuda``; None takes CUDA if it is available.

    Raises:
        ModelError: a model is unknown, can't be fetched, is damaged, or does not fit the backend.

    """
    entry = embedder(model)
    settings = DetectorSettings(min_face_px=min_face_px)
    detector, network = make_parts(backend, entry, settings, threads=threads, device=device)
    embeds = FaceEmbedder(network, entry.id, mean_embedding(entry) if subtract_mean else None)
    return FaceAnalyzer(detector, embeds, entry, thresholds=thresholds)
