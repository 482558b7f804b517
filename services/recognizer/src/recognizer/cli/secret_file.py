"""A file for a secret, or for what is known of people: new, and for its owner alone."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from recognizer.cli.failures import InputRefused


@contextmanager
def written(
    path: Path | None, *, encoding: str = "utf-8", newline: str | None = None
) -> Iterator[TextIO]:
    """The file to write to, made before the secret is and gone if there is none after all.

    Standard output without a path. Raises ``InputRefused`` where something is there already, and
    where no file can be made.
    """
    if path is None:
        yield sys.stdout
        return
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise InputRefused(f"{path} is there already; give a new name") from None
    except FileNotFoundError:
        raise InputRefused(f"{path} can't be made: there is no folder {path.parent}") from None
    except OSError as error:
        raise InputRefused(f"{path} can't be made: {error.strerror}") from None
    try:
        with os.fdopen(descriptor, "w", encoding=encoding, newline=newline) as file:
            yield file
    except BaseException:
        path.unlink(missing_ok=True)
        raise
