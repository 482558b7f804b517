"""``people export``: everything that is kept about a person, in one zip."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import typer

from recognizer.cli.connection import admin
from recognizer.cli.failures import InputRefused
from recognizer.cli.names import LabelArgument
from recognizer.cli.output import counted, say


def export(
    context: typer.Context,
    label: LabelArgument,
    file: Annotated[Path, typer.Argument(help="A new file, such as ada.zip.")],
) -> None:
    """Write the record, the photos as they were sent, and the sightings into a new zip file.

    It holds a README.txt that says what each file is. Only the owner can read it.
    """
    if file.exists():
        raise InputRefused(f"{file} exists; give the name of a new file")
    if not file.parent.is_dir():
        raise InputRefused(f"{file} can't be made: there is no folder {file.parent}")
    with TemporaryDirectory(dir=file.parent, prefix=".export-") as folder:  # its owner's alone
        partial = Path(folder) / "whole.zip"
        with admin(context) as client:
            files = _joined(client.export_person(label), partial)
        partial.chmod(0o600)
        partial.rename(file)
    say(f"{file} holds {counted(files, 'file')} of {label}")


def _joined(parts: Iterable[bytes], target: Path) -> int:
    """One zip of all parts, which have no name twice; how many files there are."""
    files = 0
    with zipfile.ZipFile(target, "x") as whole:
        for part in parts:
            with zipfile.ZipFile(io.BytesIO(part)) as one:
                for about in one.infolist():
                    whole.writestr(about, one.read(about))
                    files += 1
    return files
