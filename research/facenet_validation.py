"""Validate FaceNet as its authors do, on the pairs of a folder in LFW's layout.

    python research/facenet_validation.py FOLDER

davidsandberg/facenet's ``validate_on_lfw``: the detector's box with a margin of 32 pixels of the
picture, clipped at its edge, scaled to 160; the mirrored picture embedded too, both side by side;
the mean of the training folds taken away; cosines. Beside it, the same without mirrored pictures,
and without the mean. Ten folds: those of ``pairs.txt``, else every tenth of all pairs there are.
What it printed is in docs/accuracy.md.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from PIL import Image
from rich.progress import track

from facecore.contract import Box
from facecore.evaluation.dataset import Picture
from facecore.evaluation.pairs import FOLDS, Pair, Protocol, protocols
from facecore.evaluation.run import measured
from facecore.evaluation.verification import best_threshold
from facecore.models import catalogue, ensure_embedder
from facecore.models.preprocessing import FACENET
from facecore.vision.backends.onnx_runtime import OnnxNetwork
from facecore.vision.embed import FaceEmbedder
from facecore.vision.gallery import Vector
from facecore.vision.image import RgbImage, decode

Vectors = dict[Picture, Vector]
MARGIN = 32


def cut(image: RgbImage, box: Box) -> RgbImage:
    """As ``align_dataset_mtcnn`` cuts, with ``--image_size 160 --margin 32``."""
    height, width = image.shape[:2]
    left, top = max(box.x - MARGIN / 2, 0), max(box.y - MARGIN / 2, 0)
    right = min(box.x + box.width + MARGIN / 2, width)
    bottom = min(box.y + box.height + MARGIN / 2, height)
    face = Image.fromarray(image[int(top) : int(bottom), int(left) : int(right)])
    return np.asarray(face.resize((FACENET.size, FACENET.size), Image.Resampling.BILINEAR))


def main(folder: Path) -> None:
    """Print the accuracy of each combination."""
    network = OnnxNetwork(ensure_embedder(catalogue.FACENET_VGGFACE2.name).onnx, threads=1)
    embedder = FaceEmbedder(network, "plain")
    with measured(folder, catalogue.DEFAULT_EMBEDDER, quietly) as subject:
        folds = ten_folds(protocols(subject.dataset, seed=1)[0])
        wanted = {p for fold in folds for pair in fold for p in (pair.first, pair.second)}
        boxes = {p: face.box for p, face in subject.faces.items() if face and p in wanted}
    print(f"{sum(map(len, folds))} pairs, {len(wanted) - len(boxes)} pictures without a face")
    plain, both = embedded(embedder, boxes)
    tell("neither", plain, folds, centred=False)
    tell("mean subtracted", plain, folds, centred=True)
    tell("mirrored too", both, folds, centred=False)
    tell("mirrored too, mean subtracted", both, folds, centred=True)


def quietly(*progress: object) -> None:
    """Say nothing while boxes come from the cache of an evaluation."""


def ten_folds(protocol: Protocol) -> list[list[Pair]]:
    """Return those of the protocol, or every tenth of all its pairs."""
    if not protocol.fixed:
        return [list(fold) for fold in protocol.folds]
    pairs = [pair for fold in protocol.folds for pair in fold]
    return [pairs[fold::FOLDS] for fold in range(FOLDS)]


def embedded(embedder: FaceEmbedder, boxes: dict[Picture, Box]) -> tuple[Vectors, Vectors]:
    """Of each picture the embedding, and that with the mirrored crop's beside it."""
    plain, both = {}, {}
    for picture, box in track(boxes.items(), "embedding"):
        crop = cut(decode(picture.path.read_bytes()), box)
        one, mirrored = embedder.embed([crop, np.ascontiguousarray(crop[:, ::-1])])
        plain[picture] = one.vector
        both[picture] = np.concatenate([one.vector, mirrored.vector])
    return plain, both


def tell(name: str, vectors: Vectors, folds: Sequence[Sequence[Pair]], *, centred: bool) -> None:
    """Print the mean accuracy over the folds, each with threshold and mean of the others."""
    accuracies = []
    for tried in range(len(folds)):
        rest = [pair for fold, pairs in enumerate(folds) if fold != tried for pair in pairs]
        seen = [vectors[p] for pair in rest for p in (pair.first, pair.second) if p in vectors]
        mean = np.mean(seen, axis=0) if centred else np.zeros_like(seen[0])
        limit = best_threshold(cosines(rest, vectors, mean), same(rest))
        right = (cosines(folds[tried], vectors, mean) >= limit) == same(folds[tried])
        accuracies.append(float(right.mean()))
    error = np.std(accuracies) / len(folds) ** 0.5
    print(f"{name}: {np.mean(accuracies):.4f} ± {error:.4f}", flush=True)


def same(pairs: Sequence[Pair]) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Return which pairs show one person."""
    return np.array([pair.same for pair in pairs])


def cosines(
    pairs: Sequence[Pair], vectors: Vectors, mean: Vector
) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Of each pair; -1 where a picture shows no face."""
    return np.array([cosine(pair, vectors, mean) for pair in pairs])


def cosine(pair: Pair, vectors: Vectors, mean: Vector) -> float:
    """Of two pictures' vectors after the mean is taken away."""
    if pair.first not in vectors or pair.second not in vectors:
        return -1.0
    one, other = vectors[pair.first] - mean, vectors[pair.second] - mean
    return float(one @ other / np.linalg.norm(one) / np.linalg.norm(other))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
