"""The contestants, each as its own documentation uses it. All enrol the same photos.

Each is imported where it is made: they live in different environments.
"""

from __future__ import annotations

import io
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Protocol

FACENET_WEIGHTS: Final = "FACENET_WEIGHTS"
"""Variable of the environment: the file with facenet-pytorch's weights, as torch's backend has."""

Box = tuple[float, float, float, float]
"""Left, top, right and bottom in pixels."""


@dataclass(frozen=True, slots=True)
class Seen:
    """A face that was found, and the name it was given, if any."""

    box: Box
    label: str | None


class Contestant(Protocol):
    """From a picture's bytes to names."""

    def enrol(self, label: str, jpeg: bytes) -> None:
        """Know a person by one photo."""
        ...

    def look(self, jpeg: bytes) -> list[Seen]:
        """Say who is there."""
        ...


class Facecore:
    """This project, with one of its models and the thresholds that belong to it."""

    def __init__(self, model: str, threads: int) -> None:
        """Load the models."""
        from facecore.vision.analyzer import load_analyzer  # noqa: PLC0415 - see the module
        from facecore.vision.gallery import Gallery  # noqa: PLC0415 - see the module

        self._analyzer = load_analyzer(model, threads=threads)
        self._gallery = Gallery(
            self._analyzer.model_id, self._analyzer.dimension, self._analyzer.thresholds
        )

    def enrol(self, label: str, jpeg: bytes) -> None:
        """See ``Contestant``."""
        embedding = self._analyzer.analyze(jpeg).faces[0].embedding
        if embedding is None:
            raise ValueError(f"the photo of {label} was refused")
        self._gallery.add(label, label, embedding)

    def look(self, jpeg: bytes) -> list[Seen]:
        """See ``Contestant``."""
        faces = self._analyzer.analyze(jpeg).faces
        embeddings = [face.embedding for face in faces if face.embedding is not None]
        matches = iter(self._gallery.match(embeddings))
        return [
            Seen(
                (face.box.x, face.box.y, face.box.x + face.box.width, face.box.y + face.box.height),
                next(matches).label if face.embedding is not None else None,
            )
            for face in faces
        ]


class FacenetPytorch:
    """facenet-pytorch 2.5.3 as its README shows it: MTCNN's defaults, one batch of crops.

    The weights are the published ones, from the package that the catalogue pins. A face is the
    nearest person within a Euclidean distance of 1, which separates its README's examples.
    """

    def __init__(self, threads: int) -> None:
        """Load the networks."""
        import numpy as np  # noqa: PLC0415 - see the module
        import torch  # noqa: PLC0415 - see the module
        from facenet_pytorch import MTCNN, InceptionResnetV1  # noqa: PLC0415 - see the module

        torch.set_num_threads(threads)
        self._torch = torch
        self._mtcnn = MTCNN(keep_all=True)
        self._network = InceptionResnetV1().eval()
        with np.load(os.environ[FACENET_WEIGHTS]) as state:
            weights = {name: torch.from_numpy(state[name]) for name in state.files}
        self._network.load_state_dict(weights)
        self._known: dict[str, Any] = {}

    def enrol(self, label: str, jpeg: bytes) -> None:
        """See ``Contestant``."""
        self._known[label] = self._embedded(jpeg)[1][0]

    def look(self, jpeg: bytes) -> list[Seen]:
        """See ``Contestant``."""
        boxes, vectors = self._embedded(jpeg)
        distances = [
            {label: float((vector - known).norm()) for label, known in self._known.items()}
            for vector in vectors
        ]
        return [Seen(box, _nearest(far, 1.0)) for box, far in zip(boxes, distances, strict=True)]

    def _embedded(self, jpeg: bytes) -> tuple[list[Box], Any]:
        image = _decoded(jpeg)
        with self._torch.no_grad():
            boxes, _ = self._mtcnn.detect(image)
            if boxes is None:
                return [], []
            crops = self._mtcnn.extract(image, boxes, None)
            return [tuple(box) for box in boxes.tolist()], self._network(crops)


class FaceRecognition:
    """face_recognition 1.3 (dlib) as its README shows it: HOG, and its own tolerance of 0.6."""

    def __init__(self) -> None:
        """Load the networks."""
        import face_recognition  # noqa: PLC0415 - see the module
        import numpy as np  # noqa: PLC0415 - see the module

        self._api, self._np = face_recognition, np
        self._known: dict[str, Any] = {}

    def enrol(self, label: str, jpeg: bytes) -> None:
        """See ``Contestant``."""
        self._known[label] = self._embedded(jpeg)[1][0]

    def look(self, jpeg: bytes) -> list[Seen]:
        """See ``Contestant``."""
        places, vectors = self._embedded(jpeg)
        distances = [
            dict(zip(self._known, self._api.face_distance([*self._known.values()], v), strict=True))
            for v in vectors
        ]
        return [
            Seen((left, top, right, bottom), _nearest(far, 0.6))
            for (top, right, bottom, left), far in zip(places, distances, strict=True)
        ]

    def _embedded(self, jpeg: bytes) -> tuple[Any, Any]:
        image = self._np.asarray(_decoded(jpeg))
        places = self._api.face_locations(image)
        return places, self._api.face_encodings(image, places)


MAKERS: Final[Mapping[str, Callable[[int], Contestant]]] = {
    "ours, sface": lambda threads: Facecore("sface", threads),
    "ours, facenet": lambda threads: Facecore("facenet-vggface2", threads),
    "facenet-pytorch": FacenetPytorch,
    "face_recognition": lambda _: FaceRecognition(),  # dlib's HOG knows one thread
}
"""Name → how it is made to work with so many threads."""


def _decoded(jpeg: bytes) -> Any:
    from PIL import Image  # noqa: PLC0415 - see the module

    return Image.open(io.BytesIO(jpeg)).convert("RGB")


def _nearest(distances: Mapping[str, float], limit: float) -> str | None:
    label = min(distances, key=distances.__getitem__, default=None)
    return label if label is not None and distances[label] <= limit else None
