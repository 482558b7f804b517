"""Open the AWS store: clients, names, then every adapter."""

from __future__ import annotations

from typing import TYPE_CHECKING

from recognizer.adapters.aws.access import AwsAdminTokens, AwsDevices, AwsSessions
from recognizer.adapters.aws.audit import AwsAudit
from recognizer.adapters.aws.clients import Clients, Names, connect
from recognizer.adapters.aws.counters import AwsCounters
from recognizer.adapters.aws.crops import AwsCrops, AwsIgnoredFaces
from recognizer.adapters.aws.deletion import PersonDeletion
from recognizer.adapters.aws.dynamo import MAX_ACTIONS, Dynamo
from recognizer.adapters.aws.faces import AwsFaces
from recognizer.adapters.aws.gallery_faces import GalleryFaces
from recognizer.adapters.aws.gallery_log import AwsReadiness, GalleryLog
from recognizer.adapters.aws.gallery_object import GalleryManifests
from recognizer.adapters.aws.gallery_snapshot import GallerySnapshots
from recognizer.adapters.aws.merge import PersonMerge
from recognizer.adapters.aws.merge_rows import CropMoves, PhotoMoves, SightingMoves
from recognizer.adapters.aws.objects import Objects
from recognizer.adapters.aws.people import AwsPeople
from recognizer.adapters.aws.sightings import AwsSightings
from recognizer.adapters.aws.tracks import AwsTracks
from recognizer.adapters.aws.videos import AwsVideos, AwsVideoStore
from recognizer.domain.clock import Clock, utc_now
from recognizer.domain.errors import SettingsInvalid
from recognizer.domain.ports import Stores
from recognizer.settings import Settings

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client


def open_aws(settings: Settings, *, now: Clock = utc_now) -> Stores:
    """Return the store over the tables and buckets of the settings. Send no request to them yet.

    Raises:
        SettingsInvalid: the region, the credentials or a bucket's name is missing.
    """
    return assemble(connect(), settings, now)


def assemble(
    clients: Clients, settings: Settings, now: Clock, *, max_actions: int = MAX_ACTIONS
) -> Stores:
    """Return the store over these clients, which it closes with itself."""
    names = names_of(settings)
    dynamo = Dynamo(clients.dynamodb, max_actions=max_actions)
    sightings = AwsSightings(dynamo, names, settings.sighting_lifetime, now)
    crops = AwsCrops(dynamo, names, settings.crop_lifetime, now)
    people, faces = people_and_faces(dynamo, clients.s3, names, sightings, crops)
    return Stores(
        people=people,
        faces=faces,
        sightings=sightings,
        tracks=AwsTracks(dynamo, names, settings.sighting_lifetime, now),
        crops=crops,
        ignored=AwsIgnoredFaces(dynamo, names, settings.sighting_lifetime, now),
        videos=AwsVideos(dynamo, names, settings.video_lifetime, now),
        video_store=AwsVideoStore(clients.s3, names.videos_bucket, settings.upload_link_lifetime),
        devices=AwsDevices(dynamo, names),
        admin_tokens=AwsAdminTokens(dynamo, names),
        counters=AwsCounters(dynamo, names, now),
        audit=AwsAudit(dynamo, names, now),
        sessions=AwsSessions(dynamo, names),
        readiness=AwsReadiness(GalleryLog(Dynamo(clients.fail_fast), names)),
        close=clients.close,
    )


def names_of(settings: Settings) -> Names:
    """Return the names in the settings. Raise ``SettingsInvalid`` if a bucket's is missing."""
    if settings.videos_bucket is None or settings.faces_bucket is None:
        raise SettingsInvalid("set RECOGNIZER_VIDEOS_BUCKET and RECOGNIZER_FACES_BUCKET")
    return Names(
        people=settings.people_table,
        faces=settings.faces_table,
        gallery=settings.gallery_table,
        sightings=settings.sightings_table,
        crops=settings.crops_table,
        videos=settings.videos_table,
        devices=settings.devices_table,
        videos_bucket=settings.videos_bucket,
        faces_bucket=settings.faces_bucket,
    )


# Make people and faces together: they share the gallery's log, its snapshot and the bucket.


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
