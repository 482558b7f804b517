"""``people export``: everything stored about a person, in one zip file."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import typer

from recognizer.entrypoints.cli.connection import admin
from recognizer.entrypoints.cli.failures import InputRefused
from recognizer.entrypoints.cli.names import LabelArgument
from recognizer.entrypoints.cli.output import counted, say


def export(
    context: typer.Context,
    label: LabelArgument,
    file: Annotated[Path, typer.Argument(help="Name of a new file, such as ada.zip.")],
) -> None:
    """Export a person's record, photos as sent, and sightings into a new zip file.

    Its README.txt explains each file. Only its owner can read the zip file.
    """
    if file.exists():
        raise InputRefused(f"{file} exists; give the name of a new file")
    if not file.parent.is_dir():
        raise InputRefused(f"{file} can't be created: there is no folder {file.parent}")
    with TemporaryDirectory(
        dir=file.parent, prefix=".export-"
    ) as folder:  # readable by its owner alone
        partial = Path(folder) / "whole.zip"
        with admin(context) as client:
            files = _joined(client.export_person(label), partial)
        partial.chmod(0o600)
        partial.rename(file)
    say(f"{file} holds {counted(files, 'file')} of {label}")


def _joined(parts: Iterable[bytes], target: Path) -> int:
    """Write one zip of all parts, whose file names are distinct. Return the number of files."""
    files = 0
    with zipfile.ZipFile(target, "x") as whole:
        for part in parts:
            with zipfile.ZipFile(io.BytesIO(part)) as one:
                for about in one.infolist():
                    whole.writestr(about, one.read(about))
                    files += 1
    return files
