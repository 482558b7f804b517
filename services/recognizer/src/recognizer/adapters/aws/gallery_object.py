"""The gallery's snapshot as it is stored: an object in S3, and the manifest that names it.

The manifest is one item. Its version only grows. The object is a NumPy archive of arrays, without
pickle: https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
"""

from __future__ import annotations

import io
import secrets
import struct
import zipfile
import zlib
from dataclasses import dataclass

import numpy as np
from boto3.dynamodb.conditions import Attr, ConditionBase
from numpy.typing import NDArray

from recognizer.adapters.aws.clients import Names
from recognizer.adapters.aws.dynamo import Dynamo
from recognizer.adapters.aws.dynamo_requests import AttributeUpdates
from recognizer.adapters.aws.errors import ConditionFailed
from recognizer.adapters.aws.items import Item

FOLDER = "gallery/"
NO_MODEL = "-"
_ITEM: Item = {"part": "snapshot", "number": 0}


@dataclass(frozen=True, slots=True)
class Manifest:
    """The name of a snapshot's object, and what it holds.

    Attributes:
        version: the gallery's version in the object.
        object: the object's name. If the object is gone, a newer one has replaced it.
        model: the model of the embeddings; ``NO_MODEL`` if there is no object, since embeddings
            were removed before the first snapshot.
        dimension: length of an embedding.
        tidy: whether everything that this snapshot replaces was removed.
    """

    version: int
    object: str
    model: str = NO_MODEL
    dimension: int = 0
    tidy: bool = False


class GalleryManifests:
    """Reads and replaces the manifest."""

    def __init__(self, dynamo: Dynamo, names: Names) -> None:
        self._dynamo = dynamo
        self._table = names.gallery

    def read(self) -> Manifest | None:
        """Return the current manifest; None before the first snapshot."""
        item = self._dynamo.get(self._table, _ITEM)
        return None if item is None else _manifest(item)

    def replace(self, to: Manifest, *, instead_of: Manifest | None) -> Manifest | None:
        """Replace the manifest; return the one before.

        Args:
            to: the new manifest. Its version is newer, or equal to that of ``instead_of``.
            instead_of: a manifest that the caller can't use, which may be of the same version.

        Raises:
            ConditionFailed: another process wrote one that is as new; nothing is changed.
        """
        values: Item = {
            "version": to.version,
            "object": to.object,
            "model": to.model,
            "dimension": to.dimension,
        }
        before = self._dynamo.update(
            self._table,
            _ITEM,
            AttributeUpdates(values, remove=("tidy",)),
            _older(to, instead_of),
        )
        return _manifest(before) if before else None

    def mark_tidy(self, manifest: Manifest) -> None:
        """Set ``tidy``, unless the manifest was replaced."""
        try:
            self._dynamo.update(
                self._table,
                _ITEM,
                AttributeUpdates({"tidy": 1}),
                Attr("object").eq(manifest.object),
            )
        except ConditionFailed:  # the process that replaced it tidies up
            return


def new_object_name(version: int) -> str:
    """Return a name that was never used. Names sort like versions."""
    return f"{before_version(version)}{secrets.token_hex(8)}"


def before_version(version: int) -> str:
    """Return a text that sorts after the names of older versions and before this version's."""
    return f"{FOLDER}{version:016d}-"


def _older(than: Manifest, instead_of: Manifest | None) -> ConditionBase:
    older = Attr("version").not_exists() | Attr("version").lt(than.version)
    return older if instead_of is None else older | Attr("object").eq(instead_of.object)


def _manifest(item: Item) -> Manifest:
    return Manifest(
        version=int(item["version"]),
        object=str(item["object"]),
        model=str(item["model"]),
        dimension=int(item["dimension"]),
        tidy="tidy" in item,
    )


_DAMAGES = (
    ValueError,
    KeyError,
    TypeError,
    EOFError,
    OSError,
    NotImplementedError,
    RuntimeError,
    struct.error,
    zlib.error,
    zipfile.BadZipFile,
)


class GalleryFileDamaged(Exception):
    """The bytes were not written by ``gallery_bytes``."""


@dataclass(frozen=True, slots=True, eq=False)
class GalleryFile:
    """The gallery of one model at one version.

    Attributes:
        face_ids: N of them, each ``label/photo id``.
        vectors: float32 (N, D), unit length.
    """

    version: int
    model: str
    face_ids: tuple[str, ...]
    vectors: NDArray[np.float32]


def empty_gallery(model: str, dimension: int) -> GalleryFile:
    """Return the empty gallery, version 0, with which every log begins."""
    return GalleryFile(0, model, (), np.empty((0, dimension), np.float32))


def gallery_bytes(gallery: GalleryFile) -> bytes:
    """Return the object's bytes."""
    stream = io.BytesIO()
    np.savez(
        stream,
        version=np.int64(gallery.version),
        model=_text(gallery.model),
        face_ids=_text("\n".join(gallery.face_ids)),
        vectors=gallery.vectors.astype("<f4", copy=False),
    )
    return stream.getvalue()


def read_gallery(content: bytes) -> GalleryFile:
    """Return the gallery of an object's bytes. Raise ``GalleryFileDamaged``."""
    try:
        with np.load(io.BytesIO(content), allow_pickle=False) as arrays:
            lines = bytes(arrays["face_ids"]).decode()
            return GalleryFile(
                version=int(arrays["version"]),
                model=bytes(arrays["model"]).decode(),
                face_ids=tuple(lines.split("\n")) if lines else (),
                vectors=arrays["vectors"].astype(np.float32, copy=False),
            )
    except _DAMAGES as error:
        raise GalleryFileDamaged(f"the gallery's snapshot is damaged: {error}") from error


def _text(text: str) -> NDArray[np.uint8]:
    return np.frombuffer(text.encode(), np.uint8)
