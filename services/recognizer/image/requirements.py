"""Choose the image's packages: the exported requirements without those that are never imported."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from facecore.models import Backend

_HERE = Path(__file__).parent
_NAME = re.compile(r"[A-Za-z0-9._-]+(?===)")

_MODEL_BUILDER = "builds the models, which the image already has"
_COMMAND_LINE = "belongs to the command lines, which the image does not have"
LEFT_OUT = {
    "onnx": _MODEL_BUILDER,
    "ml-dtypes": _MODEL_BUILDER,
    "pip": "fetches the models' packages; the image installs nothing",
    "typer": _COMMAND_LINE,
    "rich": _COMMAND_LINE,
    "pygments": _COMMAND_LINE,
    "markdown-it-py": _COMMAND_LINE,
    "mdurl": _COMMAND_LINE,
    "shellingham": _COMMAND_LINE,
    "uvicorn": "serves HTTP; Lambda passes requests to the application",
}
"""Name of a requirement → the reason why the image does not need it."""


def files(backend: Backend) -> tuple[Path, ...]:
    """Return the files of a backend's requirements. torch's are added to the others."""
    default = _HERE / "requirements.txt"
    if backend is Backend.TORCH:
        return default, _HERE / "requirements-torch.txt"
    return (default,)


def kept(file: Path) -> str:
    """Return the requirements that the image installs, with hashes, in pip's format."""
    return "".join(text for name, text in _entries(file) if name not in LEFT_OUT)


def _entries(file: Path) -> Iterator[tuple[str, str]]:
    """Yield each requirement's name and lines. A backslash at the end continues a line."""
    for text in re.split(r"(?<!\\)\n", file.read_text(encoding="utf-8")):
        if found := _NAME.match(text):
            yield found.group().lower(), text + "\n"
