"""The analyzer: one picture → its faces, the same from the cloud, the device and many threads."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor

import cv2
import numpy as np
import pytest

from facecore.contract import MAX_CROPS, CropMetadata
from facecore.errors import CropError, ImageEmpty, ImageTruncated, ModelUnknown
from facecore.models import Thresholds, catalogue
from facecore.vision.analyzer import MAX_FACES, Analysis, AnalyzedFace, FaceAnalyzer, load_analyzer
from facecore.vision.image import RgbImage
from facecore.vision.quality import RECOGNITION_GATE

Encode = Callable[..., bytes]
SIDE = catalogue.embedder().input_size


def test_it_names_the_model_of_its_embeddings(analyzer: FaceAnalyzer) -> None:
    entry = catalogue.embedder()
    assert analyzer.model_id == entry.id
    assert analyzer.dimension == entry.dimension
    assert analyzer.thresholds == entry.thresholds


def test_a_portrait(analyses: Mapping[str, Analysis]) -> None:
    analysis = analyses["obama"]
    (face,) = analysis.faces
    assert (analysis.width, analysis.height) == (910, 1137)
    assert face.quality.accepted
    assert face.crop.shape == (SIDE, SIDE, 3)
    assert face.embedding is not None


def test_every_stage_is_timed(analyses: Mapping[str, Analysis]) -> None:
    times = analyses["obama"].times
    assert min(times.decode_ms, times.detect_ms, times.align_ms, times.embed_ms) > 0


def test_a_group(analyzer: FaceAnalyzer, group: RgbImage) -> None:
    analysis = analyzer.analyze_image(np.vstack([group, group[:, ::-1]]))
    assert len(analysis.faces) == 8
    assert all(face.embedding is not None for face in analysis.faces)
    areas = [face.box.width * face.box.height for face in analysis.faces]
    assert areas == sorted(areas, reverse=True)


def test_a_wall_of_faces_is_answered_in_part(analyzer: FaceAnalyzer, group: RgbImage) -> None:
    dark = (cv2.resize(group, (560, 140), interpolation=cv2.INTER_AREA) * 0.2).astype(np.uint8)
    faces = analyzer.analyze_image(np.tile(dark, (8, 3, 1))).faces
    assert len(faces) == MAX_FACES
    assert all(face.embedding is None for face in faces)


def test_a_picture_without_a_face(analyzer: FaceAnalyzer, group: RgbImage, encode: Encode) -> None:
    analysis = analyzer.analyze(encode(np.ascontiguousarray(group[300:, :200]), "JPEG"))
    assert (analysis.width, analysis.height, analysis.faces) == (200, 100, ())


def test_a_refused_face_is_answered_without_embedding(
    analyzer: FaceAnalyzer, group: RgbImage
) -> None:
    sharp, blurred = group[:, :400], cv2.GaussianBlur(group[:, 1200:], (0, 0), 6)
    faces = analyzer.analyze_image(np.hstack([sharp, blurred]).astype(np.uint8)).faces
    assert len(faces) == 2
    for face in faces:
        assert face.quality.accepted == (face.box.x < 400)
        assert (face.embedding is not None) == face.quality.accepted


@pytest.mark.parametrize("name", ["obama2", "obama-left-half", "collins"])
def test_a_device_crop_gives_the_embedding_of_the_whole_frame(
    analyzer: FaceAnalyzer, analyses: Mapping[str, Analysis], encode: Encode, name: str
) -> None:
    (face,) = analyses[name].faces
    analysis = analyzer.analyze_crops([encode(face.crop, "PNG")], [_metadata(face)])
    (same,) = analysis.faces
    assert (analysis.width, analysis.height) == (0, 0)
    assert (same.box, same.landmarks, same.score) == (face.box, face.landmarks, face.score)
    assert same.quality == face.quality
    assert _similarity(face, same) >= 0.999


def test_crops_are_answered_largest_first(
    analyzer: FaceAnalyzer, analyses: Mapping[str, Analysis], encode: Encode
) -> None:
    faces = [analyses[name].faces[0] for name in ("collins", "obama", "hopper")]
    crops = [encode(face.crop, "PNG") for face in faces]
    answered = analyzer.analyze_crops(crops, [_metadata(face) for face in faces]).faces
    assert [face.box for face in answered] == [faces[n].box for n in (1, 2, 0)]
    assert all(
        _similarity(faces[n], face) > 0.999 for n, face in zip((1, 2, 0), answered, strict=True)
    )


def test_no_crops_are_no_faces(analyzer: FaceAnalyzer) -> None:
    assert analyzer.analyze_crops([], []).faces == ()


def test_crops_that_do_not_fit(
    analyzer: FaceAnalyzer, analyses: Mapping[str, Analysis], encode: Encode
) -> None:
    (face,) = analyses["obama"].faces
    crop, metadata = encode(face.crop, "PNG"), _metadata(face)
    with pytest.raises(CropError, match=f"1 has {SIDE} x {SIDE - 1} pixels; send {SIDE} x"):
        analyzer.analyze_crops([crop, encode(face.crop[1:], "PNG")], [metadata] * 2)
    with pytest.raises(CropError, match="2 crops came with 1 metadata"):
        analyzer.analyze_crops([crop] * 2, [metadata])
    with pytest.raises(CropError, match="33 crops were sent; send at most 32"):
        analyzer.analyze_crops([crop] * (MAX_CROPS + 1), [metadata] * (MAX_CROPS + 1))
    with pytest.raises(ImageTruncated):
        analyzer.analyze_crops([crop[:-20]], [metadata])


def test_a_crop_for_another_model_is_refused(
    analyzer: FaceAnalyzer, analyses: Mapping[str, Analysis], encode: Encode
) -> None:
    (face,) = analyses["obama"].faces
    crop, metadata = encode(face.crop, "PNG"), _metadata(face)
    ours = metadata.model_copy(update={"model": analyzer.model_id})
    assert len(analyzer.analyze_crops([crop], [ours]).faces) == 1
    other = metadata.model_copy(update={"model": catalogue.FACENET_VGGFACE2.id})
    with pytest.raises(CropError, match="crop 0 was prepared for 'facenet-vggface2-"):
        analyzer.analyze_crops([crop], [other])


def test_a_deployments_thresholds_take_the_place_of_the_models() -> None:
    own = Thresholds(match=0.9, uncertain=0.8, margin=0.3)
    assert load_analyzer(threads=1, thresholds=own).thresholds == own


def test_bytes_that_are_no_picture(analyzer: FaceAnalyzer) -> None:
    with pytest.raises(ImageEmpty):
        analyzer.analyze(b"")


def test_threads_share_one_analyzer(
    analyzer: FaceAnalyzer, photos: Mapping[str, bytes], analyses: Mapping[str, Analysis]
) -> None:
    names = ["collins", "hopper", "obama-left-half"] * 4
    with ThreadPoolExecutor(4) as pool:
        answers = pool.map(analyzer.analyze, [photos[name] for name in names])
    for name, answer in zip(names, answers, strict=True):
        (here,), (there,) = analyses[name].faces, answer.faces
        assert here.box == there.box
        assert here.quality == there.quality
        assert _similarity(here, there) > 0.99999


def test_an_unknown_model_is_named() -> None:
    with pytest.raises(ModelUnknown, match="facenet-nobody"):
        load_analyzer("facenet-nobody")


def test_the_gate_is_the_one_for_recognition(analyses: Mapping[str, Analysis]) -> None:
    for analysis in analyses.values():
        for face in analysis.faces:
            assert RECOGNITION_GATE.rejudge(face.quality) == face.quality


def _metadata(face: AnalyzedFace) -> CropMetadata:
    return CropMetadata(box=face.box, landmarks=face.landmarks, score=face.score)


def _similarity(one: AnalyzedFace, other: AnalyzedFace) -> float:
    assert one.embedding is not None
    assert other.embedding is not None
    return float(one.embedding.vector @ other.embedding.vector)
