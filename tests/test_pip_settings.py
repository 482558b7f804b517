"""Poetry uses the index, certificates and proxy that pip uses, whichever file names them."""

from __future__ import annotations

import os
import shutil
import subprocess
from configparser import ConfigParser
from pathlib import Path

import pytest

_ROOT = Path(__file__).parents[1]
_NAMES = ("POETRY_PYPI_MIRROR_URL", "REQUESTS_CA_BUNDLE", "SSL_CERT_FILE", "HTTPS_PROXY")
_MACHINE = """\
[global]
index-url = https://mirror.example/simple
cert = /etc/ssl/of-the-company.pem
[install]
proxy = http://proxy.example:3128
"""


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """Make scripts with the real pip, and a Poetry that prints its environment."""
    (tmp_path / "tools").mkdir()
    for name in ("poetry.sh", "pip_settings.py"):
        shutil.copy(_ROOT / "tools" / name, tmp_path / "tools")
    shutil.copytree(_ROOT / ".tools/bin", tmp_path / ".tools/bin", symlinks=True)
    python = tmp_path / ".tools/bin/python"
    python.unlink()
    python.write_text(f'#!/bin/sh\nexec {_ROOT}/.tools/bin/python "$@"\n')
    poetry = tmp_path / ".tools/bin/poetry"
    poetry.write_text("#!/bin/sh\nenv\n")
    for program in (python, poetry):
        program.chmod(0o755)
    (tmp_path / "home").mkdir()
    return tmp_path


def _seen_by_poetry(checkout: Path, **variables: str) -> dict[str, str]:
    """Return pip's settings that reach Poetry with only these variables as configuration."""
    env = {"PATH": os.environ["PATH"], "HOME": str(checkout / "home"), **variables}
    ran = subprocess.run(
        [checkout / "tools/poetry.sh"], env=env, check=True, stdout=subprocess.PIPE, text=True
    )
    lines = dict(line.partition("=")[::2] for line in ran.stdout.splitlines())
    return {name: lines[name] for name in _NAMES if name in lines}


def _machine(checkout: Path) -> str:
    """Write a configuration of the whole machine; pip finds it as it finds ``/etc/pip.conf``."""
    folder = checkout / "etc/pip"
    folder.mkdir(parents=True)
    (folder / "pip.conf").write_text(_MACHINE)
    return str(folder.parent)


def _of_this_machine() -> dict[str, str]:
    """Return the real ``/etc/pip.conf``; pip reads it last, so it wins over the test's file."""
    found = ConfigParser(interpolation=None)
    found.read("/etc/pip.conf")
    return {
        name: value
        for section in ("global", "install")
        if found.has_section(section)
        for name, value in found.items(section)
    }


def test_the_machines_configuration_reaches_poetry(checkout: Path) -> None:
    given = {
        "index-url": "https://mirror.example/simple",
        "cert": "/etc/ssl/of-the-company.pem",
        "proxy": "http://proxy.example:3128",
        **_of_this_machine(),
    }
    assert _seen_by_poetry(checkout, XDG_CONFIG_DIRS=_machine(checkout)) == {
        "POETRY_PYPI_MIRROR_URL": given["index-url"],
        "REQUESTS_CA_BUNDLE": given["cert"],
        "SSL_CERT_FILE": given["cert"],
        "HTTPS_PROXY": given["proxy"],
    }


def test_the_users_file_and_pips_environment_win_over_the_machines(checkout: Path) -> None:
    users = checkout / "home/.config/pip/pip.conf"
    users.parent.mkdir(parents=True)
    users.write_text("[global]\nindex-url = https://user.example/simple\n")
    seen = _seen_by_poetry(
        checkout, XDG_CONFIG_DIRS=_machine(checkout), PIP_CERT="/from/the/environment.pem"
    )
    assert seen["POETRY_PYPI_MIRROR_URL"] == "https://user.example/simple"
    assert seen["SSL_CERT_FILE"] == "/from/the/environment.pem"


def test_what_is_said_to_poetry_itself_stays(checkout: Path) -> None:
    seen = _seen_by_poetry(
        checkout,
        XDG_CONFIG_DIRS=_machine(checkout),
        POETRY_PYPI_MIRROR_URL="https://other.example/simple",
        SSL_CERT_FILE="/mine.pem",
    )
    assert seen["POETRY_PYPI_MIRROR_URL"] == "https://other.example/simple"
    assert seen["SSL_CERT_FILE"] == "/mine.pem"
    assert "REQUESTS_CA_BUNDLE" not in seen


def test_without_a_configuration_poetry_asks_pips_own_index(checkout: Path) -> None:
    (url,) = _seen_by_poetry(checkout, PIP_CONFIG_FILE=os.devnull).values()
    assert url.startswith("https://")
    assert url.endswith("/simple")
