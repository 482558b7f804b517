"""What the use cases need from the world: one file a concern, no word of any technology.

Ports speak the contract's models. Two families of adapters stand behind them; both must pass the
suite in ``tests/stores``. So that a key-value store can be one of them, a port asks for no joins,
for no order but its own list's, pages by opaque cursors, and puts what must be atomic in one call.
"""

from recognizer.ports.admin import AdminTokens
from recognizer.ports.audit import AUDIT_LIFETIME, Audit, AuditWanted
from recognizer.ports.crops import IgnoredFace, IgnoredFaces, KeptCrop, KeptCrops
from recognizer.ports.devices import Devices
from recognizer.ports.faces import (
    EnrolledFace,
    FaceAdded,
    FaceRemoved,
    Faces,
    GalleryChange,
    GalleryChanges,
    GallerySnapshot,
    PersonRemoved,
)
from recognizer.ports.people import Deletion, People
from recognizer.ports.readiness import Readiness
from recognizer.ports.sessions import KeptSession, Sessions
from recognizer.ports.sightings import Sightings, SightingsWanted, TrackName, unnamed
from recognizer.ports.stores import Stores
from recognizer.ports.tallies import TALLY_DAYS, Tallies, Tally
from recognizer.ports.tracks import Tracks, TrackSpan, TracksWanted
from recognizer.ports.videos import Videos, VideoStore, VideosWanted
from recognizer.ports.vision import Vision

__all__ = [
    "AUDIT_LIFETIME",
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
