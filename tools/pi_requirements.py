"""Print the recorder's requirements with hashes, without numpy if the system has it.

``services/pi_recorder/install.sh`` runs this with the Python of the recorder's environment, and
passes the output to ``pip install --require-hashes --requirement``. The reasons are in
docs/adr/0014 and docs/adr/0028.
"""

from __future__ import annotations

import re
import sys
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

REQUIREMENTS = Path(__file__).resolve().parents[1] / "services" / "pi_recorder" / "requirements.txt"


def main() -> int:
    """Print the requirements in pip's format."""
    entries = re.split(r"(?<!\\)\n", REQUIREMENTS.read_text(encoding="utf-8"))
    # pip installs no numpy without a hash. It keeps the system's, against which picamera2's
    # simplejpeg is compiled, or stops and names the package that requires another one.
    left_out = "numpy==" if _numpy_is_the_systems() else None
    for entry in entries:
        if left_out is None or not entry.startswith(left_out):
            print(entry)
    return 0


def _numpy_is_the_systems() -> bool:
    """Return whether numpy is Debian's package and this environment can import it."""
    try:
        numpy = distribution("numpy")
    except PackageNotFoundError:
        return False
    return "dist-packages" in Path(str(numpy.locate_file(""))).parts


if __name__ == "__main__":
    sys.exit(main())
