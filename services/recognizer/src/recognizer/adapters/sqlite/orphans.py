"""Clean up the data folder at a start, without losing a file whose deletion was not requested.

A photo or video that no record names may come from a kill, or from a database that was lost or
replaced by an older one. So it is moved to ``orphaned``, moved back when a record names it again,
and deleted only after ``KEPT_ASIDE``.
"""

from __future__ import annotations

import logging
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from recognizer.adapters.sqlite.files import (
    move_into_place,
    remove_empty_folders,
    sync_folder,
)
from recognizer.adapters.sqlite.folder import DataFolder

logger = logging.getLogger(__name__)

KEPT_ASIDE = timedelta(days=30)
_OURS = {
    "photos": re.compile(r"[0-9a-f]{32}"),  # as ``files.new_name`` makes them
    "videos": re.compile(r"(?:[^/]+/)+\d{8}T\d{6}\.\d{3}Z-[0-9a-f]{12}\.mp4"),  # keys of segments
}
"""Paths below the folder of this name. Other files are not touched."""
_SET_ASIDE_AT = "%Y-%m-%dT%H%M%SZ"


@dataclass(frozen=True, slots=True)
class Cleanup:
    """The cleanup of the folder. No other process may use the folder.

    Args:
        named: for ``photos`` and ``videos``, the files that the database names.
        removed: the files of photos that were deleted.
        now: names the new folder in ``orphaned``, if one is needed.
        trusted: the time by which the age of orphaned files is measured (``TrustedTime.now``).
    """

    folder: DataFolder
    named: dict[str, frozenset[str]]
    removed: frozenset[str]
    now: datetime
    trusted: datetime

    def run(self) -> None:
        """Run all steps. Raise ``OSError`` if the disk fails; earlier steps stay done."""
        for file in self.folder.partial.iterdir():
            if file.is_file() and not file.is_symlink():
                file.unlink()
        remove_photos(self.folder, self.removed)
        for kind in self.named:
            self._bring_back(kind)
            self._set_aside(kind)
            self._delete_old(kind)
        self._report_missing_photos()

    def _bring_back(self, kind: str) -> None:
        home = self.folder.root / kind
        back = [
            (path, name)
            for path, name in _aside(self.folder, kind)
            if name in self.named[kind] and not (home / name).exists()
        ]
        for path, name in back:
            _move(path, home, name)
        if back:
            logger.warning(
                "%d %s are named by the database again and came back from %s",
                len(back),
                kind,
                self.folder.orphaned,
            )

    def _set_aside(self, kind: str) -> None:
        home = self.folder.root / kind
        unknown = [name for name in _files(home, kind) if name not in self.named[kind]]
        if not unknown:
            return
        aside = self.folder.orphaned / f"{self.now.astimezone(UTC):{_SET_ASIDE_AT}}" / kind
        for made in (self.folder.orphaned, aside.parent, aside):
            made.mkdir(mode=0o700, exist_ok=True)
        for name in unknown:
            _move(home, aside, name)
        logger.warning(
            "%d %s in %s are named by no record of the database and were moved to %s. "
            "If recognizer.db is older than they are, stop the server, restore the newer one and "
            "start again: they come back by themselves. Else delete them; after %d days they are "
            "deleted anyway",
            len(unknown),
            kind,
            home,
            aside,
            KEPT_ASIDE.days,
        )

    def _delete_old(self, kind: str) -> None:
        old = [
            (path, name) for path, name in _aside(self.folder, kind) if self._is_old(path.parent)
        ]
        for path, name in old:
            (path / name).unlink()
            remove_empty_folders((path / name).parent, up_to=self.folder.orphaned)
        if old:
            logger.warning(
                "%d %s in %s were deleted: no record has named them for %d days",
                len(old),
                kind,
                self.folder.orphaned,
                KEPT_ASIDE.days,
            )

    def _is_old(self, path: Path) -> bool:
        since = _set_aside_at(path)
        return since is not None and self.trusted - since >= KEPT_ASIDE

    def _report_missing_photos(self) -> None:
        missing = self.named["photos"].difference(_files(self.folder.photos, "photos"))
        if missing:
            logger.warning(
                "%d photos that the database names are not in %s; restore that folder from a "
                "backup, or remove these photos and add them again",
                len(missing),
                self.folder.photos,
            )


def remove_photos(folder: DataFolder, names: frozenset[str]) -> None:
    """Remove the files of deleted photos, from ``photos`` and from ``orphaned``."""
    for name in names:
        (folder.photos / name).unlink(missing_ok=True)
    for path, name in _aside(folder, "photos"):
        if name in names:
            (path / name).unlink(missing_ok=True)
    if folder.photos.is_dir():
        sync_folder(folder.photos)


def set_aside(folder: DataFolder) -> dict[str, int]:
    """Return how many photos and videos lie in ``orphaned``; a kind with none is left out."""
    counts = {kind: sum(1 for _ in _aside(folder, kind)) for kind in _OURS}
    return {kind: count for kind, count in counts.items() if count}


def _aside(folder: DataFolder, kind: str) -> Iterator[tuple[Path, str]]:
    if folder.orphaned.is_dir():
        for path in list(folder.orphaned.iterdir()):
            if _set_aside_at(path) is not None:
                yield from ((path / kind, name) for name in _files(path / kind, kind))


def _set_aside_at(path: Path) -> datetime | None:
    try:
        return datetime.strptime(path.name, _SET_ASIDE_AT).replace(tzinfo=UTC)
    except ValueError:
        return None


def _files(home: Path, kind: str) -> list[str]:
    """Return the paths of this kind's files below the folder; links are not followed."""
    return [
        path
        for folder, _, names in os.walk(home)
        for name in names
        if not (Path(folder) / name).is_symlink()
        if _OURS[kind].fullmatch(path := (Path(folder) / name).relative_to(home).as_posix())
    ]


def _move(source: Path, target: Path, name: str) -> None:
    move_into_place(source / name, target / name, below=target)
    remove_empty_folders((source / name).parent, up_to=source)
