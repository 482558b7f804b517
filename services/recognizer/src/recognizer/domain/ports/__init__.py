"""Ports: the interfaces that the use cases need, one module per concern, free of any technology.

Ports take and return the contract's models. Two stores implement them; both must pass the suite in
``tests/stores``. So that a key-value store can implement them, a port needs no joins and no order
but that of its own list, pages by opaque cursors, and does in one call what must be atomic.
"""

from recognizer.domain.ports.access import (
    AUDIT_LIFETIME,
    AdminTokens,
    Audit,
    AuditFilter,
    Devices,
    KeptSession,
    Sessions,
)
from recognizer.domain.ports.people import (
    Deletion,
    EnrolledFace,
    FaceAdded,
    FaceRemoved,
    Faces,
    GalleryChange,
    GalleryChanges,
    GallerySnapshot,
    People,
    PersonRemoved,
)
from recognizer.domain.ports.sightings import (
    IgnoredFace,
    IgnoredFaces,
    KeptCrop,
    KeptCrops,
    SightingFilter,
    Sightings,
    TrackFilter,
    TrackName,
    Tracks,
    TrackSpan,
    unnamed,
)
from recognizer.domain.ports.stores import (
    COUNTER_DAYS,
    FLUSH_EVERY,
    FLUSH_REQUESTS,
    Counters,
    DayCounters,
    Readiness,
    Stores,
)
from recognizer.domain.ports.videos import VideoFilter, Videos, VideoStore
from recognizer.domain.ports.vision import Vision

__all__ = [
    "AUDIT_LIFETIME",
    "COUNTER_DAYS",
    "FLUSH_EVERY",
    "FLUSH_REQUESTS",
    "AdminTokens",
    "Audit",
    "AuditFilter",
    "Counters",
    "DayCounters",
    "Deletion",
    "Devices",
    "EnrolledFace",
    "FaceAdded",
    "FaceRemoved",
    "Faces",
    "GalleryChange",
    "GalleryChanges",
    "GallerySnapshot",
    "IgnoredFace",
    "IgnoredFaces",
    "KeptCrop",
    "KeptCrops",
    "KeptSession",
    "People",
    "PersonRemoved",
    "Readiness",
    "Sessions",
    "SightingFilter",
    "Sightings",
    "Stores",
    "TrackFilter",
    "TrackName",
    "TrackSpan",
    "Tracks",
    "VideoFilter",
    "VideoStore",
    "Videos",
    "Vision",
    "unnamed",
]
