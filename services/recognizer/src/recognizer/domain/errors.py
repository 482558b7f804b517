"""What the recognizer refuses or can't do; ``entrypoints/http/problems.py`` makes HTTP of it.

Every message says what was wrong and what would be right.
"""

from __future__ import annotations

from typing import Self


class RecognizerError(Exception):
    """Root of what the recognizer raises on purpose."""


class Unauthenticated(RecognizerError):
    """No token, or one that nobody has."""


class Forbidden(RecognizerError):
    """The token is good, but its role may not do this."""


class CsrfTokenInvalid(RecognizerError):
    """A change by a session's cookie without the token that goes with it."""


class TooManyAttempts(RecognizerError):
    """Too many attempts to sign in failed just now.

    Args:
        retry_after_s: when the next one is looked at, in whole seconds.
    """

    def __init__(self, retry_after_s: int) -> None:
        super().__init__(
            f"too many attempts to sign in failed; the next is looked at in {retry_after_s} s"
        )
        self.retry_after_s = retry_after_s


class Overloaded(RecognizerError):
    """A picture is refused, or dropped from the queue, because its answer would come too late.

    Args:
        why: what was wrong.
        retry_after_s: when to try again, in whole seconds.
    """

    def __init__(self, why: str, retry_after_s: int) -> None:
        super().__init__(f"{why}; try again in {retry_after_s} s")
        self.retry_after_s = retry_after_s


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


class NoPhotoYet(PhotoNotFound):
    """The person has no photo at all."""

    def __init__(self, label: str) -> None:
        RecognizerError.__init__(self, f"{label!r} has no photo yet; add one first")


class VideoNotFound(RecognizerError):
    """No such video (any more), or one that is announced but not stored."""

    @classmethod
    def of(cls, key: str) -> Self:
        """Nothing is known of the key."""
        return cls(
            f"there is no video {key!r}; either it was never announced, or it was removed after "
            "its time, to make room for newer ones, or by the admin"
        )


class DeviceNotFound(RecognizerError):
    """No device has this name."""

    def __init__(self, name: str) -> None:
        super().__init__(f"no device is called {name!r}; list the devices to see their names")


class DeviceExists(RecognizerError):
    """A device of this name is registered already."""

    def __init__(self, name: str) -> None:
        super().__init__(f"a device called {name!r} exists; remove it first to get a new token")


class PersonExists(RecognizerError):
    """The label is somebody's already."""

    def __init__(self, label: str) -> None:
        super().__init__(
            f"{label!r} is the label of somebody already; take another one, or say that it is them"
        )


class SightingNotFound(RecognizerError):
    """No sighting has this id (any more)."""

    def __init__(self, sighting_id: str) -> None:
        super().__init__(f"there is no sighting {sighting_id!r}; it may be forgotten by now")


class SightingUnnamed(RecognizerError):
    """The sighting names nobody."""

    def __init__(self, sighting_id: str) -> None:
        super().__init__(
            f"the sighting {sighting_id!r} names nobody; there is no name to take away"
        )


class CropNotFound(RecognizerError):
    """No crop is kept of this face (any more)."""

    def __init__(self, of: str) -> None:
        super().__init__(
            f"no crop is kept of {of!r}; crops are forgotten after RECOGNIZER_CROP_DAYS days"
        )


class UnknownPersonNotFound(RecognizerError):
    """No unknown person has this id (any more)."""

    def __init__(self, unknown_person_id: str) -> None:
        super().__init__(
            f"there is no unknown person {unknown_person_id!r}; "
            "named by now, forgotten, or ignored: list again"
        )


class MergeImpossible(RecognizerError):
    """The two people can't become one."""


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


class StoreFull(StoreUnavailable):
    """The disk is full, or refuses to write."""


class StoreDamaged(StoreUnavailable):
    """The database is damaged; only a backup helps."""
