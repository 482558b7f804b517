"""The demo clip with the real analyzer: the right names, and never a wrong one."""

from __future__ import annotations

import io
from collections import Counter, defaultdict

import av
from PIL import Image

from facecore.contract import Decision
from facecore.vision.analyzer import FaceAnalyzer, load_analyzer
from facecore.vision.gallery import Gallery
from pi_recorder.capture.cameras.demo import demo_clip
from pi_recorder.capture.cameras.demo_scene import (
    FRAME_COUNT,
    FRAMES_PER_SECOND,
    VISITS,
    demo_people,
    pose,
)
from pi_recorder.recognition.sending import JPEG_QUALITY

SHOWN = {
    "obama2": "barack_obama",
    "obama3": "barack_obama",
    "biden": "joe_biden",
    "collins": "eileen_collins",
    "hopper": None,
}
EVERY = 15
LEAST_FACE_PX = 85


def enrolled(analyzer: FaceAnalyzer) -> Gallery:
    gallery = Gallery(analyzer.model_id, analyzer.dimension, analyzer.thresholds)
    for person in demo_people():
        [face, *_] = analyzer.analyze(person.photo().read_bytes()).faces
        assert face.embedding
        gallery.add(person.label, person.label, face.embedding)
    return gallery


def test_everybody_is_named_rightly() -> None:
    analyzer = load_analyzer(threads=1)
    gallery = enrolled(analyzer)
    decisions: defaultdict[str, Counter[Decision]] = defaultdict(Counter)
    with av.open(demo_clip()) as container:
        pictures = list(container.decode(video=0))
    assert len(pictures) == FRAME_COUNT
    for number in range(0, FRAME_COUNT, EVERY):
        jpeg = io.BytesIO()
        pixels = pictures[number].to_ndarray(format="rgb24")
        Image.fromarray(pixels).save(jpeg, "JPEG", quality=JPEG_QUALITY)
        faces = [face for face in analyzer.analyze(jpeg.getvalue()).faces if face.embedding]
        matches = gallery.match([face.embedding for face in faces if face.embedding])
        for face, match in zip(faces, matches, strict=True):
            sample = whose(face.box.x + face.box.width / 2, number / FRAMES_PER_SECOND)
            assert match.label in (None, SHOWN[sample]), f"frame {number}: {match}"
            assert face.box.width >= LEAST_FACE_PX
            decisions[sample][match.decision] += 1

    assert decisions.keys() == SHOWN.keys()
    assert decisions["hopper"].keys() == {Decision.UNKNOWN}
    for sample in SHOWN.keys() - {"hopper"}:
        assert decisions[sample][Decision.MATCH] >= 4
        assert decisions[sample][Decision.MATCH] >= 0.8 * decisions[sample].total()


def whose(x: float, time: float) -> str:
    """Return the sample picture of the visitor whose head is nearest to the column."""
    here = {visit.portrait.sample: at for visit in VISITS if (at := pose(visit, time))}
    return min(here, key=lambda sample: abs(here[sample].x - x))
