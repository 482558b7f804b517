"""The audit log: who changed what, and when. No name, no attribute, no face, no token."""

from __future__ import annotations

from enum import StrEnum

from pydantic import Field

from facecore.contract.base import Answer, Label, UtcTime


class AuditAction(StrEnum):
    """What can be done. More will come: a reader takes one that it does not know as a text."""

    PERSON_CREATED = "person_created"
    PERSON_CHANGED = "person_changed"
    PERSON_DELETED = "person_deleted"
    PERSON_MERGED = "person_merged"
    PERSON_EXPORTED = "person_exported"
    """A part of an export; a large one has several."""
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
    """What came of it. An entry is written before the change, and completed after it."""

    INTENDED = "intended"
    """Nothing is known: it is under way, or the service was stopped or failed in the middle."""
    DONE = "done"
    REFUSED = "refused"
    """Nothing was changed."""


class AuditDetail(Answer):
    """Small facts of a change; what does not apply is none."""

    into: Label | None = None
    """The person that another one was merged into."""
    photo: str | None = Field(None, max_length=64)
    """The photo's id."""
    video: str | None = Field(None, max_length=256)
    """The segment's key."""
    records: int | None = None
    photos: int | None = None
    embeddings: int | None = None
    sightings: int | None = None
    videos: int | None = None
    """How many were removed, moved, added or given away."""


class AuditEntry(Answer):
    """One change."""

    id: str
    at: UtcTime
    """When it was begun."""
    actor: str
    """``admin``, a device's name, or ``somebody``, who was not let in."""
    via: str
    """How: ``token``, ``session`` (the console), or ``store`` (a command on the store itself)."""
    action: str
    """An ``AuditAction``, or a newer one that this client does not know yet."""
    subject: str | None
    """Whom or what it was done to: a person's label, a device's name; none for the admin's own."""
    outcome: AuditOutcome
    detail: AuditDetail


class AuditList(Answer):
    """A page of the log, newest first."""

    entries: list[AuditEntry]
    next: str | None = None
    """Pass it as ``after`` to read on; none on the last page."""
