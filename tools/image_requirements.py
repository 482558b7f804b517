"""Turns Poetry's export into requirements that pip can install on Linux without resolving.

Members are left out: pip takes no hash for a folder. So are requirements of other systems. Where
the lock holds two versions of a package for one and the same machine, the lower one is kept: the
other stands in the lock for a requirement without an upper bound, which the lower one meets too
(CUDA's libraries, which torch pins and cuDNN does not).

Run by Poetry's own Python (.tools), which has `packaging`.
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
    """One package's version, and the lines that pip reads."""

    requirement: Requirement
    text: str

    @property
    def name(self) -> str:
        """The package."""
        return self.requirement.name

    @property
    def version(self) -> Version:
        """The one that is pinned."""
        return Version(next(iter(self.requirement.specifier)).version)

    def machines(self) -> set[int]:
        """On which of ``_MACHINES`` it is installed."""
        marker = self.requirement.marker
        return {
            index
            for index, machine in enumerate(_MACHINES)
            if marker is None or marker.evaluate({**machine})
        }


def main() -> int:
    """Print what is left of the export."""
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
    """Those of Linux, and of two for one machine the lower."""
    chosen: list[Entry] = []
    taken: dict[str, set[int]] = {}
    for entry in sorted(entries, key=lambda entry: (entry.name, entry.version)):
        machines = entry.machines()
        if machines and not machines & taken.setdefault(entry.name, set()):
            chosen.append(entry)
            taken[entry.name] |= machines
    return chosen


if __name__ == "__main__":
    sys.exit(main())
