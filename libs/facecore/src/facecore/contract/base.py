"""Limits and basic types that all parts of the contract use."""

from __future__ import annotations

import json
import math
import re
from datetime import UTC, datetime
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
    ValidatorFunctionWrapHandler,
    WithJsonSchema,
    WrapValidator,
)
from pydantic_core import PydanticCustomError

API_VERSION = "v1"

Whole = Annotated[int, Field(strict=True)]
"""A JSON integer: not a string such as ``"1000"``, not ``true`` and not ``5.0``."""

Number = Annotated[float, Field(strict=True, allow_inf_nan=False)]
"""A finite JSON number: not a string and not ``true``."""

Truth = Annotated[bool, Field(strict=True)]
"""``true`` or ``false``: not a string and not ``1``."""

MAX_IMAGE_BYTES = 4 * 1024 * 1024
"""Largest picture. A request to a Lambda has at most 6 MB, and its body is base64."""
MAX_IMAGE_PIXELS = 25_000_000
MAX_IMAGE_SIDE = 16_384
"""Longest side of a picture, in pixels: enough for a phone's panorama."""
MAX_CROPS = 32
"""Most faces that a device may send in one request."""
MAX_BODY_BYTES = MAX_IMAGE_BYTES + 64 * 1024
"""Largest request body: one picture and the overhead of multipart."""
MAX_SEGMENT_BYTES = 512 * 1024 * 1024
MAX_ATTRIBUTES = 256
MAX_ATTRIBUTE_BYTES = 16 * 1024
MAX_PAGE = 500
IMAGE_TYPES = ("image/jpeg", "image/png", "image/webp")

_FIRST_YEAR, _LAST_YEAR = 1970, 2999
_SAFE_INTEGER = 2**53
NAME_PATTERN = r"^[A-Za-z0-9][A-Za-z0-9._\-]{0,63}$"
SHA256_PATTERN = r"^[0-9a-f]{64}$"
_KEY_PART = r"[A-Za-z0-9][A-Za-z0-9._\-]*"
VIDEO_KEY_PATTERN = rf"^{_KEY_PART}(/{_KEY_PART})*$"
TEXT_PATTERN = r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f]*$"
"""``contract.reasons`` describes each of these patterns in words."""


_RFC_3339 = (
    r"^(19[7-9]\d|2\d{3})-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])"
    r"[Tt]([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d{1,9})?"
    r"([Zz]|[+\-]([01]\d|2[0-3]):[0-5]\d)$"
)
_WRITTEN = re.compile(_RFC_3339, re.ASCII)


def _written_out(value: object) -> object:
    if isinstance(value, datetime):
        return value
    if not isinstance(value, str) or not _WRITTEN.fullmatch(value):
        raise ValueError(
            "a time is written as RFC 3339 with an offset, such as 2026-03-14T09:26:53.589Z, "
            "of a year from 1970 to 2999"
        )
    return value


def in_utc(value: datetime) -> datetime:
    """Convert to UTC, and check the year there: an offset can move a time out of the bounds.

    Raises:
        ValueError: the time in UTC lies outside the years that the contract accepts.

    """
    try:
        moment = value.astimezone(UTC)
    except OverflowError as error:
        raise _outside() from error
    if not _FIRST_YEAR <= moment.year <= _LAST_YEAR:
        raise _outside()
    return moment


def _outside() -> ValueError:
    return ValueError(f"in UTC, the year must lie between {_FIRST_YEAR} and {_LAST_YEAR}")


UtcTime = Annotated[
    AwareDatetime,
    BeforeValidator(_written_out),
    AfterValidator(in_utc),
    WithJsonSchema({"type": "string", "format": "date-time", "pattern": _RFC_3339}),
]
"""RFC 3339 with an offset, not a number of seconds; converted to UTC."""

Label = Annotated[str, StringConstraints(pattern=NAME_PATTERN)]
"""A person's key: 1 to 64 letters, digits, ``.``, ``_`` or ``-``; it begins with a letter or
digit."""

DeviceName = Annotated[str, StringConstraints(pattern=NAME_PATTERN)]
"""A device's key, in the same form as a label."""

Sha256 = Annotated[str, StringConstraints(pattern=SHA256_PATTERN)]
"""64 lower-case hexadecimal digits."""

VideoKey = Annotated[str, StringConstraints(pattern=VIDEO_KEY_PATTERN, max_length=256)]
"""A segment's S3 key: prefix, device, day and time. No part is empty or ``..``."""

TRACK_NAME = r"[A-Za-z0-9._\-]{1,64}"
TRACK_ID_PATTERN = f"^{TRACK_NAME}$"
TrackId = Annotated[str, StringConstraints(pattern=TRACK_ID_PATTERN)]
"""The device's name of one track."""

Similarity = Annotated[float, Field(ge=-1.0, le=1.0)]
"""A cosine; never a percentage."""

Text = Annotated[str, StringConstraints(pattern=TEXT_PATTERN)]
"""Text without control characters, which a terminal would obey; line breaks and tabs may occur."""

Scalar = int | float | bool | Text | None


def _storable(value: dict[str, Any]) -> dict[str, Any]:
    for number in _numbers(value):
        if isinstance(number, float) and not math.isfinite(number):
            raise ValueError("numbers must be finite")
        if isinstance(number, int) and abs(number) >= _SAFE_INTEGER:
            raise ValueError("whole numbers must lie within ±(2^53 - 1); send longer ones as text")
    if len(json.dumps(value, ensure_ascii=False).encode()) > MAX_ATTRIBUTE_BYTES:
        raise ValueError(f"attributes must fit in {MAX_ATTRIBUTE_BYTES} bytes of JSON")
    return value


def _numbers(value: dict[str, Any]) -> list[int | float]:
    flat = (item for v in value.values() for item in (v if isinstance(v, list) else [v]))
    return [item for item in flat if isinstance(item, int | float)]


def _counted(value: object) -> object:
    """Refuse too many attributes before each is validated and its errors are listed."""
    if isinstance(value, dict) and len(value) > MAX_ATTRIBUTES:
        raise ValueError(f"{len(value)} attributes were sent; send at most {MAX_ATTRIBUTES}")
    return value


_Key = Annotated[Text, StringConstraints(min_length=1, max_length=64)]
_Scalars = Annotated[list[Scalar], Field(fail_fast=True)]


def _one_reason(value: object, check: ValidatorFunctionWrapHandler) -> object:
    """Raise one error in place of one for each type of the union."""
    try:
        return check(value)
    except ValidationError:
        raise PydanticCustomError(
            "attribute_value",
            "give text without control characters, a finite number, true, false, null, "
            "or a list of those",
        ) from None


Attributes = Annotated[
    dict[_Key, Annotated[Scalar | _Scalars, WrapValidator(_one_reason)]],
    BeforeValidator(_counted),
    Field(max_length=MAX_ATTRIBUTES),
    AfterValidator(_storable),
    Field(json_schema_extra={"additionalProperties": False}),
]
"""Free-form facts about a person (major, year …): text, numbers, booleans, or lists of them."""


class Answer(BaseModel):
    """Base of the answers. Immutable; fields that a newer server adds are ignored."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class Request(BaseModel):
    """Base of the request bodies. Immutable; an unknown field is refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")
