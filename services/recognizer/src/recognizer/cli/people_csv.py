"""``people.csv``: one row a person; ``label``, ``name``, and any other column an attribute."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from facecore.contract import Attributes, Scalar
from recognizer.cli.failures import InputRefused

Value = Scalar | list[Scalar]

_ATTRIBUTES: TypeAdapter[dict[str, Value]] = TypeAdapter(Attributes)
_NUMBER = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?")


@dataclass(frozen=True, slots=True)
class Row:
    """One row; ``wrong`` says why it can't be used, and is empty when it can."""

    line: int
    label: str
    name: str
    attributes: dict[str, Value]
    wrong: str = ""


def read_rows(path: Path) -> Iterator[Row]:
    """Every row that is not blank. Commas, semicolons or tabs; UTF-8, with or without a mark.

    Raises:
        InputRefused: the file is not UTF-8, or has no column ``label``.

    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise InputRefused(f"{path} is not UTF-8; save it as 'CSV UTF-8'") from None
    header = text.partition("\n")[0]
    separator = max(",;\t", key=header.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    try:
        columns = [cell.strip() for cell in next(reader, [])]
        if columns.count("label") != 1 or len(set(columns)) != len(columns):
            raise InputRefused(f"{path}: its first line must name each column once, 'label' too")
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield _row(reader.line_num, columns, [cell.strip() for cell in cells])
    except csv.Error as error:
        raise InputRefused(f"{path}:{reader.line_num}: {error}") from None


def _row(line: int, columns: list[str], cells: list[str]) -> Row:
    given = dict(zip(columns, cells, strict=False))
    label, name = given.pop("label", ""), given.pop("name", "")
    wrong = ""
    if len(cells) > len(columns):
        wrong = f"{len(cells)} cells where {len(columns)} columns are named; quote what has commas"
    elif not label:
        wrong = "the label is empty"
    facts = {key: _number_or_text(text) for key, text in given.items() if text}
    return Row(line, label, name, facts, wrong)


def _number_or_text(text: str) -> Value:
    """A plain number; all else stays as written, so that a course ``3E2`` or ``007`` does too."""
    return attribute_value(text) if _NUMBER.fullmatch(text) else text


def attribute_value(text: str) -> Value:
    """What ``text`` says as JSON if an attribute can be that, else the text itself."""
    try:
        return _ATTRIBUTES.validate_python({"value": json.loads(text)})["value"]
    except (ValueError, ValidationError, RecursionError):
        return text
