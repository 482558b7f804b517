"""Part of ``gallery_load``: a stand-in for AWS with a large gallery, until standard input ends.

It prints the environment of its clients. The snapshot's faces are random unit vectors. A few more
faces are enrolled after the snapshot, so that a load also reads the log.
"""

from __future__ import annotations

import json
import os
import sys
from datetime import UTC, datetime

import numpy as np

from facecore.contract import Box, PersonUpdate, Photo, Quality
from facecore.vision.gallery import Embedding
from recognizer.adapters.aws import open_aws
from recognizer.adapters.aws.clients import connect
from recognizer.adapters.aws.dynamo import Dynamo
from recognizer.adapters.aws.gallery_object import (
    GalleryFile,
    GalleryManifests,
    Manifest,
    gallery_bytes,
    new_object_name,
)
from recognizer.adapters.aws.objects import Objects
from recognizer.domain.ports import EnrolledFace, Stores
from recognizer.settings import Settings
from services.recognizer.benchmarks.gallery_load_run import MODEL
from tests.support import moto

_PHOTOS_EACH = 5
_ENROLLED_LATER = 50
_NOW = datetime(2026, 11, 24, tzinfo=UTC)


def main(faces: int, dimension: int) -> None:
    """Serve until standard input ends."""
    server = moto.running()
    server.renew()
    os.environ.update(server.environment())
    stores = open_aws(Settings())
    stores.people.put("later", PersonUpdate(name="Later"), _NOW)
    _enrol(stores, 0, dimension)
    _keep(server, _synthetic(faces, dimension, stores.faces.version()))
    for number in range(1, _ENROLLED_LATER):
        _enrol(stores, number, dimension)
    print(json.dumps(server.environment()), flush=True)
    sys.stdin.read()


def _synthetic(faces: int, dimension: int, version: int) -> GalleryFile:
    vectors = np.random.default_rng(0).standard_normal((faces, dimension), np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    ids = tuple(f"person-{n // _PHOTOS_EACH:06}/{n:032x}" for n in range(faces))
    return GalleryFile(version, MODEL, ids, vectors)


def _keep(server: moto.Moto, gallery: GalleryFile) -> None:
    clients = connect()
    name = new_object_name(gallery.version)
    Objects(clients.s3, server.names.faces_bucket).put(name, gallery_bytes(gallery))
    manifest = Manifest(gallery.version, name, MODEL, gallery.vectors.shape[1])
    GalleryManifests(Dynamo(clients.dynamodb), server.names).replace(manifest, instead_of=None)


def _enrol(stores: Stores, number: int, dimension: int) -> None:
    photo = Photo(
        id=f"{number:032x}",
        label="later",
        sha256=f"{number:064x}",
        model=MODEL,
        box=Box(x=0, y=0, width=100, height=100),
        quality=Quality(accepted=True, size_px=100, sharpness=100, brightness=100, yaw=0),
        created_at=_NOW,
    )
    embedding = Embedding(MODEL, np.eye(1, dimension, number % dimension, dtype=np.float32)[0])
    face = EnrolledFace(photo, embedding)
    stores.faces.add(face, b"", seen_version=stores.faces.version())


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
