"""People and faces together: they share the gallery's log, its snapshot and the photos' bucket."""

from __future__ import annotations

from typing import TYPE_CHECKING

from recognizer.stores.aws.crops import AwsCrops
from recognizer.stores.aws.deletion import PersonDeletion
from recognizer.stores.aws.dynamo import Dynamo
from recognizer.stores.aws.faces import AwsFaces
from recognizer.stores.aws.gallery_faces import GalleryFaces
from recognizer.stores.aws.gallery_log import GalleryLog
from recognizer.stores.aws.gallery_pointer import GalleryPointer
from recognizer.stores.aws.gallery_snapshot import GallerySnapshots
from recognizer.stores.aws.merge import PersonMerge
from recognizer.stores.aws.merge_crops import CropMoves
from recognizer.stores.aws.merge_photos import PhotoMoves
from recognizer.stores.aws.merge_sightings import SightingMoves
from recognizer.stores.aws.names import Names
from recognizer.stores.aws.objects import Objects
from recognizer.stores.aws.people import AwsPeople
from recognizer.stores.aws.sightings import AwsSightings

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client


def people_and_faces(
    dynamo: Dynamo, s3: S3Client, names: Names, sightings: AwsSightings, crops: AwsCrops
) -> tuple[AwsPeople, AwsFaces]:
    """Both ports over the same tables."""
    objects = Objects(s3, names.faces_bucket)
    log = GalleryLog(dynamo, names)
    gallery = GalleryFaces(dynamo, names)
    snapshots = GallerySnapshots(GalleryPointer(dynamo, names), objects, log, gallery)
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
