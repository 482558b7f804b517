"""Fail if poetry.lock does not match the pyproject.toml files of the root and the members.

It only compares, so it takes seconds. `make check-lock` resolves all dependencies again.

`poetry check --lock` checks the root's file only (python-poetry/poetry#8633). A member's
dependencies at the time of the lock are in the lock as the member's own entry.

usage: .tools/bin/python tools/check_lock.py [FOLDER]
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from poetry.core.packages.dependency import Dependency
from poetry.core.packages.package import Package
from poetry.factory import Factory

MEMBERS = ("libs/facecore", "services/recognizer", "services/pi_recorder")


def differences(root: Path) -> Iterator[str]:
    """Yield a line for each dependency that the lock at ``root`` lacks or has too much."""
    project = Factory().create_poetry(root)
    if not project.locker.is_fresh():
        yield "pyproject.toml changed after poetry.lock was made"
    locked = {package.name: package for package in project.locker.locked_repository().packages}
    for folder in MEMBERS:
        member = Factory().create_poetry(root / folder).package
        entry = locked.get(member.name)
        declared = _requirements(member)
        in_lock = set() if entry is None else _requirements(entry)
        yield from (f"{folder}: {line} is not in the lock" for line in sorted(declared - in_lock))
        yield from (f"{folder}: {line} is in the lock only" for line in sorted(in_lock - declared))


def _requirements(package: Package) -> set[str]:
    extras = {
        f"{line}, with the extra {extra!r}"
        for extra, dependencies in package.extras.items()
        for line in _lines(dependencies)
    }
    always = (one for one in package.requires if not one.is_optional())
    return {f"Python {package.python_versions}", *extras, *_lines(always)}


def _lines(dependencies: Iterable[Dependency]) -> set[str]:
    """Return one line for each dependency; for a member, which is a folder, name and extras."""
    members = {Path(folder).name.replace("_", "-") for folder in MEMBERS}
    return {
        dependency.complete_name
        if dependency.name in members
        else dependency.to_pep_508(with_extras=False)
        for dependency in dependencies
    }


if __name__ == "__main__":
    found = list(differences(Path(sys.argv[1] if len(sys.argv) > 1 else ".")))
    for line in found:
        print(line, file=sys.stderr)
    if found:
        sys.exit("poetry.lock is out of date: run `make lock` and commit it")
