"""Copy the project's own packages, with the metadata that they read."""

from __future__ import annotations

import shutil
import tomllib
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Member:
    """A package of this repository.

    Attributes:
        folder: holds ``pyproject.toml`` and ``src/``.
        name: of the distribution and of the package in ``src/``.
    """

    folder: Path
    name: str


def members(repository: Path) -> tuple[Member, ...]:
    """Return the packages that the function imports."""
    return (
        Member(repository / "libs" / "facecore", "facecore"),
        Member(repository / "services" / "recognizer", "recognizer"),
    )


def copy(member: Member, task: Path) -> None:
    """Put the package and its metadata into ``task``."""
    shutil.copytree(
        member.folder / "src" / member.name,
        task / member.name,
        ignore=shutil.ignore_patterns("__pycache__", ".*"),
    )
    project = tomllib.loads((member.folder / "pyproject.toml").read_text("utf-8"))["project"]
    info = task / f"{member.name}-{project['version']}.dist-info"
    info.mkdir()
    # The fields that `importlib.metadata.version` needs, of
    # https://packaging.python.org/en/latest/specifications/core-metadata/
    fields = {"Metadata-Version": "2.4", "Name": member.name, "Version": project["version"]}
    lines = [f"{name}: {value}\n" for name, value in fields.items()]
    (info / "METADATA").write_text("".join(lines), encoding="utf-8")
