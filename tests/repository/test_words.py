"""The words that the glossary retires do not come back."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
_RETIRED = [
    line
    for line in Path(__file__).with_name("retired_words.txt").read_text().splitlines()
    if line and not line.startswith("#")
]
_PATTERN = re.compile("|".join(rf"\b(?:{line})\b" for line in _RETIRED), re.I)
_TEXTS = frozenset({".py", ".md", ".js", ".css", ".html", ".tf", ".hcl", ".sh", ".toml", ".yml"})
_EXCEPT = (
    "CHANGELOG.md",  # says what was renamed
    "services/recognizer/src/recognizer/adapters/sqlite/schema.py",  # knows older databases
    "tests/repository/",
)


def files() -> Iterator[str]:
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    for file in listed.stdout.splitlines():
        if Path(file).suffix in _TEXTS and not file.startswith(_EXCEPT):
            yield file


def test_no_retired_word_is_used() -> None:
    found = [
        f"{file}:{number}: {match[0]}"
        for file in files()
        if (ROOT / file).is_file()
        for number, line in enumerate((ROOT / file).read_text().splitlines(), 1)
        for match in _PATTERN.finditer(line)
    ]
    assert not found
