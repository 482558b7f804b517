"""Every link, path and file name that a document or a package's docstring gives is there."""

from __future__ import annotations

import ast
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FILES = frozenset(
    subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    ).stdout.split("\n")
)
PRESENT = frozenset(file for file in FILES if (ROOT / file).is_file())
NAMES = frozenset(Path(file).name for file in PRESENT)
FOLDERS = frozenset(str(parent) for file in PRESENT for parent in Path(file).parents)
DOCUMENTS = sorted(
    file for file in PRESENT if file.endswith(".md") and Path(file).name != "CHANGELOG.md"
)
PACKAGES = sorted(file for file in PRESENT if file.endswith("/__init__.py") and "/src/" in file)
_LINK = re.compile(r"\]\((?!https?:|mailto:)([^)\s]+)\)")
_HEADING = re.compile(r"^#+ (.+)$", re.M)
_CODE = re.compile(r"`([^`\n]+)`")
_SOURCE = re.compile(r"(?:[\w.-]+/)*[\w-]+\.(?:py|js|css|sh|tf|toml|service)")
_MODULE = re.compile(r"``([\w/]+\.py|\w+/)``")
_FENCE = re.compile(r"^```.*?^```", re.M | re.S)
_OURS = ("libs/", "services/", "terraform/", "tests/", "tools/", "docs/", "research/", ".github/")
_MADE_BY_USERS = frozenset({"config.toml", "terraform/terraform.tfvars", "backend.tf"})
"""Files that a user or a command makes; the repository never holds them."""


def anchors(document: str) -> set[str]:
    """As GitHub makes them of headings."""
    text = _FENCE.sub("", (ROOT / document).read_text())
    plain = (re.sub(r"[^\w\- ]", "", heading.lower()) for heading in _HEADING.findall(text))
    return {heading.replace(" ", "-") for heading in plain}


def broken_links(document: str) -> Iterator[str]:
    for link in _LINK.findall((ROOT / document).read_text()):
        path, _, anchor = link.partition("#")
        target = (ROOT / document).parent.joinpath(path).resolve() if path else ROOT / document
        if not target.exists() or (anchor and anchor not in anchors(str(target.relative_to(ROOT)))):
            yield link


def missing_files(document: str) -> Iterator[str]:
    """Paths and source files in ``code`` that the tree does not hold."""
    for code in _CODE.findall(_FENCE.sub("", (ROOT / document).read_text())):
        path = code.rstrip("/")
        if path in _MADE_BY_USERS:
            continue
        if path.startswith(_OURS) and re.fullmatch(r"[\w./-]+", path):
            if path not in PRESENT and path not in FOLDERS:
                yield code
        elif _SOURCE.fullmatch(code) and not any(
            file == code or file.endswith(f"/{code}") for file in PRESENT
        ):
            yield code


def missing_modules(package: str) -> Iterator[str]:
    folder = Path(package).parent
    for name in _MODULE.findall(ast.get_docstring(ast.parse((ROOT / package).read_text())) or ""):
        path = str(folder / name).rstrip("/")
        if path not in PRESENT and path not in FOLDERS:
            yield name


@pytest.mark.parametrize("document", DOCUMENTS)
def test_links_lead_somewhere(document: str) -> None:
    assert not list(broken_links(document))


@pytest.mark.parametrize("document", DOCUMENTS)
def test_named_files_are_there(document: str) -> None:
    assert not list(missing_files(document))


def test_maps_of_packages_name_what_is_there() -> None:
    missing = {package: list(missing_modules(package)) for package in PACKAGES}
    assert not {package: names for package, names in missing.items() if names}
