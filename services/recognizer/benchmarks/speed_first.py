"""Part of ``speed``: a program that recognizes the faces of a picture and reports when it has.

Before its first answer it imports only the modules that any program without HTTP needs.
"""

from __future__ import annotations

import resource
import sys
from pathlib import Path

from recognizer.bootstrap import build
from recognizer.domain.capture import Capture
from recognizer.settings import load_settings


def main(folder: Path) -> None:
    """Answer once and report it; then answer for all pictures and report memory and time."""
    capture = Capture("bench", captured_at=None, video=None, offset_ms=None, track=None)
    first, *others = sorted(folder.glob("*.jpg"))
    services = build(load_settings())
    answer = services.recognizer.recognize(first.read_bytes(), capture).answer
    print(len(answer.faces), flush=True)
    used = resource.getrusage(resource.RUSAGE_SELF)
    for picture in others:
        services.recognizer.recognize(picture.read_bytes(), capture)
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(round(used.ru_utime + used.ru_stime, 3), most // 1024)
    services.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
