"""Run the Dockerfile's two stages in the base's folder: assemble there, and run there."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from facecore.models import catalogue, store
from terraform.proof.assembled import ARCH, ROOT
from terraform.proof.debian_base import PYTHON, in_base

ENVIRONMENT = {
    "HOME": "/tmp",
    "PYTHONPATH": "/var/task:/opt/python",
    "PYTHONDONTWRITEBYTECODE": "1",
    "PYTHONUNBUFFERED": "1",
    "ORT_DISABLE_TELEMETRY": "1",
    "FACECORE_MODEL_DIR": "/opt/models",
    "RECOGNIZER_BACKEND": "onnx",
}
"""The variables that the Dockerfile sets."""
FOLDERS = ("libs/facecore/src", "services/recognizer/src", "services/recognizer/image")
FILES = ("libs/facecore/pyproject.toml", "services/recognizer/pyproject.toml")
"""All sources of the image that `.dockerignore` allows."""
_NETWORK = ("etc/resolv.conf", "etc/hosts", "etc/ssl/certs/ca-certificates.crt", "etc/pip.conf")
"""The variables of this machine that pip needs to reach the index."""
_REQUIREMENTS = "services/recognizer/image/requirements.txt"


def assemble_in_base(base: Path) -> None:
    """Run the build stage with the base's Python, then remove its temporary files."""
    build = base / "build"
    _copy_sources(build)
    _copy_network_settings(base)
    _copy_models(build / "facecore" / "models")
    wheel = _fetch_pip(build)
    with_hashes = ("--require-hashes", "--no-deps", "--only-binary=:all:", "-r", _REQUIREMENTS)
    pip = ("pip", "install", "--quiet", "--quiet", "--root-user-action=ignore")
    _python(base, f"/build/{wheel}", *pip, "--target=/build/packages", *with_hashes)
    assemble = ("services.recognizer.image.assemble", "--root=/build/root", f"--python={PYTHON}")
    _python(base, "/build/packages:/build/libs/facecore/src", *assemble, f"--arch={ARCH}")
    for part in ("opt/python", "opt/models", "var/task"):
        (base / part).parent.mkdir(parents=True, exist_ok=True)
        (build / "root" / part).rename(base / part)
    shutil.rmtree(build)


def _copy_sources(build: Path) -> None:
    for folder in FOLDERS:
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(ROOT / folder, build / folder, ignore=ignored)
    for file in FILES:
        shutil.copy(ROOT / file, build / file)


def _copy_network_settings(base: Path) -> None:
    for name in _NETWORK:
        if (source := Path("/", name)).exists():
            (base / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(source, base / name)


def _copy_models(place: Path) -> None:
    """Copy the models with their modification times; without these they would be fetched again."""
    for model in catalogue.DEFAULTS:
        shutil.copytree(store.ensure(model), place / model.id)


def _fetch_pip(build: Path) -> str:
    """Fetch pip's wheel, from which pip can run; return its name."""
    pip = [sys.executable, "-m", "pip", "--quiet", "--quiet", "wheel", "--no-deps", "pip"]
    subprocess.run([*pip, f"--wheel-dir={build}"], check=True)
    return next(build.glob("pip-*.whl")).name


def _python(base: Path, path: str, module: str, *arguments: str) -> None:
    """Run a module inside the base, with this machine's settings for pip and the network."""
    passed = {name: value for name, value in os.environ.items() if name.upper().startswith(_PASSED)}
    environment = {
        **passed,
        "PATH": os.environ["PATH"],
        "HOME": "/build",
        "PYTHONPATH": path,
        "FACECORE_HOME": "/build/facecore",
        "SSL_CERT_FILE": f"/{_NETWORK[2]}",
        "PIP_CERT": f"/{_NETWORK[2]}",
    }
    there = f"import os, runpy, sys; os.chdir('/build'); sys.argv = sys.argv[1:]; {_RUN}"
    command = in_base(base, f"/usr/bin/python{PYTHON}", "-c", there, module, *arguments)
    subprocess.run(command, env=environment, check=True)


_PASSED = ("PIP_", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY")
_RUN = "sys.path.insert(0, ''); runpy.run_module(sys.argv[0], run_name='__main__', alter_sys=True)"
