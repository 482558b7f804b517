"""``/v1/recognitions``: who is in a picture."""

from __future__ import annotations

from typing import Annotated, Any, Self

from fastapi import APIRouter, Depends, Query, Request
from pydantic import Field, TypeAdapter, ValidationError, model_validator
from starlette.datastructures import FormData, UploadFile

from facecore.contract import (
    IMAGE_TYPES,
    MAX_CROPS,
    CropMetadata,
    Recognition,
    TrackId,
    TrackPlaces,
    UtcTime,
    VideoKey,
    read_track_places,
)
from facecore.contract import Request as ContractRequest
from facecore.contract.reasons import reason
from facecore.errors import CropError
from recognizer.api.dependencies import (
    IN_DIGITS,
    DeviceCaller,
    EachOnce,
    Injected,
    binary,
    media_type,
    picture,
    problems,
)
from recognizer.api.vision_pool import PREFER_WAIT, RecognitionCall
from recognizer.auth import Role
from recognizer.capture import Capture, Crops
from recognizer.errors import UnsupportedMediaType
from recognizer.observability import current_request
from recognizer.recordings import check_owner

router = APIRouter(prefix="/v1/recognitions", tags=["recognition"])

_MULTIPART = "multipart/form-data"
_MAX_METADATA_BYTES = 64 * 1024
_METADATA = TypeAdapter(list[CropMetadata])
_MAX_OFFSET_MS = 24 * 3600 * 1000


class CaptureQuery(ContractRequest):
    """Where and when the picture was taken."""

    captured_at: UtcTime | None = Field(
        None,
        description="RFC 3339; the time of receipt if left out. With it, sending the same request "
        "again writes the same sightings again, not new ones.",
    )
    video: VideoKey | None = Field(
        None,
        description="Key of the segment it was taken from. A "
        "device may only give a key of its own segments.",
    )
    offset_ms: Annotated[int, Field(ge=0, le=_MAX_OFFSET_MS), IN_DIGITS] | None = Field(
        None, description="Place in that segment."
    )
    track: TrackId | None = Field(
        None, description="The device's own name of one visit, for all faces of the picture."
    )
    tracks: TrackPlaces | None = Field(
        None,
        description="Instead of `track`: several visits, each with the place of its face, as "
        "`NAME:left,top,width,height`, joined by `;`. The numbers are fractions of the picture's "
        "width and height. Crops name their visits in their metadata.",
    )

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if self.track and self.tracks:
            raise ValueError("give track or tracks, not both")
        return self


async def _sent(request: Request) -> bytes | Crops:
    if (sent := media_type(request)) == _MULTIPART:
        # One file too many is let in, so that the answer can name the limit.
        async with request.form(
            max_files=MAX_CROPS + 1, max_fields=1, max_part_size=_MAX_METADATA_BYTES
        ) as form:
            return await _crops(form)
    if sent not in IMAGE_TYPES:
        raise UnsupportedMediaType(
            f"the content type is {sent or 'missing'}; "
            f"send one of {', '.join(IMAGE_TYPES)} or {_MULTIPART}"
        )
    return await picture(request)


async def _crops(form: FormData) -> Crops:
    if unknown := {name[:64] for name in form} - {"crop", "metadata"}:
        raise CropError(f"the form has a part {min(unknown)!r}; send 'crop' and 'metadata'")
    files = [part for part in form.getlist("crop") if isinstance(part, UploadFile)]
    if len(files) < len(form.getlist("crop")):
        raise CropError("a part 'crop' is text; send each crop as a file with a file name")
    metadata = form.get("metadata")
    if not isinstance(metadata, str):
        raise CropError("the part 'metadata' is missing; send a JSON list, one entry a crop")
    try:
        told = _METADATA.validate_json(metadata)
    except (ValidationError, UnicodeEncodeError) as error:
        raise CropError(f"the part 'metadata' is not accepted: {_first(error)}") from error
    return Crops(tuple([await file.read() for file in files]), tuple(told))


def _first(error: Exception) -> str:
    if not isinstance(error, ValidationError):
        return "it is not UTF-8"
    one = error.errors(include_input=False, include_url=False)[0]
    place = ".".join(map(str, one["loc"]))
    return f"{place}: {reason(one)}" if place else reason(one)


def _body() -> dict[str, Any]:
    extra = binary(*IMAGE_TYPES)
    extra["requestBody"]["content"][_MULTIPART] = {
        "schema": {
            "type": "object",
            "required": ["crop", "metadata"],
            "additionalProperties": False,
            "properties": {
                "crop": {
                    "type": "array",
                    "maxItems": MAX_CROPS,
                    "items": {"type": "string", "format": "binary"},
                    "description": "Aligned faces, JPEG, PNG or WebP of the model's input size.",
                },
                "metadata": {
                    "type": "array",
                    "maxItems": MAX_CROPS,
                    "items": {"$ref": "#/components/schemas/CropMetadata"},
                    "description": "One JSON list, with an entry for each crop.",
                },
            },
        },
        "encoding": {
            "crop": {"contentType": ", ".join(IMAGE_TYPES)},
            "metadata": {"contentType": "application/json"},
        },
    }
    return extra


@router.post(
    "",
    operation_id="recognize",
    dependencies=[EachOnce],
    responses=problems(400, 401, 403, 413, 415, 422, 503),
    openapi_extra={**_body(), **PREFER_WAIT},
)
async def recognize(
    services: Injected,
    caller: DeviceCaller,
    vision: RecognitionCall,
    query: Annotated[CaptureQuery, Query()],
    sent: Annotated[bytes | Crops, Depends(_sent)],
) -> Recognition:
    """Name the faces of a picture, or of crops aligned on the device; largest first."""
    if query.video is not None and caller.role is Role.DEVICE:
        check_owner(caller.name, query.video)
    capture = Capture(
        caller.name,
        query.captured_at,
        query.video,
        query.offset_ms,
        query.track,
        read_track_places(query.tracks) if query.tracks else (),
    )
    pictures = sent.files if isinstance(sent, Crops) else (sent,)
    recognition = await vision.run(pictures, services.recognizer.recognize, sent, capture)
    current_request().recognized(recognition)
    return recognition
