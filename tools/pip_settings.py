"""Print pip's index, certificates and proxy as environment variables for Poetry.

`pip config get` reads only one file. `pip config list` merges the environment and the files of
the machine, the user and the environment, as `pip install` does.

usage: python tools/pip_settings.py    # with the Python that has this pip; prints NAME=VALUE
"""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping

_SECTIONS = (":env:", "install", "global")
"""Sections that may have a setting; the first that has it decides, as in pip."""


def pip_settings() -> dict[str, str]:
    """Read pip's merged settings from environment and files, as ``section.name`` → value.

    Raises:
        subprocess.CalledProcessError: pip can't read its own configuration.

    """
    command = [sys.executable, "-m", "pip", "--disable-pip-version-check", "config", "list"]
    printed = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
    pairs = (line.partition("=") for line in printed.splitlines() if "=" in line)
    return {name: str(ast.literal_eval(value)) for name, _, value in pairs}


def poetry_environment(settings: Mapping[str, str], env: Mapping[str, str]) -> Iterator[str]:
    """Yield the variables that make Poetry use pip's settings; those set in ``env`` stay."""
    if not env.get("POETRY_PYPI_MIRROR_URL"):
        yield f"POETRY_PYPI_MIRROR_URL={_found(settings, 'index-url') or _default_index()}"
    if not (env.get("REQUESTS_CA_BUNDLE") or env.get("SSL_CERT_FILE")) and (
        certificates := _found(settings, "cert")
    ):
        yield f"REQUESTS_CA_BUNDLE={certificates}"
        yield f"SSL_CERT_FILE={certificates}"
    if not (env.get("HTTPS_PROXY") or env.get("https_proxy")) and (
        proxy := _found(settings, "proxy")
    ):
        yield f"HTTPS_PROXY={proxy}"


def _found(settings: Mapping[str, str], name: str) -> str | None:
    values = (settings.get(f"{section}.{name}") for section in _SECTIONS)
    return next((value for value in values if value), None)


def _default_index() -> str:
    from pip._internal.models.index import PyPI  # noqa: PLC0415 - only where nothing is configured

    return str(PyPI.simple_url)


if __name__ == "__main__":
    print("\n".join(poetry_environment(pip_settings(), os.environ)))
