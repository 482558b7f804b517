"""A model's centre: the mean of many people's embeddings, which ``embed`` takes away.

It stands beside this module as ``centres/ID.npy``, float32 (D,); ``tools/centre.py`` writes it. It
is an average over thousands of people, and nobody's face.
"""

from __future__ import annotations

from importlib.resources import as_file, files

import numpy as np
from numpy.typing import NDArray

from facecore.models.catalogue import Embedder


def centre(model: Embedder) -> NDArray[np.float32] | None:
    """The model's centre; none when it has none."""
    file = files("facecore.models") / "centres" / f"{model.id}.npy"
    if not file.is_file():
        return None
    with as_file(file) as path:
        vector: NDArray[np.float32] = np.load(path)
    return vector
