"""Finish the folder: a fast start, files that any user can read, equal bytes on every machine."""

from __future__ import annotations

import compileall
import os
import stat
from pathlib import Path
from py_compile import PycInvalidationMode

from services.recognizer.image.failure import AssemblyFailed


def precompile(root: Path, part: Path) -> None:
    """Write byte code beside every module, so that a cold start compiles nothing.

    Python uses it without a check of the source, which never changes in an image. Tracebacks name
    the files' paths in the image. Raise ``AssemblyFailed`` if a module is not valid Python.
    """
    done = compileall.compile_dir(
        root / part,
        quiet=1,
        force=True,
        stripdir=str(root),
        prependdir="/",
        invalidation_mode=PycInvalidationMode.UNCHECKED_HASH,
    )
    if not done:
        raise AssemblyFailed(f"not every module in {root / part} could be compiled; see above")


def settle(root: Path, epoch: int) -> None:
    """Give all files and folders below one modification time, and modes that let any user read.

    Lambda runs the image as a user that it chooses, who must be able to read root's files.
    """
    for folder, _, names in os.walk(root, topdown=False):
        for name in names:
            _settle(Path(folder, name), epoch)
        _settle(Path(folder), epoch)


def _settle(path: Path, epoch: int) -> None:
    runs = path.is_dir() or path.stat().st_mode & stat.S_IXUSR
    path.chmod(0o755 if runs else 0o644)
    os.utime(path, (epoch, epoch))
