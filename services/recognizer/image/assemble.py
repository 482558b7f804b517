"""Make the folder that the image copies: packages, models, and this project's code.

The Dockerfile runs this on the build machine for either architecture, so nothing is emulated. Tests
run it without Docker. It must run with the image's Python version, since wheels and byte code
depend on it.

    python -m services.recognizer.image.assemble --root FOLDER --arch arm64 --python 3.13

Exit codes: 0 done, 1 the folder could not be made, 2 the command was not understood.
"""

from __future__ import annotations

import json
import os
import platform
import shutil
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from facecore.models import Backend
from services.recognizer.image import finishing, models
from services.recognizer.image.failure import AssemblyFailed
from services.recognizer.image.layout import MODELS, PACKAGES, PARTS, TASK
from services.recognizer.image.members import copy, members
from services.recognizer.image.packages import Arch, install
from services.recognizer.image.pruning import prune

REPOSITORY = Path(__file__).resolve().parents[3]
DEFAULT_EPOCH = 315_532_800
"""1980, the first year that every archive format can store."""

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


@dataclass(frozen=True, slots=True)
class Part:
    """One of the image's layers, and the total size of its files in bytes."""

    folder: str
    bytes: int


@app.command()
def main(
    root: Annotated[Path, typer.Option(help="Folder to make; it must not exist yet.")],
    arch: Annotated[Arch, typer.Option(help="Architecture of the function.")],
    python: Annotated[
        str, typer.Option(help="The image's Python, such as 3.13; run this with the same one.")
    ] = ".".join(platform.python_version_tuple()[:2]),
    backend: Annotated[Backend, typer.Option(help="What computes.")] = Backend.ONNX,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON for programs.")] = False,
) -> None:
    """Make the folder that the image copies, and print the size of its parts."""
    try:
        parts = assemble(root, arch, python, backend)
    except (AssemblyFailed, OSError) as error:
        Console(stderr=True).print(f"error: {error}", highlight=False, markup=False, soft_wrap=True)
        raise typer.Exit(1) from error
    _print(parts, as_json)


def assemble(root: Path, arch: Arch, python: str, backend: Backend) -> tuple[Part, ...]:
    """Make the folder. Raise ``AssemblyFailed`` or ``OSError``."""
    running = ".".join(platform.python_version_tuple()[:2])
    if python != running:
        raise AssemblyFailed(f"an image with Python {python} needs Python {python}, not {running}")
    if root.exists():
        raise AssemblyFailed(f"{root} exists already; name a folder that does not exist")
    try:
        _fill(root, arch, backend)
    except BaseException:
        shutil.rmtree(root, ignore_errors=True)  # an incomplete folder must not be used
        raise
    return tuple(Part(f"/{part}", _size(root / part)) for part in PARTS)


def _fill(root: Path, arch: Arch, backend: Backend) -> None:
    epoch = int(os.environ.get("SOURCE_DATE_EPOCH") or DEFAULT_EPOCH)
    install(backend, arch, root / PACKAGES)
    prune(root / PACKAGES)
    for member in members(REPOSITORY):
        copy(member, root / TASK)
    for part in (PACKAGES, TASK):
        finishing.precompile(root, part)
    models.put(root / MODELS, epoch, backend)
    finishing.settle(root, epoch)


def _size(folder: Path) -> int:
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())


def _print(parts: tuple[Part, ...], as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps([asdict(part) for part in parts], indent=2))
        return
    total = Part("all", sum(part.bytes for part in parts))
    table = Table("folder", "MB")
    for part in (*parts, total):
        table.add_row(part.folder, f"{part.bytes / 1e6:.1f}")
    Console().print(table)


if __name__ == "__main__":
    app()
