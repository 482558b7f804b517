"""Part of ``speed``: the size of the recognizer after pip installs it, without development tools.

It is installed into a new virtual environment outside of the tree, from pip's index.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

from services.recognizer.benchmarks.speed_start import ROOT


def installed_mb() -> int:
    """Return the installed megabytes (of 1024 x 1024 bytes), with pip itself."""
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        place = Path(name)
        subprocess.run([sys.executable, "-m", "venv", place], check=True)
        python = place / "bin" / "python"
        members = [f"{ROOT / 'libs/facecore'}[vision]", str(ROOT / "services/recognizer")]
        options = ["--quiet", "--no-cache-dir", "--disable-pip-version-check"]
        subprocess.run([python, "-m", "pip", "install", *options, *members], check=True)
        files = (path for path in (place / "lib").rglob("*") if path.is_file())
        return round(sum(path.lstat().st_size for path in files) / 2**20)
