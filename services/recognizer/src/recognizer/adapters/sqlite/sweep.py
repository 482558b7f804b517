"""Tidy the data folder at a start, without losing a photo that nobody asked to delete.

A photo that no record names may be the remains of a kill, or all that is left of somebody whose
database was lost or replaced by an older one. So it is moved to ``orphaned``, comes back as soon as
a record names it again, and is deleted after ``KEPT_ASIDE`` only.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from recognizer.adapters.sqlite.files import sync_folder
from recognizer.adapters.sqlite.folder import DataFolder

logger = logging.getLogger(__name__)

KEPT_ASIDE = timedelta(days=30)
_PHOTO = re.compile(r"[0-9a-f]{32}")
"""As ``files.new_name`` makes them; another file in the folder is none of ours."""
_SET_ASIDE_AT = "%Y-%m-%dT%H%M%SZ"


@dataclass(frozen=True, slots=True)
class Sweep:
    """One tidying up, by a process that has the folder to itself.

    Args:
        named: the files of photos that the database has.
        removed: the files of photos that were deleted.
        now: the name of the folder in ``orphaned`` that is made, if one is needed.
        trusted: the time by which a photo that was set aside is old (``TrustedTime.now``).
    """

    folder: DataFolder
    named: frozenset[str]
    removed: frozenset[str]
    now: datetime
    trusted: datetime

    def run(self) -> None:
        """Raise ``OSError`` where the disk refuses; what is done by then stays done."""
        for file in _files(self.folder.partial):
            file.unlink()
        remove_photos(self.folder, self.removed)
        self._bring_back()
        self._set_aside()
        self._delete_old()
        self._report_missing()

    def _bring_back(self) -> None:
        back = [
            file
            for file in _aside(self.folder)
            if file.name in self.named and not (self.folder.photos / file.name).exists()
        ]
        for file in back:
            file.rename(self.folder.photos / file.name)
        if back:
            sync_folder(self.folder.photos)
            logger.warning(
                "%d photos are named by the database again and came back from %s",
                len(back),
                self.folder.orphaned,
            )

    def _set_aside(self) -> None:
        unknown = [file for file in _photos(self.folder.photos) if file.name not in self.named]
        if not unknown:
            return
        aside = self.folder.orphaned / f"{self.now.astimezone(UTC):{_SET_ASIDE_AT}}" / "photos"
        for made in (self.folder.orphaned, aside.parent, aside):
            made.mkdir(mode=0o700, exist_ok=True)
        for file in unknown:
            file.rename(aside / file.name)
        sync_folder(aside)
        logger.warning(
            "%d photos in %s are named by no record of the database and were moved to %s. "
            "If recognizer.db is older than they are, stop the server, restore the newer one and "
            "start again: they come back by themselves. Else delete them; after %d days they are "
            "deleted anyway",
            len(unknown),
            self.folder.photos,
            aside,
            KEPT_ASIDE.days,
        )

    def _delete_old(self) -> None:
        old = [file for file in _aside(self.folder) if self._is_old(file)]
        for file in old:
            file.unlink()
        for place in {file.parent for file in old}:
            if not any(place.iterdir()):
                place.rmdir()
                place.parent.rmdir()
        if old:
            logger.warning(
                "%d photos in %s were deleted: no record has named them for %d days",
                len(old),
                self.folder.orphaned,
                KEPT_ASIDE.days,
            )

    def _is_old(self, file: Path) -> bool:
        since = _set_aside_at(file.parent.parent)
        return since is not None and self.trusted - since >= KEPT_ASIDE

    def _report_missing(self) -> None:
        missing = self.named - {file.name for file in _photos(self.folder.photos)}
        if missing:
            logger.warning(
                "%d photos that the database names are not in %s; restore that folder from a "
                "backup, or remove these photos and add them again",
                len(missing),
                self.folder.photos,
            )


def remove_photos(folder: DataFolder, names: frozenset[str]) -> None:
    """Remove the files of photos that were deleted, wherever they lie."""
    for name in names:
        (folder.photos / name).unlink(missing_ok=True)
    for file in _aside(folder):
        if file.name in names:
            file.unlink(missing_ok=True)
    if folder.photos.is_dir():
        sync_folder(folder.photos)


def set_aside(folder: DataFolder) -> int:
    """Return how many photos lie in ``orphaned``."""
    return sum(1 for _ in _aside(folder))


def _aside(folder: DataFolder) -> Iterator[Path]:
    if folder.orphaned.is_dir():
        for place in list(folder.orphaned.iterdir()):
            if _set_aside_at(place) is not None and (place / "photos").is_dir():
                yield from _photos(place / "photos")


def _set_aside_at(place: Path) -> datetime | None:
    try:
        return datetime.strptime(place.name, _SET_ASIDE_AT).replace(tzinfo=UTC)
    except ValueError:
        return None


def _photos(folder: Path) -> list[Path]:
    return [file for file in _files(folder) if _PHOTO.fullmatch(file.name)]


def _files(folder: Path) -> list[Path]:
    return [file for file in folder.iterdir() if file.is_file() and not file.is_symlink()]
