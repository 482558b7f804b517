"""Labels, device names and video keys as arguments, checked before any request."""

from __future__ import annotations

from typing import Annotated

import typer
from pydantic import TypeAdapter, ValidationError

from facecore.contract import DeviceName, Label, VideoKey
from facecore.contract.reasons import reason
from recognizer.entrypoints.cli.output import InputRefused

_LABEL: TypeAdapter[str] = TypeAdapter(Label)
_DEVICE: TypeAdapter[str] = TypeAdapter(DeviceName)
_KEY: TypeAdapter[str] = TypeAdapter(VideoKey)


def label(text: str) -> str:
    """Check a person's label. Raises ``InputRefused``."""
    return _checked(_LABEL, "label", text)


def device(text: str) -> str:
    """Check a device's name. Raises ``InputRefused``."""
    return _checked(_DEVICE, "device's name", text)


def video_key(text: str) -> str:
    """Check a video's key. Raises ``InputRefused``."""
    try:
        key = _KEY.validate_python(text)
    except ValidationError:
        key = ""
    if not key.endswith(".mp4") or {"", ".", ".."} & set(key.split("/")):
        raise InputRefused(
            f"there is no such video: {text!r}; `recognizer videos list` prints the keys"
        )
    return key


def _checked(kind: TypeAdapter[str], what: str, text: str) -> str:
    try:
        return kind.validate_python(text)
    except ValidationError as error:
        why = reason(error.errors(include_url=False)[0])
        raise InputRefused(f"the {what} {text!r} can't be used: {why}") from None


LabelArgument = Annotated[
    str, typer.Argument(help="The person's label, such as ada_lovelace.", callback=label)
]
