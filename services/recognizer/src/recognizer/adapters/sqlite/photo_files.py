"""The bytes of the enrolled photos, one file each."""

from __future__ import annotations

from collections.abc import Iterable

from recognizer.adapters.sqlite.files import new_name, write_whole
from recognizer.adapters.sqlite.folder import DataFolder
from recognizer.adapters.sqlite.sweep import remove_photos
from recognizer.domain.errors import StoreUnavailable


class PhotoFiles:
    """Files named at random, so that a name never means two photos."""

    def __init__(self, folder: DataFolder) -> None:
        self._folder = folder

    def add(self, data: bytes) -> str:
        """Keeps the bytes durably and returns the file's name. Raises ``StoreUnavailable``."""
        self._folder.require_folders()
        name = new_name()
        try:
            write_whole(data, self._folder.partial, self._folder.photos / name)
        except OSError as error:
            raise StoreUnavailable(f"the photo can't be kept: {error.strerror}") from error
        return name

    def read(self, name: str) -> bytes:
        """The bytes as they were sent. Raises ``FileNotFoundError``, ``StoreUnavailable``."""
        try:
            return (self._folder.photos / name).read_bytes()
        except FileNotFoundError:
            raise
        except OSError as error:
            raise StoreUnavailable(f"the photo can't be read: {error.strerror}") from error

    def remove(self, names: Iterable[str]) -> None:
        """Removes files that no record names any more. Raises ``StoreUnavailable``."""
        try:
            remove_photos(self._folder, frozenset(names))
        except OSError as error:
            raise StoreUnavailable(
                f"the records are deleted, but not yet the files of the photos: {error.strerror}; "
                "the next start removes them"
            ) from error
