"""The audit log: who changed what, and when. It holds no name, attribute, face or token."""

from __future__ import annotations

from enum import StrEnum

from pydantic import Field

from facecore.contract.base import Answer, Label, UtcTime


class AuditAction(StrEnum):
    """What was done. Newer servers may add actions; a client shows an unknown one as text."""

    PERSON_CREATED = "person_created"
    PERSON_CHANGED = "person_changed"
    PERSON_DELETED = "person_deleted"
    PERSON_MERGED = "person_merged"
    PERSON_EXPORTED = "person_exported"
    """One part of an export; a large export has several."""
    PHOTO_ADDED = "photo_added"
    PHOTO_REMOVED = "photo_removed"
    PHOTOS_EMBEDDED_AGAIN = "photos_embedded_again"
    DEVICE_ADDED = "device_added"
    DEVICE_REMOVED = "device_removed"
    ADMIN_TOKEN_MADE = "admin_token_made"  # noqa: S105 - the action's name
    SIGNED_IN = "signed_in"
    SIGNED_OUT = "signed_out"
    SIGN_IN_REFUSED = "sign_in_refused"
    UNKNOWN_PERSON_NAMED = "unknown_person_named"
    UNKNOWN_PERSON_IGNORED = "unknown_person_ignored"
    UNKNOWN_PERSON_SHOWN_AGAIN = "unknown_person_shown_again"
    SIGHTING_CORRECTED = "sighting_corrected"
    VIDEO_REMOVED = "video_removed"
    VIDEOS_PRUNED = "videos_pruned"


class AuditOutcome(StrEnum):
    """The result of a change. An entry is written before the change and completed after it."""

    INTENDED = "intended"
    """The result is not known: the change is running, or the service stopped or failed in it."""
    DONE = "done"
    REFUSED = "refused"
    """Nothing was changed."""


class AuditDetail(Answer):
    """Details of a change; a field that does not apply is null."""

    into: Label | None = None
    """The person into whom another was merged."""
    photo: str | None = Field(None, max_length=64)
    """The photo's id."""
    video: str | None = Field(None, max_length=256)
    """The segment's key."""
    records: int | None = None
    photos: int | None = None
    embeddings: int | None = None
    sightings: int | None = None
    videos: int | None = None
    """How many of each were removed, moved, added or exported."""


class AuditEntry(Answer):
    """One change of data or settings."""

    id: str
    at: UtcTime
    """When the change began."""
    actor: str
    """``admin``, a device's name, or ``somebody``, whose sign-in was refused."""
    via: str
    """``token``, ``session`` (the console), or ``store`` (a command on the store itself)."""
    action: str
    """An ``AuditAction``, or a newer one that this client does not know yet."""
    subject: str | None
    """A person's label or a device's name; null if the change is about the admin."""
    outcome: AuditOutcome
    detail: AuditDetail


class AuditList(Answer):
    """A page of the log, newest first."""

    entries: list[AuditEntry]
    next: str | None = None
    """Pass it as ``after`` for the next page; null on the last page."""
