"""Errors as RFC 9457 problem details with a stable code."""

from __future__ import annotations

from enum import StrEnum

from pydantic import Field

from facecore.contract.base import Answer


class ErrorCode(StrEnum):
    """Stable names of errors. A client decides by the code, never by the text."""

    UNAUTHENTICATED = "unauthenticated"
    FORBIDDEN = "forbidden"
    CSRF_TOKEN_INVALID = "csrf_token_invalid"  # noqa: S105 - a name
    TOO_MANY_ATTEMPTS = "too_many_attempts"
    NOT_FOUND = "not_found"
    METHOD_NOT_ALLOWED = "method_not_allowed"
    VALIDATION_FAILED = "validation_failed"
    MALFORMED_BODY = "malformed_body"
    BODY_TOO_LARGE = "body_too_large"
    UNSUPPORTED_MEDIA_TYPE = "unsupported_media_type"

    IMAGE_EMPTY = "image_empty"
    IMAGE_TOO_LARGE = "image_too_large"
    IMAGE_TOO_MANY_PIXELS = "image_too_many_pixels"
    IMAGE_UNSUPPORTED = "image_unsupported"
    IMAGE_TRUNCATED = "image_truncated"
    CROP_INVALID = "crop_invalid"

    NO_FACE = "no_face"
    SEVERAL_FACES = "several_faces"
    FACE_TOO_SMALL = "face_too_small"
    FACE_BLURRED = "face_blurred"
    FACE_TOO_DARK = "face_too_dark"
    FACE_TOO_BRIGHT = "face_too_bright"
    FACE_TURNED_AWAY = "face_turned_away"
    FACE_OF_ANOTHER_PERSON = "face_of_another_person"

    PERSON_NOT_FOUND = "person_not_found"
    PHOTO_NOT_FOUND = "photo_not_found"
    VIDEO_NOT_FOUND = "video_not_found"
    DEVICE_NOT_FOUND = "device_not_found"
    DEVICE_EXISTS = "device_exists"
    PERSON_EXISTS = "person_exists"
    SIGHTING_NOT_FOUND = "sighting_not_found"
    SIGHTING_UNNAMED = "sighting_unnamed"
    CROP_NOT_FOUND = "crop_not_found"
    UNKNOWN_PERSON_NOT_FOUND = "unknown_person_not_found"
    MERGE_IMPOSSIBLE = "merge_impossible"

    UPLOAD_LINK_INVALID = "upload_link_invalid"
    UPLOAD_LINK_EXPIRED = "upload_link_expired"
    UPLOAD_MISMATCH = "upload_mismatch"

    OVERLOADED = "overloaded"
    NOT_READY = "not_ready"
    INTERNAL = "internal"


class FieldError(Answer):
    """One field that was refused, and why."""

    field: str
    """Path of the field, such as ``body.attributes.year`` or ``query.captured_at``."""
    reason: str


class Problem(Answer):
    """An RFC 9457 problem, sent as ``application/problem+json``."""

    type: str
    """A URI that identifies the kind of problem; it ends with the code."""
    title: str
    status: int
    detail: str
    """What was wrong and what is valid."""
    code: str
    """An ``ErrorCode``, or a newer one that this client does not know yet."""
    request_id: str | None = None
    """The request's id in the server's log."""
    errors: list[FieldError] = Field(default_factory=list)
