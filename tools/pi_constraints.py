"""Print what pip may choose on a Raspberry Pi: the lock's versions, but the system's numpy.

``services/pi_recorder/install.sh`` runs this with the Python of the recorder's own environment,
and passes what it prints as ``pip install --constraint``. Why it is so: docs/adr/0014.
"""

from __future__ import annotations

import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

LOCK = Path(__file__).resolve().parents[1] / "poetry.lock"


def main() -> int:
    """Print one requirement a line."""
    system = _system_numpy()
    for name, requirement in _locked():
        if name != "numpy" or system is None:
            print(requirement)
    if system is not None:
        # Only `==` keeps it: with a range pip could put a newer one into the environment, which
        # hides the system's, and against that one picamera2's simplejpeg is compiled.
        print(f"numpy=={system}")
    return 0


def _system_numpy() -> str | None:
    """The version of the numpy that Debian's packages brought; None where it can't be seen."""
    try:
        numpy = distribution("numpy")
    except PackageNotFoundError:
        return None
    return numpy.version if "dist-packages" in Path(str(numpy.locate_file(""))).parts else None


def _locked() -> Iterator[tuple[str, str]]:
    """Name and requirement of every locked package that comes from an index."""
    for package in tomllib.loads(LOCK.read_text(encoding="utf-8"))["package"]:
        if package.get("source", {}).get("type") == "directory":
            continue
        name, marker = package["name"], package.get("markers", "")
        # A constraint installs nothing, so which extra or group asks for it does not matter.
        told = isinstance(marker, str) and marker and "extra" not in marker
        yield name, f"{name}=={package['version']}" + (f" ; {marker}" if told else "")


if __name__ == "__main__":
    sys.exit(main())
