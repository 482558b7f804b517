"""Put the built models into the image. They are the same for every architecture."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from facecore import cache
from facecore.errors import ModelError
from facecore.models import Backend, Model, catalogue, store
from services.recognizer.image.failure import AssemblyFailed


def put(models: Path, epoch: int, backend: Backend) -> None:
    """Fetch, build and verify the backend's models if they are missing, and copy them.

    Args:
        models: the folder to make.
        epoch: the modification time of the image's files, in seconds since 1970. The manifests
            record it. If a file has another time, every cold start hashes all of its bytes.
        backend: the backend of the image.

    Raises:
        AssemblyFailed: a model can't be fetched or built.
    """
    torch = catalogue.needed(catalogue.FACENET_VGGFACE2, Backend.TORCH)
    for model in torch if backend is Backend.TORCH else catalogue.DEFAULTS:
        try:
            built = store.ensure(model, full=True)
        except ModelError as error:
            raise AssemblyFailed(f"{model.name}: {error}") from error
        _copy(model, built, models / model.id, epoch)


def _copy(model: Model, built: Path, place: Path, epoch: int) -> None:
    place.mkdir(parents=True)
    for name in model.files:
        shutil.copyfile(built / name, place / name)
    read = cache.Manifest.model_validate_json((built / cache.MANIFEST).read_bytes())
    records = {name: read.files[name] for name in model.files}
    dated = {
        name: record.model_copy(update={"mtime_ns": epoch * 10**9})
        for name, record in records.items()
    }
    written = read.model_copy(update={"files": dated}).model_dump()
    (place / cache.MANIFEST).write_text(json.dumps(written, indent=2) + "\n", encoding="utf-8")
