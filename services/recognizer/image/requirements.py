"""Which packages the image holds: the exported requirements less what no invocation imports."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from facecore.models import Backend

_HERE = Path(__file__).parent
_NAME = re.compile(r"[A-Za-z0-9._-]+(?===)")

_MODEL_BUILDER = "builds the models, which are ready in the image"
_COMMAND_LINE = "belongs to the command lines, and the image has none"
LEFT_OUT = {
    "onnx": _MODEL_BUILDER,
    "ml-dtypes": _MODEL_BUILDER,
    "pip": "fetches the models' packages; nothing is installed in the image",
    "typer": _COMMAND_LINE,
    "rich": _COMMAND_LINE,
    "pygments": _COMMAND_LINE,
    "markdown-it-py": _COMMAND_LINE,
    "mdurl": _COMMAND_LINE,
    "shellingham": _COMMAND_LINE,
    "uvicorn": "serves HTTP; Lambda hands the application its requests",
}
"""Name of a requirement → why the image does without it."""


def files(backend: Backend) -> tuple[Path, ...]:
    """The exported requirements of a backend; torch's come on top of the others."""
    default = _HERE / "requirements.txt"
    if backend is Backend.TORCH:
        return default, _HERE / "requirements-torch.txt"
    return (default,)


def kept(file: Path) -> str:
    """The requirements that the image installs, with their hashes, as pip reads them."""
    return "".join(text for name, text in _entries(file) if name not in LEFT_OUT)


def _entries(file: Path) -> Iterator[tuple[str, str]]:
    """Each requirement's name and its lines: a line that ends in a backslash goes on."""
    for text in re.split(r"(?<!\\)\n", file.read_text(encoding="utf-8")):
        if found := _NAME.match(text):
            yield found.group().lower(), text + "\n"
