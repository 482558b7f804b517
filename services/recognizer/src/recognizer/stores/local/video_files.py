"""The port ``VideoStore`` on a folder; the service itself takes and gives the bytes."""

from __future__ import annotations

import base64
import hashlib
import os
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from facecore.contract import PresignedUpload, Video, VideoLink
from recognizer.errors import StoreUnavailable, UploadMismatch, VideoNotFound
from recognizer.stores.local.files import move_into_place, new_name, new_private_file, sync_folder
from recognizer.stores.local.folder import DataFolder
from recognizer.stores.local.links import VIDEO_TYPE, LinkSigner

CHECKSUM_HEADER = "x-amz-checksum-sha256"


class LocalVideoStore:
    """Segments in files named by their keys."""

    def __init__(self, folder: DataFolder, signer: LinkSigner) -> None:
        self._folder = folder
        self._signer = signer

    def presign_upload(self, video: Video) -> PresignedUpload:
        """A relative URL of the service's own."""
        url, expires_at = self._signer.link("PUT", video)
        return PresignedUpload(url=url, headers=upload_headers(video), expires_at=expires_at)

    def presign_playback(self, video: Video) -> VideoLink:
        """A relative URL of the service's own."""
        url, expires_at = self._signer.link("GET", video)
        return VideoLink(url=url, expires_at=expires_at)

    def origin(self) -> None:
        """Links are relative."""

    def is_stored(self, video: Video) -> bool:
        """A file is there only when it is whole. Raises ``StoreUnavailable``."""
        with _translated("the video can't be looked up"):
            return self.path(video).is_file()

    def path(self, video: Video) -> Path:
        """Where the segment lies; its key was made by the service, so it stays in the folder."""
        return self._folder.videos / video.key

    def check_upload(self, video: Video, expires: str, signature: str) -> None:
        """Raises ``UploadLinkInvalid``, ``UploadLinkExpired``."""
        self._signer.check("PUT", video, expires, signature)

    def check_playback(self, video: Video, expires: str, signature: str) -> None:
        """Raises ``UploadLinkInvalid``, ``UploadLinkExpired``."""
        self._signer.check("GET", video, expires, signature)

    def remove(self, key: str) -> None:
        """Remove the file. Raises ``StoreUnavailable``."""
        self.remove_all([key])

    def remove_all(self, keys: Iterable[str]) -> None:
        """Removes the files durably, and the folders that are empty then.

        A video that is being played goes on: its file stays open. Raises ``StoreUnavailable``.
        """
        files = [self._folder.videos / key for key in keys]
        with _translated("the video can't be removed"):
            for file in files:
                file.unlink(missing_ok=True)
            for folder in {file.parent for file in files}:
                if folder.is_dir():
                    sync_folder(folder)
        for folder in {file.parent for file in files}:
            self._remove_if_empty(folder)

    def _remove_if_empty(self, folder: Path) -> None:
        with suppress(OSError):  # it holds other segments, or is gone
            while folder != self._folder.videos:
                folder.rmdir()
                folder = folder.parent

    def open(self, video: Video) -> BinaryIO:
        """Opens the file to be played. Raises ``VideoNotFound``, ``StoreUnavailable``."""
        with _translated("the video can't be read"):
            try:
                return self.path(video).open("rb")
            except FileNotFoundError as error:
                raise VideoNotFound(f"the video {video.key!r} has no file (any more)") from error

    def receive(self, video: Video) -> Receiver:
        """Takes the bytes of one upload. Raises ``StoreUnavailable``."""
        self._folder.require_folders()
        partial = self._folder.partial / new_name()
        return Receiver(video, partial, self.path(video), below=self._folder.videos)


class Receiver:
    """Takes a segment's bytes; they appear at ``target`` only when all of them are right."""

    def __init__(self, video: Video, temporary: Path, target: Path, *, below: Path) -> None:
        self._video = video
        self._temporary = temporary
        self._target = target
        self._below = below
        self._hash = hashlib.sha256()
        self._left = video.size_bytes
        with _not_kept():
            self._file = new_private_file(temporary)

    def write(self, chunk: bytes) -> None:
        """Raises ``UploadMismatch`` at the first byte too many, ``StoreUnavailable``."""
        self._left -= len(chunk)
        if self._left < 0:
            raise UploadMismatch(
                f"more than the {self._video.size_bytes} bytes announced were sent"
            )
        self._hash.update(chunk)
        with _not_kept():
            self._file.write(chunk)

    def finish(self) -> None:
        """Raises ``UploadMismatch``, ``StoreUnavailable``; returns when the bytes are safe."""
        if self._left > 0:
            raise UploadMismatch(f"{self._left} of {self._video.size_bytes} bytes are missing")
        if self._hash.hexdigest() != self._video.sha256:
            raise UploadMismatch(
                f"the bytes have the SHA-256 {self._hash.hexdigest()}, "
                f"announced was {self._video.sha256}"
            )
        with _not_kept():
            self._file.flush()
            os.fsync(self._file.fileno())
            move_into_place(self._temporary, self._target, below=self._below)

    def close(self) -> None:
        """Leaves nothing behind of an upload that was not finished."""
        with suppress(OSError):  # what is still to be written of it is not wanted any more
            self._file.close()
        with _translated("what was received of the video can't be removed"):
            self._temporary.unlink(missing_ok=True)


@contextmanager
def _translated(what: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise StoreUnavailable(f"{what}: {error.strerror}") from error


def _not_kept() -> AbstractContextManager[None]:
    return _translated("the video can't be kept")


def upload_headers(video: Video) -> dict[str, str]:
    """The headers that an upload must carry; they bind size, type and checksum."""
    return {
        "content-type": VIDEO_TYPE,
        "content-length": str(video.size_bytes),
        CHECKSUM_HEADER: base64.b64encode(bytes.fromhex(video.sha256)).decode(),
    }
