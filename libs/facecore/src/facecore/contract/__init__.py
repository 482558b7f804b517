"""What both sides speak: version 1 of the wire contract.

The recognizer answers these models; the recorder and the command line read them. Times are
RFC 3339 in UTC, boxes are in pixels of the picture that was sent, similarity is a cosine in
[-1, 1] and never a percentage. Errors are RFC 9457 problem details with a stable ``code``.

Unknown fields in an answer are ignored, so that an older client reads a newer server; unknown
fields in a request are refused, so that a typing mistake is not lost in silence.
"""

from facecore.contract.base import (
    API_VERSION,
    IMAGE_TYPES,
    MAX_ATTRIBUTE_BYTES,
    MAX_ATTRIBUTES,
    MAX_BODY_BYTES,
    MAX_CROPS,
    MAX_IMAGE_BYTES,
    MAX_IMAGE_PIXELS,
    MAX_PAGE,
    MAX_SEGMENT_BYTES,
    Answer,
    Attributes,
    DeviceName,
    Label,
    Request,
    Scalar,
    Sha256,
    Similarity,
    TrackId,
    UtcTime,
    VideoKey,
)
from facecore.contract.devices import (
    Device,
    DeviceList,
    DeviceRegistration,
    RegisteredDevice,
)
from facecore.contract.faces import Box, Landmarks, Point, Quality, QualityReason
from facecore.contract.health import Health, HealthStatus
from facecore.contract.people import (
    DeletionReceipt,
    Person,
    PersonList,
    PersonRecord,
    PersonUpdate,
    Photo,
    PhotoList,
)
from facecore.contract.problems import ErrorCode, FieldError, Problem
from facecore.contract.recognition import (
    CropMetadata,
    Decision,
    Recognition,
    RecognizedFace,
    StageTimes,
)
from facecore.contract.sightings import Sighting, SightingList
from facecore.contract.videos import (
    PresignedUpload,
    Video,
    VideoAnnouncement,
    VideoLink,
    VideoList,
    VideoState,
    VideoTicket,
)

__all__ = [
    "API_VERSION",
    "IMAGE_TYPES",
    "MAX_ATTRIBUTES",
    "MAX_ATTRIBUTE_BYTES",
    "MAX_BODY_BYTES",
    "MAX_CROPS",
    "MAX_IMAGE_BYTES",
    "MAX_IMAGE_PIXELS",
    "MAX_PAGE",
    "MAX_SEGMENT_BYTES",
    "Answer",
    "Attributes",
    "Box",
    "CropMetadata",
    "Decision",
    "DeletionReceipt",
    "Device",
    "DeviceList",
    "DeviceName",
    "DeviceRegistration",
    "ErrorCode",
    "FieldError",
    "Health",
    "HealthStatus",
    "Label",
    "Landmarks",
    "Person",
    "PersonList",
    "PersonRecord",
    "PersonUpdate",
    "Photo",
    "PhotoList",
    "Point",
    "PresignedUpload",
    "Problem",
    "Quality",
    "QualityReason",
    "Recognition",
    "RecognizedFace",
    "RegisteredDevice",
    "Request",
    "Scalar",
    "Sha256",
    "Sighting",
    "SightingList",
    "Similarity",
    "StageTimes",
    "TrackId",
    "UtcTime",
    "Video",
    "VideoAnnouncement",
    "VideoKey",
    "VideoLink",
    "VideoList",
    "VideoState",
    "VideoTicket",
]
