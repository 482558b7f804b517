"""Open a data folder: locks, migrations, cleanup, then every adapter of the local store."""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from recognizer.adapters.sqlite.access import LocalAdminTokens, LocalDevices, LocalSessions
from recognizer.adapters.sqlite.audit import LocalAudit
from recognizer.adapters.sqlite.connections import BUSY_S
from recognizer.adapters.sqlite.counters import LocalCounters
from recognizer.adapters.sqlite.crops import LocalCrops, LocalIgnoredFaces
from recognizer.adapters.sqlite.database import Database
from recognizer.adapters.sqlite.expiry import TrustedTime
from recognizer.adapters.sqlite.faces import LocalFaces
from recognizer.adapters.sqlite.files import Reserve
from recognizer.adapters.sqlite.folder import DataFolder, UseLock
from recognizer.adapters.sqlite.orphans import Cleanup
from recognizer.adapters.sqlite.people import LocalPeople
from recognizer.adapters.sqlite.photo_files import PhotoFiles, clear_removals, scheduled_removals
from recognizer.adapters.sqlite.readiness import LocalReadiness
from recognizer.adapters.sqlite.sightings import LocalSightings
from recognizer.adapters.sqlite.tracks import LocalTracks
from recognizer.adapters.sqlite.video_files import LinkSigner, LocalVideoStore, link_secret
from recognizer.adapters.sqlite.video_retention import VideoRetention
from recognizer.adapters.sqlite.videos import LocalVideos, VideoSpace
from recognizer.domain.clock import Clock, Clocks, Monotonic, monotonic_s
from recognizer.domain.errors import StoreFull, StoreUnavailable
from recognizer.domain.ports import Stores

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class LocalStores(Stores):
    """The adapters of the local store, with two that only this store has.

    Attributes:
        video_store: the local type, since it receives uploads itself.
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
    now: Clock,
    monotonic: Monotonic = monotonic_s,
) -> LocalStores:
    """Open the folder, or make it. Delete everything expired except video.

    Args:
        root: the data folder.
        link_lifetime: how long a link to a video works.
        sighting_lifetime: how long sightings and tracks are kept.
        crop_lifetime: how long crops are kept.
        video_lifetime: how long video is kept; None: for ever. ``LocalStores.video_retention``
            removes it.
        video_bytes: most bytes of video; None: half of the disk.
        now: the time of day. Expiry by age uses ``TrustedTime.now`` instead.
        monotonic: a clock that is never set.

    Raises:
        StoreUnavailable: the folder can't be written, or its database is damaged, of a newer
            release, or missing while there are photos or videos.
    """
    folder = DataFolder(root)
    folder.make()
    with ExitStack() as opened:
        database, time = _open(folder, opened, Clocks(now, monotonic))
        opened.callback(time.save)
        signer = LinkSigner(link_secret(database), link_lifetime, now)
        sightings = LocalSightings(database, sighting_lifetime, time)
        tracks = LocalTracks(database, sighting_lifetime, time)
        crops = LocalCrops(database, crop_lifetime, time)
        ignored = LocalIgnoredFaces(database, sighting_lifetime, time)
        files = PhotoFiles(folder)
        readiness = LocalReadiness(folder, database)
        opened.callback(readiness.close)
        video_store = LocalVideoStore(folder, signer)
        video_retention = VideoRetention(
            database,
            video_store,
            lifetime=video_lifetime,
            space=VideoSpace(folder.videos, video_bytes),
            time=time,
        )
        expiring = (one.forget_expired for one in (sightings, tracks, crops, ignored))
        _delete_at_start(*expiring, video_retention.finish_removals)
        return LocalStores(
            people=LocalPeople(database, files),
            faces=LocalFaces(database, files),
            sightings=sightings,
            tracks=tracks,
            crops=crops,
            ignored=ignored,
            videos=LocalVideos(database, video_lifetime, time),
            video_store=video_store,
            video_retention=video_retention,
            devices=LocalDevices(database),
            admin_tokens=LocalAdminTokens(database),
            counters=LocalCounters(database, time.now),
            audit=LocalAudit(database, time.now),
            sessions=LocalSessions(database, time),
            readiness=readiness,
            close=opened.pop_all().close,
        )


def _open(folder: DataFolder, opened: ExitStack, clocks: Clocks) -> tuple[Database, TrustedTime]:
    """Open the database. Put what must be closed on ``opened``; the lock is closed last."""
    with folder.opening():
        lock = UseLock(folder)
        opened.callback(lock.close)
        _refuse_to_begin_anew(folder)
        reserve = Reserve(folder.reserve)
        database = Database(folder.database, reserve)
        opened.callback(database.close)
        database.check_free(BUSY_S)
        time = TrustedTime(database, clocks)
        if lock.alone:
            _clean_up(folder, database, clocks.read().time, time.now())
        reserve.make()
        lock.share()
    return database, time


def _refuse_to_begin_anew(folder: DataFolder) -> None:
    """Raise ``StoreUnavailable`` if files remain without their database."""
    if not folder.has_database() and folder.is_in_use():
        raise StoreUnavailable(
            f"{folder.database} is missing or empty, but {folder.root} holds photos or videos that "
            "belong to it; restore recognizer.db from a backup, or move what is in the folder away "
            "to begin anew. Nothing was changed"
        )


def _clean_up(folder: DataFolder, database: Database, now: datetime, trusted: datetime) -> None:
    """Clean up the folder. Log errors of the disk, since a later start tries again."""
    with database.read() as connection:
        photos = connection.execute("SELECT file FROM faces").fetchall()
        videos = connection.execute("SELECT key FROM videos").fetchall()
        removed = scheduled_removals(connection)
    named = {
        "photos": frozenset(str(row["file"]) for row in photos),
        "videos": frozenset(str(row["key"]) for row in videos),
    }
    try:
        Cleanup(folder, named, removed, now, trusted).run()
    except OSError as error:
        logger.warning(
            "%s could not be cleaned up; the next start tries again: %s", folder.root, error
        )
        return
    if removed:
        clear_removals(database)


def _delete_at_start(*deletions: Callable[[], None]) -> None:
    """Run deletions. Continue on a full disk: expired rows stay hidden and are deleted later."""
    for delete in deletions:
        try:
            delete()
        except StoreFull as error:
            logger.warning("expired data could not be deleted; the deletion is retried: %s", error)
