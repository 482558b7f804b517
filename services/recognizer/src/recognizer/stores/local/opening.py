"""Opens a data folder: locks, migrations, sweep, then every adapter of the family."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from recognizer.errors import StoreUnavailable
from recognizer.ports import Stores
from recognizer.stores.local.audit import LocalAudit
from recognizer.stores.local.crops import LocalCrops
from recognizer.stores.local.database import Database
from recognizer.stores.local.devices import LocalDevices
from recognizer.stores.local.faces import LocalFaces
from recognizer.stores.local.folder import DataFolder, UseLock
from recognizer.stores.local.ignored import LocalIgnoredFaces
from recognizer.stores.local.links import LinkSigner
from recognizer.stores.local.meta import LocalAdminTokens, link_secret
from recognizer.stores.local.people import LocalPeople
from recognizer.stores.local.photo_files import PhotoFiles
from recognizer.stores.local.sessions import LocalSessions
from recognizer.stores.local.sightings import LocalSightings
from recognizer.stores.local.tallies import LocalTallies
from recognizer.stores.local.tracks import LocalTracks
from recognizer.stores.local.video_files import LocalVideoStore
from recognizer.stores.local.video_retention import VideoRetention
from recognizer.stores.local.video_rules import VideoSpace
from recognizer.stores.local.videos import LocalVideos


@dataclass(frozen=True, slots=True)
class LocalStores(Stores):
    """The family, and what only a local one has.

    Attributes:
        video_store: by its own type, for it takes the uploads itself.
        video_retention: removes old video.
    """

    video_store: LocalVideoStore
    video_retention: VideoRetention


def open_local(
    root: Path,
    *,
    link_lifetime: timedelta,
    sighting_lifetime: timedelta,
    crop_lifetime: timedelta,
    video_lifetime: timedelta | None = None,
    video_bytes: int | None = None,
    now: Callable[[], datetime],
) -> LocalStores:
    """Opens the folder, and makes it when it is not there; deletes what is expired, but video.

    Args:
        root: the data folder.
        link_lifetime: how long a link to a video works.
        sighting_lifetime: how long sightings and tracks are kept.
        crop_lifetime: how long crops are kept.
        video_lifetime: how long video is kept, None: for ever; ``LocalStores.video_retention``
            removes it.
        video_bytes: most bytes of video; None: half of the disk.
        now: the time.

    Raises:
        StoreUnavailable: the folder can't be written, its database is damaged or newer.
    """
    folder = DataFolder(root)
    folder.make()
    with ExitStack() as opened:
        database = _open(folder, opened)
        signer = LinkSigner(link_secret(database), link_lifetime, now)
        sightings = LocalSightings(database, sighting_lifetime, now)
        tracks = LocalTracks(database, sighting_lifetime, now)
        crops = LocalCrops(database, crop_lifetime, now)
        ignored = LocalIgnoredFaces(database, sighting_lifetime, now)
        for expiring in (sightings, tracks, crops, ignored):
            expiring.forget_expired()
        files = PhotoFiles(folder)
        video_store = LocalVideoStore(folder, signer)
        video_retention = VideoRetention(
            database,
            video_store,
            lifetime=video_lifetime,
            space=VideoSpace(folder.videos, video_bytes),
            now=now,
        )
        video_retention.finish_removals()
        return LocalStores(
            people=LocalPeople(database, files),
            faces=LocalFaces(database, files),
            sightings=sightings,
            tracks=tracks,
            crops=crops,
            ignored=ignored,
            videos=LocalVideos(database, video_lifetime, now),
            video_store=video_store,
            video_retention=video_retention,
            devices=LocalDevices(database),
            admin_tokens=LocalAdminTokens(database),
            tallies=LocalTallies(database, now),
            audit=LocalAudit(database, now),
            sessions=LocalSessions(database),
            close=opened.pop_all().close,
        )


def _open(folder: DataFolder, opened: ExitStack) -> Database:
    """What has to be given back is put on ``opened``, the lock last of all."""
    with folder.opening():
        lock = UseLock(folder)
        opened.callback(lock.close)
        database = Database(folder.database)
        opened.callback(database.close)
        if lock.alone:
            _sweep(folder, database)
        lock.share()
    return database


def _sweep(folder: DataFolder, database: Database) -> None:
    with database.read() as connection:
        rows = connection.execute("SELECT file FROM faces").fetchall()
    try:
        folder.sweep(frozenset(row["file"] for row in rows))
    except OSError as error:
        raise StoreUnavailable(f"the data folder can't be cleaned: {error}") from error
