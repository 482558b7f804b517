"""Make people and faces together: they share the gallery's log, its snapshot and the bucket."""

from __future__ import annotations

from typing import TYPE_CHECKING

from recognizer.adapters.aws.clients import Names
from recognizer.adapters.aws.crops import AwsCrops
from recognizer.adapters.aws.deletion import PersonDeletion
from recognizer.adapters.aws.dynamo import Dynamo
from recognizer.adapters.aws.faces import AwsFaces
from recognizer.adapters.aws.gallery_faces import GalleryFaces
from recognizer.adapters.aws.gallery_log import GalleryLog
from recognizer.adapters.aws.gallery_manifest import GalleryManifests
from recognizer.adapters.aws.gallery_snapshot import GallerySnapshots
from recognizer.adapters.aws.merge import PersonMerge
from recognizer.adapters.aws.merge_photos import PhotoMoves
from recognizer.adapters.aws.merge_sightings import CropMoves, SightingMoves
from recognizer.adapters.aws.objects import Objects
from recognizer.adapters.aws.people import AwsPeople
from recognizer.adapters.aws.sightings import AwsSightings

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client


def people_and_faces(
    dynamo: Dynamo, s3: S3Client, names: Names, sightings: AwsSightings, crops: AwsCrops
) -> tuple[AwsPeople, AwsFaces]:
    """Return both ports over the same tables."""
    objects = Objects(s3, names.faces_bucket)
    log = GalleryLog(dynamo, names)
    gallery = GalleryFaces(dynamo, names)
    snapshots = GallerySnapshots(GalleryManifests(dynamo, names), objects, log, gallery)
    deletion = PersonDeletion(
        dynamo,
        names,
        objects=objects,
        sightings=sightings,
        crops=crops,
        log=log,
        snapshots=snapshots,
    )
    merge = PersonMerge(
        dynamo,
        names,
        photos=PhotoMoves(dynamo, names, objects, log),
        sightings=SightingMoves(dynamo, names),
        crops=CropMoves(dynamo, names, crops),
        log=log,
        snapshots=snapshots,
        deletion=deletion,
    )
    people = AwsPeople(dynamo, names, deletion, merge)
    faces = AwsFaces(dynamo, names, objects=objects, log=log, gallery=gallery, snapshots=snapshots)
    return people, faces
