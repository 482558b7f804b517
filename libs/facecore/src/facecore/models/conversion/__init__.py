"""Convert the fetched weights to the files that are loaded, without torch or TensorFlow."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import onnx

from facecore.models.catalogue import (
    FACENET_STATE,
    FACENET_VGGFACE2,
    SFACE,
    Embedder,
    Model,
)
from facecore.models.conversion.checkpoint import read_checkpoint
from facecore.models.conversion.facenet import build_facenet
from facecore.models.conversion.facenet_state import write_state
from facecore.models.conversion.graph import expand_prelu
from facecore.models.conversion.mtcnn import build_onet, build_pnet, build_rnet
from facecore.models.conversion.sface import build_sface

_EMBEDDERS = {FACENET_VGGFACE2.name: build_facenet, SFACE.name: build_sface}


def convert(model: Model, sources: Mapping[str, bytes], folder: Path) -> None:
    """Write the model's files to the folder.

    Args:
        model: the model; its ``files`` are written.
        sources: the package's files, in the catalogue's order.
        folder: an existing folder.

    Raises:
        ModelCorrupt: the sources have an unexpected content.
        OSError: the folder can't be written.
    """
    if model.id == FACENET_STATE.id:
        write_state(next(iter(sources.values())), folder / model.files[0])
        return
    for name, built in zip(model.files, _built(model, list(sources.values())), strict=True):
        expand_prelu(built.graph)
        (folder / name).write_bytes(built.SerializeToString())


def _built(model: Model, sources: list[bytes]) -> Iterator[onnx.ModelProto]:
    if isinstance(model, Embedder):
        build = _EMBEDDERS[model.name]
        yield build(sources[0], input_size=model.input_size, dimension=model.dimension)
    else:
        for make, source in zip((build_pnet, build_rnet, build_onet), sources, strict=True):
            yield make(read_checkpoint(source))
