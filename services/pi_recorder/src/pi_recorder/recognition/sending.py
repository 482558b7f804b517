"""Send a request: the whole frame, or faces that were cropped and aligned on the device.

A request does not name the frame's segment: a segment's key contains its checksum, so it exists
only once the segment is finished. The recognizer finds it by device and time of capture.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Protocol

import av
from PIL import Image

from facecore.contract import Box, CropMetadata, Landmarks, Point, Recognition, TrackInPicture
from facecore.vision.image import RgbImage
from facecore.vision.overlap import same_faces
from pi_recorder.capture.scaling import rgb
from pi_recorder.recognition.face import Face, Followed
from pi_recorder.settings.values import RequestContent

JPEG_QUALITY: Final = 95
"""A face that is cut from such a JPEG at the same position has nearly the embedding of the frame
itself: the cosine is at least 0.996 over the demo clip, which a test checks. A detector's boxes
differ slightly in any JPEG, whatever its quality; see ADR 0012."""
_LONGEST_PX: Final = 1920
"""A 4K frame could exceed the contract's limit in bytes, and no face needs it."""


class Recognizer(Protocol):
    """The recognizer's interface; ``facecore.client.RecognizerClient`` is one."""

    def recognize(
        self,
        image: bytes,
        *,
        captured_at: datetime,
        tracks: Sequence[TrackInPicture] = (),
        deadline_s: float | None = None,
    ) -> Recognition:
        """Recognize the faces of a JPEG. Raises ``ClientError``."""
        ...

    def recognize_crops(
        self,
        crops: Sequence[bytes],
        metadata: Sequence[CropMetadata],
        *,
        captured_at: datetime,
        deadline_s: float | None = None,
    ) -> Recognition:
        """Recognize face crops, a PNG each. Raises ``ClientError``."""
        ...


@dataclass(frozen=True, slots=True, eq=False)
class RecognitionRequest:
    """One question to the recognizer: who is in this frame?

    Attributes:
        at: when the frame arrived, on the monotonic clock.
        faces: the faces found on this device; those with crops can be sent as crops.
        followed: the visits in the frame, and the positions of their faces.
    """

    picture: av.VideoFrame
    captured_at: datetime
    at: float
    faces: Sequence[Face] = ()
    followed: Sequence[Followed] = ()


class Sender:
    """Sends requests as frames or as crops.

    Args:
        content: frame or crops; a request without crops is always sent as a frame.
        deadline_s: how many seconds to wait for an answer.
    """

    def __init__(
        self, recognizer: Recognizer, content: RequestContent, *, deadline_s: float
    ) -> None:
        self._recognizer = recognizer
        self._content = content
        self._deadline_s = deadline_s

    def __call__(self, request: RecognitionRequest) -> Recognition:
        """Send a request; return its answer in pixels of the frame. Raises ``ClientError``."""
        crops = [face for face in request.faces if face.crop is not None]
        if self._content is RequestContent.CROPS and crops:
            return self._recognizer.recognize_crops(
                [png(face.crop) for face in crops if face.crop is not None],
                _described(crops, request),
                captured_at=request.captured_at,
                deadline_s=self._deadline_s,
            )
        answer = self._recognizer.recognize(
            jpeg(request.picture),
            captured_at=request.captured_at,
            tracks=[_place(one, request.picture) for one in request.followed],
            deadline_s=self._deadline_s,
        )
        return _enlarged(answer, request.picture.width / max(1, answer.image_width))


def _described(faces: Sequence[Face], request: RecognitionRequest) -> list[CropMetadata]:
    frame, followed = request.picture, request.followed
    places = same_faces([face.box for face in faces], [one.box for one in followed])
    return [
        CropMetadata(
            box=face.box,
            landmarks=face.landmarks,
            score=face.score,
            model=face.model,
            frame_width=frame.width,
            frame_height=frame.height,
            track=None if place is None else followed[place].track,
        )
        for face, place in zip(faces, places, strict=True)
    ]


def _place(one: Followed, frame: av.VideoFrame) -> TrackInPicture:
    return TrackInPicture(
        track=one.track,
        x=one.box.x / frame.width,
        y=one.box.y / frame.height,
        width=one.box.width / frame.width,
        height=one.box.height / frame.height,
    )


def _enlarged(answer: Recognition, scale: float) -> Recognition:
    """Convert an answer from pixels of a smaller picture to pixels of the frame."""
    if scale <= 1:
        return answer
    faces = [
        face.model_copy(
            update={
                "box": _box(face.box, scale),
                "landmarks": _landmarks(face.landmarks, scale),
            }
        )
        for face in answer.faces
    ]
    return answer.model_copy(update={"faces": faces})


def _box(box: Box, scale: float) -> Box:
    return Box(**{side: value * scale for side, value in box.model_dump().items()})


def _landmarks(landmarks: Landmarks, scale: float) -> Landmarks:
    return Landmarks(**{name: Point(x=at.x * scale, y=at.y * scale) for name, at in landmarks})


def jpeg(picture: av.VideoFrame) -> bytes:
    """Encode a picture as a JPEG with no side longer than 1920 pixels."""
    image = Image.fromarray(rgb(picture))
    image.thumbnail((_LONGEST_PX, _LONGEST_PX))
    return _file(image, "JPEG", quality=JPEG_QUALITY)


def png(crop: RgbImage) -> bytes:
    """Encode a crop without loss, so that its embedding is that of the frame itself."""
    return _file(Image.fromarray(crop), "PNG", compress_level=1)


def _file(image: Image.Image, form: str, **options: int) -> bytes:
    file = io.BytesIO()
    image.save(file, form, **options)
    return file.getvalue()
