"""Print what pip installs with the recorder: each package with its hashes, less the system's numpy.

``services/pi_recorder/install.sh`` runs this with the Python of the recorder's own environment, and
passes what it prints as ``pip install --require-hashes --requirement``. Why it is so:
docs/adr/0014 and docs/adr/0028.
"""

from __future__ import annotations

import re
import sys
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

REQUIREMENTS = Path(__file__).resolve().parents[1] / "services" / "pi_recorder" / "requirements.txt"


def main() -> int:
    """Print the requirements, as pip reads them."""
    entries = re.split(r"(?<!\\)\n", REQUIREMENTS.read_text(encoding="utf-8"))
    # Without a hash pip installs no numpy. So it keeps the system's, against which picamera2's
    # simplejpeg is compiled, or stops and says which package asks for another one.
    left_out = "numpy==" if _numpy_is_the_systems() else None
    for entry in entries:
        if left_out is None or not entry.startswith(left_out):
            print(entry)
    return 0


def _numpy_is_the_systems() -> bool:
    """Return whether numpy came with Debian's packages and can be seen from here."""
    try:
        numpy = distribution("numpy")
    except PackageNotFoundError:
        return False
    return "dist-packages" in Path(str(numpy.locate_file(""))).parts


if __name__ == "__main__":
    sys.exit(main())
