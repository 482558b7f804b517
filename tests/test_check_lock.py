"""`make check` finds a requirement that the lock lacks, also a member's."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

_ROOT = Path(__file__).parents[1]
_FACECORE = "libs/facecore"
_RECORDER = "services/pi_recorder"


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """Copy the files that the check reads."""
    members = (_FACECORE, "services/recognizer", _RECORDER)
    for name in ("pyproject.toml", "poetry.lock", "README.md"):
        shutil.copy(_ROOT / name, tmp_path)
    for member in members:
        (tmp_path / member).mkdir(parents=True)
        for name in ("pyproject.toml", "README.md"):
            shutil.copy(_ROOT / member / name, tmp_path / member)
        shutil.copytree(
            _ROOT / member / "src",
            tmp_path / member / "src",
            ignore=shutil.ignore_patterns("*.js", "__pycache__"),
        )
    return tmp_path


def _check(checkout: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [_ROOT / ".tools/bin/python", _ROOT / "tools/check_lock.py", checkout],
        check=False,
        capture_output=True,
        text=True,
    )


def _change(file: Path, old: str, new: str) -> None:
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new))


def test_the_lock_of_this_repository_holds_every_requirement(checkout: Path) -> None:
    found = _check(checkout)
    assert (found.returncode, found.stderr) == (0, "")


@pytest.mark.parametrize(
    ("file", "old", "new", "line"),
    [
        (
            _FACECORE,
            '"platformdirs>=4.3"',
            '"platformdirs>=4.4"',
            "libs/facecore: platformdirs (>=4.4) is not in the lock",
        ),
        (
            _RECORDER,
            '"paho-mqtt>=2.1"',
            '"paho-mqtt>=2.0"',
            "services/pi_recorder: paho-mqtt (>=2.0), with the extra 'mqtt' is not in the lock",
        ),
        (
            ".",
            'mypy = "^2.0"',
            'mypy = "^2.1"',
            "pyproject.toml changed after poetry.lock was made",
        ),
    ],
)
def test_a_requirement_that_only_a_pyproject_has_is_named(
    checkout: Path, file: str, old: str, new: str, line: str
) -> None:
    _change(checkout / file / "pyproject.toml", old, new)
    found = _check(checkout)
    assert found.returncode == 1
    assert line in found.stderr.splitlines()
    assert "run `make lock`" in found.stderr
