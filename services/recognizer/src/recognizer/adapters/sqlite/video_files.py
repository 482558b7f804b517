"""The port ``VideoStore`` on a folder. The service itself receives and serves the bytes."""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
import secrets
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import BinaryIO, Literal
from urllib.parse import quote, urlencode

from facecore.contract import PresignedUpload, Video, VideoLink
from recognizer.adapters.sqlite.database import Database
from recognizer.adapters.sqlite.files import (
    move_into_place,
    new_name,
    new_private_file,
    remove_empty_folders,
    sync_folder,
)
from recognizer.adapters.sqlite.folder import DataFolder
from recognizer.domain.errors import (
    StoreUnavailable,
    UploadLinkExpired,
    UploadLinkInvalid,
    UploadMismatch,
    VideoNotFound,
)

CHECKSUM_HEADER = "x-amz-checksum-sha256"


def link_secret(database: Database) -> bytes:
    """Return the 256 bits that sign links. They are made at the folder's first start."""
    with database.read() as connection:
        row = connection.execute("SELECT value FROM meta WHERE key = 'link_secret'").fetchone()
    if row is not None:
        return bytes(row["value"])
    with database.write() as connection:
        connection.execute(
            "INSERT OR IGNORE INTO meta VALUES ('link_secret', ?)", (secrets.token_bytes(32),)
        )
        (secret,) = connection.execute(
            "SELECT value FROM meta WHERE key = 'link_secret'"
        ).fetchone()
    return bytes(secret)


class LocalVideoStore:
    """Segments in files named by their keys."""

    def __init__(self, folder: DataFolder, signer: LinkSigner) -> None:
        self._folder = folder
        self._signer = signer

    def presign_upload(self, video: Video) -> PresignedUpload:
        """Return an upload link: a relative URL of the service."""
        url, expires_at = self._signer.link("PUT", video)
        return PresignedUpload(url=url, headers=upload_headers(video), expires_at=expires_at)

    def presign_playback(self, video: Video) -> VideoLink:
        """Return a playback link: a relative URL of the service."""
        url, expires_at = self._signer.link("GET", video)
        return VideoLink(url=url, expires_at=expires_at)

    def origin(self) -> None:
        """Return None, since links are relative."""

    def is_stored(self, video: Video) -> bool:
        """Return whether the file exists; it is then whole. Raise ``StoreUnavailable``."""
        with _translated("the video can't be looked up"):
            return self.path(video).is_file()

    def path(self, video: Video) -> Path:
        """Return the segment's path. The service made its key, so the path is in the folder."""
        return self._folder.videos / video.key

    def check_upload(self, video: Video, expires: str, signature: str) -> None:
        """Check an upload link. Raise ``UploadLinkInvalid``, ``UploadLinkExpired``."""
        self._signer.check("PUT", video, expires, signature)

    def check_playback(self, video: Video, expires: str, signature: str) -> None:
        """Check a playback link. Raise ``UploadLinkInvalid``, ``UploadLinkExpired``."""
        self._signer.check("GET", video, expires, signature)

    def remove(self, key: str) -> None:
        """Remove the file. Raise ``StoreUnavailable``."""
        self.remove_all([key])

    def remove_all(self, keys: Iterable[str]) -> None:
        """Remove the files durably, and then empty folders. Raise ``StoreUnavailable``.

        A playback in progress continues: its file stays open.
        """
        files = [self._folder.videos / key for key in keys]
        with _translated("the video can't be removed"):
            for file in files:
                file.unlink(missing_ok=True)
            for folder in {file.parent for file in files}:
                if folder.is_dir():
                    sync_folder(folder)
        for folder in {file.parent for file in files}:
            remove_empty_folders(folder, up_to=self._folder.videos)

    def open(self, video: Video) -> BinaryIO:
        """Open the file for playback. Raise ``VideoNotFound``, ``StoreUnavailable``."""
        with _translated("the video can't be read"):
            try:
                return self.path(video).open("rb")
            except FileNotFoundError as error:
                raise VideoNotFound(f"the video {video.key!r} has no file (any more)") from error

    def receive(self, video: Video) -> Receiver:
        """Start to receive one upload. Raise ``StoreUnavailable``."""
        self._folder.require_folders()
        partial = self._folder.partial / new_name()
        return Receiver(video, partial, self.path(video), below=self._folder.videos)


class Receiver:
    """Receives a segment's bytes. They appear at ``target`` only when all were verified."""

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
        """Write bytes. Raise ``UploadMismatch`` if there are too many, ``StoreUnavailable``."""
        self._left -= len(chunk)
        if self._left < 0:
            raise UploadMismatch(
                f"more than the {self._video.size_bytes} bytes announced were sent"
            )
        self._hash.update(chunk)
        with _not_kept():
            self._file.write(chunk)

    def finish(self) -> None:
        """Verify and store the bytes durably. Raise ``UploadMismatch``, ``StoreUnavailable``."""
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
        """Remove the bytes of an upload that was not finished."""
        with suppress(OSError):  # unwritten bytes are not needed any more
            self._file.close()
        with _translated("the received part of the video can't be removed"):
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
    """Return the headers that an upload must have. They fix size, type and checksum."""
    return {
        "content-type": VIDEO_TYPE,
        "content-length": str(video.size_bytes),
        CHECKSUM_HEADER: base64.b64encode(bytes.fromhex(video.sha256)).decode(),
    }


VIDEO_TYPE = "video/mp4"
_CORRECTION = timedelta(minutes=1)
"""A correction of the clock up to this much does not invalidate links made just before."""
UPLOADS = "/v1/uploads/"
PLAYBACK = "/v1/playback/"

Method = Literal["PUT", "GET"]


class LinkSigner:
    """Signs the service's own links for upload and playback, as S3 presigns URLs.

    The signature is HMAC-SHA256 over method, key, size, checksum, type and expiry. Size and
    checksum are those announced, so a link stores exactly the announced bytes.
    """

    def __init__(self, secret: bytes, lifetime: timedelta, now: Callable[[], datetime]) -> None:
        self._secret = secret
        self._lifetime = lifetime
        self._now = now

    def link(self, method: Method, video: Video) -> tuple[str, datetime]:
        """Return a path with query, and its expiry in whole seconds."""
        expires = int((self._now() + self._lifetime).timestamp())
        query = {"expires": expires, "signature": self._sign(method, video, str(expires))}
        path = (UPLOADS if method == "PUT" else PLAYBACK) + quote(video.key)
        return f"{path}?{urlencode(query)}", datetime.fromtimestamp(expires, UTC)

    def check(self, method: Method, video: Video, expires: str, signature: str) -> None:
        """Check signature and expiry. Raise ``UploadLinkInvalid``, ``UploadLinkExpired``."""
        right = self._sign(method, video, expires)
        if not hmac.compare_digest(right.encode(), signature.encode(errors="replace")):
            raise UploadLinkInvalid("the link's signature is wrong; announce the video again")
        left_s = int(expires) - self._now().timestamp()
        if left_s < 0:
            raise UploadLinkExpired("the link has expired; announce the video again for a new one")
        if left_s > (self._lifetime + _CORRECTION).total_seconds():
            raise UploadLinkExpired(
                "the link was made while the recognizer's clock was ahead; announce the video again"
            )

    def _sign(self, method: Method, video: Video, expires: str) -> str:
        parts = (method, video.key, str(video.size_bytes), video.sha256, VIDEO_TYPE, expires)
        message = "\n".join(parts).encode(errors="replace")
        return hmac.new(self._secret, message, hashlib.sha256).hexdigest()
