"""Say in words why a value was refused, without regular expressions or validator messages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from facecore.contract.base import (
    NAME_PATTERN,
    SHA256_PATTERN,
    TEXT_PATTERN,
    TRACK_ID_PATTERN,
    VIDEO_KEY_PATTERN,
)
from facecore.contract.people import PERSON_NAME_PATTERN
from facecore.contract.tracks import TRACKS_PATTERN

_FORMS: Final[Mapping[str, str]] = {
    NAME_PATTERN: "give 1 to 64 letters (a to z, A to Z), digits, '.', '_' or '-', "
    "and begin with a letter or digit",
    SHA256_PATTERN: "give 64 lower-case hexadecimal digits",
    VIDEO_KEY_PATTERN: "give a video's key: letters (a to z, A to Z), digits, '.', '_' or '-' "
    "between each '/', and begin each part with a letter or digit",
    TRACK_ID_PATTERN: "give 1 to 64 letters (a to z, A to Z), digits, '.', '_' or '-'",
    TEXT_PATTERN: "give text without control characters",
    PERSON_NAME_PATTERN: "give one line of text that is not blank, without control characters",
    TRACKS_PATTERN: "give 1 to 32 tracks as NAME:left,top,width,height, joined by ';'",
    r"^[0-9a-f]{32}$": "give an id: 32 lower-case hexadecimal digits",
    r"^[0-9]{1,12}$": "give 1 to 12 digits",
}
"""The words for each pattern. A test checks that every pattern of the API is here."""

_NUMBERS: Final = {"integer": "a whole number", "number": "a number"}
_NO_NUMBER: Final = frozenset({
    "int_parsing", "int_parsing_size", "int_from_float", "int_type", "float_parsing", "float_type",
    "finite_number",
})  # fmt: skip
_OUT_OF_BOUNDS: Final = {
    "greater_than": "gt",
    "greater_than_equal": "ge",
    "less_than": "lt",
    "less_than_equal": "le",
}
_SETTING_WORDS: Final = {
    "bool_parsing": "give true or false",
    "byte_size": "give a size such as 500MB or 16GiB",
    "byte_size_unit": "give a size such as 500MB or 16GiB",
}


def reason(detail: Mapping[str, Any], forms: Mapping[str, str] = _FORMS) -> str:
    """Say what is wrong, given one entry of pydantic's ``ValidationError.errors()``.

    Args:
        detail: the entry, with its context.
        forms: the words for each pattern.

    """
    if detail["type"] == "string_pattern_mismatch":
        pattern = str(detail.get("ctx", {}).get("pattern", ""))
        return forms.get(pattern) or _FORMS.get(pattern, "it has characters that are not accepted")
    return str(detail["msg"]).removeprefix("Value error, ")


def setting_reason(
    detail: Mapping[str, Any], schema: Mapping[str, Any], forms: Mapping[str, str] = _FORMS
) -> str:
    """Say what is wrong with a setting; for a number, name its bounds.

    Args:
        detail: as for ``reason``.
        schema: the setting's JSON schema.
        forms: as for ``reason``.

    """
    kind, given = detail["type"], detail.get("ctx", {})
    if kind in _SETTING_WORDS:
        return _SETTING_WORDS[kind]
    if kind in ("too_short", "string_too_short"):
        return f"give at least {given['min_length']} characters"
    number = next((one for one in _options(schema) if one.get("type") in _NUMBERS), None)
    known = number is not None and given.get(_OUT_OF_BOUNDS.get(kind)) in number.values()
    if number is None or not (kind in _NO_NUMBER or known):
        return reason(detail, forms)
    words = (("minimum", "from"), ("exclusiveMinimum", "above"), ("maximum", "to"))
    bounds = [f" {word} {number[key]:,.10g}" for key, word in words if key in number]
    return f"give {_NUMBERS[number['type']]}{''.join(bounds)}"


def _options(schema: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return [schema, *schema.get("anyOf", [])]
