"""Validate FaceNet as its authors do, on the pairs of a folder in LFW's layout.

    python research/facenet_validation.py FOLDER

It follows davidsandberg/facenet's ``validate_on_lfw``. The crop is the detector's box with a margin
of 32 pixels of the picture, clipped at its edge and scaled to 160. The embeddings of the crop and
of its mirror image are concatenated, the mean of the training folds is subtracted, and cosines are
compared. For comparison it also runs without the mirror image and without subtracting the mean. The
ten folds are those of ``pairs.txt``, else every tenth of all pairs. The results are in
docs/accuracy.md.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from PIL import Image
from rich.progress import track

from facecore.contract import Box
from facecore.evaluation.dataset import FOLDS, Pair, Picture, Protocol, protocols
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
    """Cut a face out as ``align_dataset_mtcnn --image_size 160 --margin 32`` does."""
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
    print_accuracy("neither", plain, folds, centred=False)
    print_accuracy("mean subtracted", plain, folds, centred=True)
    print_accuracy("mirrored too", both, folds, centred=False)
    print_accuracy("mirrored too, mean subtracted", both, folds, centred=True)


def quietly(*progress: object) -> None:
    """Print no progress while an evaluation's boxes are read or found."""


def ten_folds(protocol: Protocol) -> list[list[Pair]]:
    """Return the protocol's folds, or for a fixed split every tenth of all its pairs."""
    if not protocol.fixed:
        return [list(fold) for fold in protocol.folds]
    pairs = [pair for fold in protocol.folds for pair in fold]
    return [pairs[fold::FOLDS] for fold in range(FOLDS)]


def embedded(embedder: FaceEmbedder, boxes: dict[Picture, Box]) -> tuple[Vectors, Vectors]:
    """Return each picture's embedding, and it concatenated with the mirrored crop's."""
    plain, both = {}, {}
    for picture, box in track(boxes.items(), "embedding"):
        crop = cut(decode(picture.path.read_bytes()), box)
        one, mirrored = embedder.embed([crop, np.ascontiguousarray(crop[:, ::-1])])
        plain[picture] = one.vector
        both[picture] = np.concatenate([one.vector, mirrored.vector])
    return plain, both


def print_accuracy(
    name: str, vectors: Vectors, folds: Sequence[Sequence[Pair]], *, centred: bool
) -> None:
    """Print the mean accuracy over the folds; each uses threshold and mean of the others."""
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
    """Return which pairs show one person, (N,)."""
    return np.array([pair.same for pair in pairs])


def cosines(
    pairs: Sequence[Pair], vectors: Vectors, mean: Vector
) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Return each pair's cosine, (N,); -1 if a picture has no face."""
    return np.array([cosine(pair, vectors, mean) for pair in pairs])


def cosine(pair: Pair, vectors: Vectors, mean: Vector) -> float:
    """Return the cosine of two pictures' vectors after the mean is subtracted."""
    if pair.first not in vectors or pair.second not in vectors:
        return -1.0
    one, other = vectors[pair.first] - mean, vectors[pair.second] - mean
    return float(one @ other / np.linalg.norm(one) / np.linalg.norm(other))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
