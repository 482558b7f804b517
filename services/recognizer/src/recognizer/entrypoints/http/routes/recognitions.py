"""``/v1/recognitions``: who is in a picture."""

from __future__ import annotations

from typing import Annotated, Any, Self

from fastapi import APIRouter, Depends, Query, Request
from pydantic import Field, TypeAdapter, ValidationError, model_validator
from starlette.datastructures import FormData, UploadFile

from facecore.contract import (
    IMAGE_TYPES,
    MAX_BODY_BYTES,
    MAX_CROPS,
    CropMetadata,
    Recognition,
    TrackId,
    TracksText,
    UtcTime,
    VideoKey,
    read_tracks,
)
from facecore.contract import Request as ContractRequest
from facecore.contract.reasons import reason
from facecore.errors import CropError
from recognizer.domain.capture import Capture, Crops
from recognizer.domain.errors import UnsupportedMediaType
from recognizer.domain.request_report import Operation
from recognizer.entrypoints.http.dependencies import (
    IN_DIGITS,
    DeviceCaller,
    RejectDuplicateParameters,
    ServicesDep,
    binary,
    media_type,
    picture,
    problems,
)
from recognizer.entrypoints.http.middleware import accepts_body
from recognizer.entrypoints.http.vision_call import PREFER_WAIT, RecognitionCall
from recognizer.observability import current_request
from recognizer.use_cases.authentication import Role
from recognizer.use_cases.videos import check_owner

router = APIRouter(prefix="/v1/recognitions", tags=["recognition"])

_MULTIPART = "multipart/form-data"
_MAX_METADATA_BYTES = 64 * 1024
_METADATA = TypeAdapter(list[CropMetadata])
_MAX_OFFSET_MS = 24 * 3600 * 1000


class CaptureQuery(ContractRequest):
    """When and where the picture was taken."""

    captured_at: UtcTime | None = Field(
        None,
        description="RFC 3339; the time of receipt if left out. With it, a repeated request "
        "overwrites its own sightings instead of adding new ones.",
    )
    video: VideoKey | None = Field(
        None,
        description="Key of the segment that the picture was taken from. A device may only give "
        "keys of its own segments.",
    )
    offset_ms: Annotated[int, Field(ge=0, le=_MAX_OFFSET_MS), IN_DIGITS] | None = Field(
        None, description="Position in that segment, in milliseconds."
    )
    track: TrackId | None = Field(
        None, description="The device's id of the track that all faces of the picture belong to."
    )
    tracks: TracksText | None = Field(
        None,
        description="Instead of `track`: several visits, each with the box of its face, as "
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
        # Accept one file too many, so that the error can name the limit.
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
        raise CropError("the part 'metadata' is missing; send a JSON list with an entry per crop")
    try:
        entries = _METADATA.validate_json(metadata)
    except (ValidationError, UnicodeEncodeError) as error:
        raise CropError(f"the part 'metadata' is not accepted: {_first(error)}") from error
    return Crops(tuple([await file.read() for file in files]), tuple(entries))


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
                    "description": "A JSON list with an entry for each crop.",
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
    operation_id=Operation.RECOGNIZE,
    dependencies=[RejectDuplicateParameters],
    responses=problems(400, 401, 403, 413, 415, 422, 503),
    openapi_extra={**_body(), **PREFER_WAIT},
)
@accepts_body(MAX_BODY_BYTES)
async def recognize(
    services: ServicesDep,
    caller: DeviceCaller,
    vision: RecognitionCall,
    query: Annotated[CaptureQuery, Query()],
    sent: Annotated[bytes | Crops, Depends(_sent)],
) -> Recognition:
    """Recognize the faces of a picture, or of crops aligned on the device; largest first."""
    if query.video is not None and caller.role is Role.DEVICE:
        check_owner(caller.name, query.video)
    capture = Capture(
        caller.name,
        query.captured_at,
        query.video,
        query.offset_ms,
        query.track,
        read_tracks(query.tracks) if query.tracks else (),
    )
    pictures = sent.files if isinstance(sent, Crops) else (sent,)
    recognized = await vision.run(pictures, services.recognizer.recognize, sent, capture)
    current_request().recognition = recognized.report
    return recognized.answer
