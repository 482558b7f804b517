"""Write a model's mean embedding: the mean of the embeddings of many people, each counted once.

    python research/mean_embedding.py MODEL FOLDER

``FOLDER`` has a folder of pictures for each person. The result is written to
``libs/facecore/src/facecore/models/mean_embeddings``.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

import numpy as np

from facecore.evaluation.dataset import read_dataset
from facecore.evaluation.faces import FaceCache, Faces, cache_path, find_faces
from facecore.models import catalogue
from facecore.vision.analyzer import load_analyzer
from facecore.vision.gallery import Vector

FOLDER = Path(__file__).parents[1] / "libs/facecore/src/facecore/models/mean_embeddings"


def main(name: str, folder: Path) -> None:
    """Compute the mean embedding and write it."""
    model = catalogue.embedder(name)
    analyzer = load_analyzer(name, threads=1, subtract_mean=False)
    with FaceCache(cache_path(model.id, model.preprocessing, "not centred"), model.id) as kept:
        faces = find_faces(
            analyzer,
            read_dataset(folder).pictures,
            kept,
            workers=os.cpu_count() or 1,
            progress=lambda done, total: print(f"\r{done} of {total}", end="", file=sys.stderr),
        )
    mean = mean_of_people(faces)
    np.save(FOLDER / f"{model.id}.npy", mean)
    print(f"{model.id}: length {np.linalg.norm(mean):.3f}")


def mean_of_people(faces: Faces) -> Vector:
    """Return the mean of people's means, float32 (D,)."""
    people: dict[str, list[Vector]] = {}
    for picture, face in faces.items():
        if face is not None:
            people.setdefault(picture.label, []).append(face.embedding.vector)
    means = [np.mean(vectors, axis=0) for vectors in people.values()]
    mean: Vector = np.mean(means, axis=0).astype(np.float32)
    return mean


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
