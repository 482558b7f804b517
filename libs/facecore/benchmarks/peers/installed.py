"""How much disk a contestant's packages take, with all that they need.

usage: PYTHON -m libs.facecore.benchmarks.peers.installed REQUIREMENT…

Run by the contestant's own interpreter; it prints bytes.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

from packaging.requirements import Requirement


def main(requirements: list[str]) -> int:
    """Bytes in the files of these packages and of all that they need."""
    sizes: dict[str, int] = {}
    for package in _needed([Requirement(text) for text in requirements], set()):
        sizes[package.name] = _size(package)
    return sum(sizes.values())


def _needed(requirements: list[Requirement], known: set[str]) -> Iterator[Distribution]:
    """Each package once for each of its extras."""
    for requirement in requirements:
        for extra in ("", *requirement.extras):
            key = f"{requirement.name.lower()}[{extra}]"
            if key in known:
                continue
            known.add(key)
            try:
                package = distribution(requirement.name)
            except PackageNotFoundError:  # what another system or a newer Python needs
                continue
            yield package
            yield from _needed(list(_requirements(package, extra)), known)


def _requirements(package: Distribution, extra: str) -> Iterator[Requirement]:
    for text in package.requires or ():
        requirement = Requirement(text)
        if requirement.marker is None or requirement.marker.evaluate({"extra": extra}):
            yield requirement


def _size(package: Distribution) -> int:
    files = [Path(str(package.locate_file(file))) for file in package.files or ()]
    return sum(file.stat().st_size for file in files if file.is_file())


if __name__ == "__main__":
    sys.stdout.write(f"{main(sys.argv[1:])}\n")
