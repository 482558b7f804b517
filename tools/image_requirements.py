"""Turn Poetry's export into requirements that pip can install on Linux without resolving.

Members are left out, because pip accepts no hash for a folder, and so are other systems.
Two versions of a package for the same machine are refused. Poetry locks them if requirements differ
(CUDA's libraries, which torch pins and cuDNN does not), and would install one over the other.

Run it with Poetry's Python (.tools), which has `packaging`.
"""

from __future__ import annotations

import argparse
import itertools
import re
import sys
from dataclasses import dataclass
from pathlib import Path

from packaging.requirements import Requirement
from packaging.version import Version

_MACHINES = tuple(
    {
        "implementation_name": "cpython",
        "os_name": "posix",
        "platform_machine": machine,
        "platform_python_implementation": "CPython",
        "platform_system": "Linux",
        "python_full_version": f"{python}.0",
        "python_version": python,
        "sys_platform": "linux",
    }
    for machine, python in itertools.product(("aarch64", "x86_64"), ("3.11", "3.12", "3.13"))
)
_HEAD = "# Made from poetry.lock by tools/export-requirements.sh; don't edit.\n"


@dataclass(frozen=True, slots=True)
class Entry:
    """One version of a package, and its lines for pip."""

    requirement: Requirement
    text: str

    @property
    def name(self) -> str:
        """The package's name."""
        return self.requirement.name

    @property
    def version(self) -> Version:
        """The pinned version."""
        return Version(next(iter(self.requirement.specifier)).version)

    def machines(self) -> set[int]:
        """Return the indices of the ``_MACHINES`` on which it is installed."""
        marker = self.requirement.marker
        return {
            index
            for index, machine in enumerate(_MACHINES)
            if marker is None or marker.evaluate({**machine})
        }


def main() -> int:
    """Print the remaining requirements of the export."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("export", type=Path, help="as `poetry export` wrote it")
    parser.add_argument("--without", type=Path, help="an export whose packages are left out")
    options = parser.parse_args()
    without = {entry.name for entry in _read(options.without)} if options.without else set()
    entries = [entry for entry in _read(options.export) if entry.name not in without]
    sys.stdout.write(_HEAD + "".join(entry.text for entry in _installable(entries)))
    return 0


def _read(export: Path) -> list[Entry]:
    texts = re.split(r"(?<!\\)\n", export.read_text(encoding="utf-8"))
    return [
        Entry(Requirement(text.partition(" \\\n")[0]), text + "\n")
        for text in texts
        if text and not text.startswith(("-e ", "#"))
    ]


def _installable(entries: list[Entry]) -> list[Entry]:
    """Return the entries for Linux, sorted; exit on two versions for one machine."""
    chosen = [entry for entry in sorted(entries, key=_order) if entry.machines()]
    for one, other in itertools.pairwise(chosen):
        if one.name == other.name and one.machines() & other.machines():
            sys.exit(
                f"error: poetry.lock holds {one.name} {one.version} and {other.version} for the "
                "same machine; pin the intended one in pyproject.toml"
            )
    return chosen


def _order(entry: Entry) -> tuple[str, Version]:
    return entry.name, entry.version


if __name__ == "__main__":
    sys.exit(main())
