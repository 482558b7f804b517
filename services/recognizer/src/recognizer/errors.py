"""What the recognizer refuses or can't do. HTTP comes in only in ``problems``.

::

    RecognizerError
    ├── Unauthenticated, Forbidden              who asks
    ├── UnsupportedMediaType, MalformedBody     the body is not of the kind that the call takes
    ├── QueryInvalid                            a parameter is given twice
    ├── CursorInvalid                           ``after`` was not made by this list
    ├── PersonNotFound, PhotoNotFound, VideoNotFound, DeviceNotFound
    ├── DeviceExists
    ├── PhotoRefused                            the photo can't be enrolled
    │   ├── NoFace, SeveralFaces, FaceOfAnotherPerson
    │   └── FaceTooSmall, FaceBlurred, FaceTooDark, FaceTooBright, FaceTurnedAway
    ├── UploadLinkInvalid, UploadLinkExpired, UploadMismatch
    ├── GalleryMoved                            somebody else enrolled meanwhile; look again
    ├── SettingsInvalid                         a setting can't be used
    └── StoreUnavailable                        disk full, locked for too long, not a database …

Every message says what was wrong and what would be right.
"""

from __future__ import annotations


class RecognizerError(Exception):
    """Root of what the recognizer raises on purpose."""


class Unauthenticated(RecognizerError):
    """No token, or one that nobody has."""


class Forbidden(RecognizerError):
    """The token is good, but its role may not do this."""


class UnsupportedMediaType(RecognizerError):
    """The body's content type is none that the call takes."""


class MalformedBody(RecognizerError):
    """The body is not what its content type says."""


class QueryInvalid(RecognizerError):
    """The query can be read in two ways."""


class CursorInvalid(RecognizerError):
    """A cursor that this list did not give out."""


class PersonNotFound(RecognizerError):
    """Nobody has this label."""

    def __init__(self, label: str) -> None:
        super().__init__(f"nobody has the label {label!r}; create the person first")


class PhotoNotFound(RecognizerError):
    """The person has no such photo."""

    def __init__(self, label: str, photo_id: str) -> None:
        super().__init__(f"{label!r} has no photo {photo_id!r}; list the photos to see their ids")


class VideoNotFound(RecognizerError):
    """No such video, or one that is announced but not stored."""


class DeviceNotFound(RecognizerError):
    """No device has this name."""

    def __init__(self, name: str) -> None:
        super().__init__(f"no device is called {name!r}; list the devices to see their names")


class DeviceExists(RecognizerError):
    """A device of this name is registered already."""

    def __init__(self, name: str) -> None:
        super().__init__(f"a device called {name!r} exists; remove it first to get a new token")


class PhotoRefused(RecognizerError):
    """The photo can't be enrolled."""


class NoFace(PhotoRefused):
    """The photo shows no face."""


class SeveralFaces(PhotoRefused):
    """The photo shows more than one usable face."""


class FaceOfAnotherPerson(PhotoRefused):
    """The face is enrolled under another label."""


class FaceTooSmall(PhotoRefused):
    """Too few pixels."""


class FaceBlurred(PhotoRefused):
    """Out of focus, or moved."""


class FaceTooDark(PhotoRefused):
    """Underexposed."""


class FaceTooBright(PhotoRefused):
    """Overexposed."""


class FaceTurnedAway(PhotoRefused):
    """Not facing the camera."""


class UploadLinkInvalid(RecognizerError):
    """The signature does not fit the link."""


class UploadLinkExpired(RecognizerError):
    """The link was good once."""


class UploadMismatch(RecognizerError):
    """The bytes or headers are not those that were announced."""


class GalleryMoved(RecognizerError):
    """The gallery changed since it was looked at, so a decision made on it is stale."""


class SettingsInvalid(RecognizerError):
    """A setting can't be used."""


class StoreUnavailable(RecognizerError):
    """The store can't be used now."""
