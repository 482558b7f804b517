"""Test code is imported by tests alone; benchmarks and tools may import ``tests.support``."""

from __future__ import annotations

import ast
import subprocess
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
FILES = subprocess.run(
    ["git", "ls-files", "--cached", "--others", "--exclude-standard", "*.py"],
    cwd=ROOT,
    check=True,
    capture_output=True,
    text=True,
).stdout.split()
SUPPORT = "tests.support"
SERVICES = ("services.recognizer.tests", "services.pi_recorder.tests")


def owner(file: str) -> str | None:
    """Return the dotted name of the folder of tests that holds a file, if one does."""
    parts = Path(file).parts
    if parts[:2] == ("terraform", "proof"):
        return "terraform.proof"
    return ".".join(parts[: parts.index("tests") + 1]) if "tests" in parts else None


def imported(file: str) -> Iterator[str]:
    for node in ast.walk(ast.parse((ROOT / file).read_text())):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from (f"{node.module}.{name.name}" for name in node.names)


def is_in(name: str, package: str) -> bool:
    return f"{name}.".startswith(f"{package}.")


def refused(file: str) -> Iterator[str]:
    mine = owner(file)
    for name in imported(file):
        if is_in(name, SUPPORT):
            allowed = "/src/" not in file
        elif mine in SERVICES:
            allowed = not any(is_in(name, other) for other in SERVICES if other != mine)
        else:
            allowed = mine is not None or ".tests." not in f".{name}."
        if not allowed:
            yield name


def test_only_tests_import_test_code_and_of_no_other_service() -> None:
    there = (file for file in FILES if (ROOT / file).is_file())
    assert {file: names for file in there if (names := list(refused(file)))} == {}
