"""Errors of the recognizer. ``entrypoints/http/problems.py`` maps them to HTTP statuses.

Every message says what was wrong and what would be right.
"""

from __future__ import annotations

from typing import Self


class RecognizerError(Exception):
    """Base class of the recognizer's own errors."""


class Unauthenticated(RecognizerError):
    """The token is missing or unknown."""


class Forbidden(RecognizerError):
    """The token is valid, but its role may not do this."""


class CsrfTokenInvalid(RecognizerError):
    """A change with a session's cookie lacks the session's CSRF token."""


class TooManyAttempts(RecognizerError):
    """Too many attempts to sign in failed recently.

    Args:
        retry_after_s: seconds until the next attempt is accepted.
    """

    def __init__(self, retry_after_s: int) -> None:
        super().__init__(f"too many attempts to sign in failed; try again in {retry_after_s} s")
        self.retry_after_s = retry_after_s


class Overloaded(RecognizerError):
    """A picture is refused, or dropped from the queue, because its answer would come too late.

    Args:
        why: what was wrong.
        retry_after_s: seconds until another try makes sense.
    """

    def __init__(self, why: str, retry_after_s: int) -> None:
        super().__init__(f"{why}; try again in {retry_after_s} s")
        self.retry_after_s = retry_after_s


class UnsupportedMediaType(RecognizerError):
    """The call does not accept the body's content type."""


class MalformedBody(RecognizerError):
    """The body is not what its content type says."""


class QueryInvalid(RecognizerError):
    """The query is ambiguous."""


class CursorInvalid(RecognizerError):
    """The cursor does not come from this list."""


class TooManyVisits(RecognizerError):
    """A table would have more visits than one answer can carry."""

    def __init__(self, most: int) -> None:
        super().__init__(
            f"there are more than {most:,} visits; choose fewer days, a person or a camera, "
            "or run 'recognizer sightings export', which has no limit"
        )


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
    """The video is unknown, removed, or announced but not stored yet."""

    @classmethod
    def of(cls, key: str) -> Self:
        """Return the error for a key that is not in the list."""
        return cls(
            f"there is no video {key!r}; it was never announced, or it was removed after its time, "
            "to make room for newer ones, or by the admin"
        )


class DeviceNotFound(RecognizerError):
    """No device has this name."""

    def __init__(self, name: str) -> None:
        super().__init__(f"no device is called {name!r}; list the devices to see their names")


class DeviceExists(RecognizerError):
    """A device with this name is registered already."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"a device called {name!r} exists already; remove it first to get a new token"
        )


class PersonExists(RecognizerError):
    """The label is taken."""

    def __init__(self, label: str) -> None:
        super().__init__(
            f"another person has the label {label!r}; choose another label, or assign the face "
            "to that person"
        )


class SightingNotFound(RecognizerError):
    """No sighting has this id, or none any more."""

    def __init__(self, sighting_id: str) -> None:
        super().__init__(f"there is no sighting {sighting_id!r}; it may have expired")


class SightingUnnamed(RecognizerError):
    """The sighting names nobody, so no name can be removed from it."""

    def __init__(self, sighting_id: str) -> None:
        super().__init__(f"the sighting {sighting_id!r} names nobody; there is no name to remove")


class CropNotFound(RecognizerError):
    """No crop of this face is kept, or none any more."""

    def __init__(self, of: str) -> None:
        super().__init__(
            f"no crop of {of!r} is kept; crops are deleted after RECOGNIZER_CROP_DAYS days"
        )


class UnknownPersonNotFound(RecognizerError):
    """No unknown person has this id, or none any more."""

    def __init__(self, unknown_person_id: str) -> None:
        super().__init__(
            f"there is no unknown person {unknown_person_id!r}; the person may be named, expired "
            "or ignored by now: list the unknown people again"
        )


class MergeImpossible(RecognizerError):
    """The two people can't be merged."""


class PhotoRefused(RecognizerError):
    """The photo can't be enrolled."""


class NoFace(PhotoRefused):
    """The photo shows no face."""


class SeveralFaces(PhotoRefused):
    """The photo shows more than one usable face."""


class FaceOfAnotherPerson(PhotoRefused):
    """The face is enrolled under another label."""


class FaceTooSmall(PhotoRefused):
    """The face has too few pixels."""


class FaceBlurred(PhotoRefused):
    """The face is out of focus, or it moved."""


class FaceTooDark(PhotoRefused):
    """The face is underexposed."""


class FaceTooBright(PhotoRefused):
    """The face is overexposed."""


class FaceTurnedAway(PhotoRefused):
    """The face does not look at the camera."""


class UploadLinkInvalid(RecognizerError):
    """The signature does not fit the link."""


class UploadLinkExpired(RecognizerError):
    """The link was valid and has expired."""


class UploadMismatch(RecognizerError):
    """The bytes or headers are not those that were announced."""


class GalleryMoved(RecognizerError):
    """The gallery changed since it was read, so a decision based on it is stale."""


class SettingsInvalid(RecognizerError):
    """A setting can't be used."""


class StoreUnavailable(RecognizerError):
    """The store can't be used at the moment."""


class StoreFull(StoreUnavailable):
    """The disk is full, or a write to it failed."""


class StoreDamaged(StoreUnavailable):
    """The database is damaged; restore it from a backup."""
