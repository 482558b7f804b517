"""Folders in the per-user cache, and the progress of making one.

One process at a time makes a folder, whole or not at all. A folder is made beside its path, synced
to the disk, and renamed into place. Its manifest records its source and its files, so that a
half-written, altered or outdated folder is detected and made again.
"""

from __future__ import annotations

import errno
import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import platformdirs
from filelock import FileLock, Timeout
from pydantic import BaseModel, ConfigDict, ValidationError

from facecore.errors import ModelStorageError

Stage = Literal["waiting", "downloading", "building", "ready"]


@dataclass(frozen=True, slots=True)
class Step:
    """The current step of fetching ``name``.

    Attributes:
        stage: ``waiting`` means that another process fetches the same.
        done, total: bytes of a download; 0 in other stages or if the size is unknown.

    """

    name: str
    stage: Stage
    done: int = 0
    total: int = 0


Progress = Callable[[Step], None]
"""Called at every step in the caller's thread. A service logs it; a command line draws it."""


def silent(step: Step) -> None:
    """Ignore the step."""


MANIFEST = "manifest.json"


class FileRecord(BaseModel):
    """Size, time of change and SHA-256 of a file when it was written."""

    model_config = ConfigDict(frozen=True)

    size: int
    mtime_ns: int
    sha256: str


class Manifest(BaseModel):
    """The source of a folder, and its files by name."""

    model_config = ConfigDict(frozen=True)

    made_from: str
    files: dict[str, FileRecord]


@dataclass(frozen=True, slots=True)
class Folder:
    """A cached folder and how to make it.

    Attributes:
        path: where the folder is.
        made_from: the version of its source; it changes whenever the content would change.
        files: names of the files it must hold.
        make: fills the first folder, which is empty; the second is for temporary files.

    """

    path: Path
    made_from: str
    files: tuple[str, ...]
    make: Callable[[Path, Path], None]


def home() -> Path:
    """Return the cache's root: ``FACECORE_HOME``, or the user's cache folder."""
    moved = os.environ.get("FACECORE_HOME")
    return Path(moved).expanduser() if moved else platformdirs.user_cache_path("facecore")


def ensure(folder: Folder, waiting: Callable[[], None], *, full: bool = False) -> Path:
    """Return the folder's path; make the folder first if it is missing, damaged or outdated.

    Args:
        folder: the folder to return.
        waiting: called once if another process is making it.
        full: hash every file, as in ``problems``.

    Raises:
        ModelStorageError: the cache can't be written.
        ModelError: ``make`` raised it; nothing is left behind.

    """
    if not problems(folder, full=full):
        return folder.path
    with _storage_errors(folder.path), _locked(folder.path, waiting):
        if problems(folder, full=full):
            _replace(folder)
    return folder.path


def problems(folder: Folder, *, full: bool = False) -> list[str]:
    """List what is wrong with the folder, one sentence for each file; empty if nothing is.

    A file whose size and time of change match the manifest is not hashed, because hashing 94 MB at
    every start takes a quarter of a second. ``full`` hashes every file.
    """
    try:
        manifest = Manifest.model_validate_json((folder.path / MANIFEST).read_bytes())
    except OSError as error:
        return [f"{folder.path / MANIFEST}: {error.strerror}"]
    except ValidationError:
        return [f"{folder.path / MANIFEST}: damaged"]
    if manifest.made_from != folder.made_from:
        return [f"{folder.path}: made by another version"]
    found = (_problem(folder.path / name, manifest.files.get(name), full) for name in folder.files)
    return [problem for problem in found if problem]


def _problem(path: Path, record: FileRecord | None, full: bool) -> str | None:
    if record is None:
        return f"{path}: not in the manifest"
    try:
        status = path.stat()
        if status.st_size != record.size:
            return f"{path}: has {status.st_size} bytes instead of {record.size}"
        if (full or status.st_mtime_ns != record.mtime_ns) and _sha256(path) != record.sha256:
            return f"{path}: altered, its SHA-256 is not the one recorded"
    except OSError as error:
        return f"{path}: {error.strerror}"
    return None


def _sha256(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


@contextmanager
def _locked(path: Path, waiting: Callable[[], None]) -> Iterator[None]:
    path.parent.mkdir(parents=True, exist_ok=True)
    lock = FileLock(path.parent / f".{path.name}.lock")
    try:
        lock.acquire(timeout=0)
    except Timeout:
        waiting()
        lock.acquire()
    try:
        yield
    finally:
        lock.release()


def _replace(folder: Folder) -> None:
    """Make the folder beside its path and rename it into place; the caller holds the lock."""
    path = folder.path
    prefix = f".{path.name}.tmp-"
    for leftover in path.parent.glob(f"{prefix}*"):  # left by a process that was killed
        shutil.rmtree(leftover)
    temporary = Path(tempfile.mkdtemp(prefix=prefix, dir=path.parent))
    try:
        made, work = temporary / "made", temporary / "work"
        made.mkdir()
        work.mkdir()
        folder.make(made, work)
        _seal(made, folder)
        if path.exists():
            path.rename(temporary / "old")
        made.rename(path)
        _sync(path.parent)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def _seal(made: Path, folder: Folder) -> None:
    """Sync every file to the disk, the manifest last."""
    records = {}
    for name in folder.files:
        _sync(made / name)
        status = (made / name).stat()
        records[name] = FileRecord(
            size=status.st_size, mtime_ns=status.st_mtime_ns, sha256=_sha256(made / name)
        )
    manifest = Manifest(made_from=folder.made_from, files=records)
    (made / MANIFEST).write_text(json.dumps(manifest.model_dump(), indent=2) + "\n")
    _sync(made / MANIFEST)
    _sync(made)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def _storage_errors(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
            advice = "free some space"
        else:
            advice = "make it writable"
        raise ModelStorageError(
            f"{path.parent} can't be written ({error.strerror}): {advice}, or name another "
            "folder in FACECORE_HOME"
        ) from error
