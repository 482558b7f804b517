"""What the use cases need from the world: one file a concern, no word of any technology.

Ports speak the contract's models. Two families of adapters stand behind them; both must pass the
suite in ``tests/stores``. So that a key-value store can be one of them, a port asks for no joins,
for no order but its own list's, pages by opaque cursors, and puts what must be atomic in one call.
"""

from recognizer.domain.ports.access import AdminTokens, Devices, KeptSession, Sessions
from recognizer.domain.ports.audit import AUDIT_LIFETIME, Audit, AuditWanted
from recognizer.domain.ports.crops import IgnoredFace, IgnoredFaces, KeptCrop, KeptCrops
from recognizer.domain.ports.faces import (
    EnrolledFace,
    FaceAdded,
    FaceRemoved,
    Faces,
    GalleryChange,
    GalleryChanges,
    GallerySnapshot,
    PersonRemoved,
)
from recognizer.domain.ports.people import Deletion, People
from recognizer.domain.ports.sightings import (
    Sightings,
    SightingsWanted,
    TrackName,
    Tracks,
    TrackSpan,
    TracksWanted,
    unnamed,
)
from recognizer.domain.ports.stores import Readiness, Stores
from recognizer.domain.ports.tallies import (
    FLUSH_EVERY,
    FLUSH_REQUESTS,
    TALLY_DAYS,
    Tallies,
    Tally,
)
from recognizer.domain.ports.videos import Videos, VideoStore, VideosWanted
from recognizer.domain.ports.vision import Vision

__all__ = [
    "AUDIT_LIFETIME",
    "FLUSH_EVERY",
    "FLUSH_REQUESTS",
    "TALLY_DAYS",
    "AdminTokens",
    "Audit",
    "AuditWanted",
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
    "Sightings",
    "SightingsWanted",
    "Stores",
    "Tallies",
    "Tally",
    "TrackName",
    "TrackSpan",
    "Tracks",
    "TracksWanted",
    "VideoStore",
    "Videos",
    "VideosWanted",
    "Vision",
    "unnamed",
]
