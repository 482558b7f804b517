"""Compare preprocessings for FaceNet on all pairs of the faces of some people.

    python research/preprocessing_comparison.py FOLDER [PEOPLE]

``FOLDER`` has a folder of pictures for each person. PEOPLE (250) is the number of people with
several pictures who are used, with up to three pictures each. The results are in docs/accuracy.md.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from facecore.evaluation.dataset import Picture, read_dataset, relabelled
from facecore.evaluation.faces import main_face
from facecore.evaluation.verification import equal_error, roc, true_accepts_at
from facecore.models import ensure_embedder
from facecore.models.catalogue import FACENET_VGGFACE2
from facecore.models.preprocessing import FACENET, BoxCrop, LandmarkCrop
from facecore.vision.align import align
from facecore.vision.analyzer import AnalyzedFace, FaceAnalyzer, load_analyzer
from facecore.vision.backends.onnx_runtime import OnnxNetwork
from facecore.vision.embed import FaceEmbedder
from facecore.vision.gallery import Vector
from facecore.vision.image import RgbImage, decode

Cut = Callable[[RgbImage, AnalyzedFace], RgbImage]
MODEL = FACENET_VGGFACE2.name
SIZE = FACENET.size
PLACES = ((52, 70), (108, 70), (80, 102), (56, 132), (104, 132))
"""Positions of an average face's landmarks in FaceNet's crop, in pixels."""


def stretched(margin: int) -> Cut:
    """Return the cut of ``align`` with this margin."""
    how = BoxCrop(SIZE, margin)
    return lambda image, face: align(image, face.box, face.landmarks, how)


def by_landmarks(image: RgbImage, face: AnalyzedFace) -> RgbImage:
    """Cut by a similarity transform of the landmarks."""
    return align(image, face.box, face.landmarks, LandmarkCrop(SIZE, PLACES))


def warped(image: RgbImage, face: AnalyzedFace, *, upright: bool, square: bool) -> RgbImage:
    """Cut the box with the current margin at subpixel accuracy; turn it upright if asked."""
    box, eyes = face.box, face.landmarks
    grow = SIZE / (SIZE - FACENET.margin)
    width, height = box.width * grow, box.height * grow
    if square:
        width = height = (width * height) ** 0.5
    across = (eyes.right_eye.x - eyes.left_eye.x, eyes.right_eye.y - eyes.left_eye.y)
    angle = np.arctan2(across[1], across[0]) if upright else 0.0
    turn = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    matrix = np.diag([SIZE / width, SIZE / height]) @ turn
    centre = np.array([box.x + box.width / 2, box.y + box.height / 2]) - 0.5
    move = np.full(2, SIZE / 2 - 0.5) - matrix @ centre
    warp = np.hstack([matrix, move[:, None]])
    return np.asarray(cv2.warpAffine(image, warp, (SIZE, SIZE), flags=cv2.INTER_CUBIC), np.uint8)


def by_area(image: RgbImage, face: AnalyzedFace) -> RgbImage:
    """Cut as in the current preprocessing, but enlarge by area averaging, as before."""
    box, edge = face.box, max(image.shape)
    grow = FACENET.margin / (SIZE - FACENET.margin) / 2
    left, top = round(box.x - grow * box.width), round(box.y - grow * box.height)
    right = round(box.x + (1 + grow) * box.width)
    bottom = round(box.y + (1 + grow) * box.height)
    framed = cv2.copyMakeBorder(image, edge, edge, edge, edge, cv2.BORDER_CONSTANT)
    crop = framed[top + edge : bottom + edge, left + edge : right + edge]
    return np.asarray(cv2.resize(crop, (SIZE, SIZE), interpolation=cv2.INTER_AREA), np.uint8)


CUTS: dict[str, Cut] = {
    "margin 14": stretched(14),
    "margin 28": stretched(28),
    "margin 40 (in use)": stretched(40),
    "margin 52": stretched(52),
    "enlarged by areas": by_area,
    "to a fraction of a pixel": lambda i, f: warped(i, f, upright=False, square=False),
    "turned upright": lambda i, f: warped(i, f, upright=True, square=False),
    "square, not stretched": lambda i, f: warped(i, f, upright=False, square=True),
    "by the landmarks": by_landmarks,
}


def main(folder: Path, people: int) -> None:
    """Print the rates of each preprocessing, and of mirroring with the current one."""
    pictures = [relabelled(picture) for picture in chosen(folder, people)]
    analyzer = load_analyzer(MODEL, threads=2)
    faces = [(decode(picture.path.read_bytes()), picture.label) for picture in pictures]
    found = [(image, face, label) for image, label in faces if (face := face_of(analyzer, image))]
    embedder = FaceEmbedder(OnnxNetwork(ensure_embedder(MODEL).onnx, threads=2), "plain")
    labels = np.array([label for _, _, label in found])
    print(f"{len(found)} faces of {len(set(labels))} people, all pairs")
    for name, cut in CUTS.items():
        crops = [cut(image, face) for image, face, _ in found]
        plain = embedded(embedder, crops)
        print_rates(f"{name}, not centred", plain, plain, labels)
        centred = unit(plain - plain.mean(axis=0))
        print_rates(f"{name}, centred", centred, centred, labels)
        if cut is CUTS["margin 40 (in use)"]:
            mirrored = embedded(embedder, [np.ascontiguousarray(crop[:, ::-1]) for crop in crops])
            centre = (plain.mean(axis=0) + mirrored.mean(axis=0)) / 2
            one = unit(plain - centre)
            both = unit(one + unit(mirrored - centre))
            print_rates("mirrored too, when enrolled", both, one, labels)
            print_rates("mirrored too, always", both, both, labels)


def chosen(folder: Path, people: int) -> Iterator[Picture]:
    """Yield up to three pictures each of people with several pictures, drawn at random."""
    random = np.random.default_rng(1)
    several = [ps for ps in read_dataset(folder).by_label().values() if len(ps) > 1]
    for number in random.permutation(len(several))[:people]:
        yield from several[number][:3]


def face_of(analyzer: FaceAnalyzer, image: RgbImage) -> AnalyzedFace | None:
    """Return the main face of a picture."""
    return main_face(analyzer.analyze_image(image))


def embedded(embedder: FaceEmbedder, crops: Sequence[RgbImage]) -> Vector:
    """Embed crops as unit vectors, float32 (N, D)."""
    return np.stack([embedding.vector for embedding in embedder.embed(crops)])


def unit(vectors: Vector) -> Vector:
    """Scale rows to unit length."""
    scaled: Vector = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    return scaled


def print_rates(name: str, enrolled: Vector, probes: Vector, labels: NDArray[np.str_]) -> None:
    """Print the error rates over all pairs of an enrolled face and a probe."""
    similar = (enrolled @ probes.T).astype(np.float64)
    pairs = ~np.eye(len(labels), dtype=bool)
    curve = roc(similar[pairs], (labels[:, None] == labels[None])[pairs])
    rates = ", ".join(
        f"{true_accepts_at(curve, rate).rate:.4f} at {rate:.2%}" for rate in (0.001, 0.0001)
    )
    print(f"{name:42s} equal error {equal_error(curve):.4f}, true accepts {rates}", flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 250)  # noqa: PLR2004
