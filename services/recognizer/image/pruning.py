"""Remove files of installed packages that no invocation reads."""

from __future__ import annotations

import shutil
from pathlib import Path

SERVICES = frozenset({"dynamodb", "s3"})
"""The AWS services that the recognizer calls. boto3 has descriptions of 400."""
_FOLDERS = (
    "bin",  # scripts, whose first line names the build machine's Python
    "boto3/data",  # descriptions of resources; the stores use clients
    "numpy/f2py",
    "onnxruntime/datasets",
    "onnxruntime/quantization",
    "onnxruntime/tools",
    "onnxruntime/transformers",
)
_NAMES = (
    "**/tests/",
    "*-stubs/",
    "cv2/load_config_py2.py",  # not Python 3, so it can't be compiled
    "onnxruntime/capi/libonnxruntime.so.*",  # for C programs; Python's module holds all of it
)
_SUFFIXES = frozenset({".a", ".c", ".cpp", ".h", ".hpp", ".lib", ".pxd", ".pyi", ".pyx"})
"""Files for compilers and type checkers."""
_INSTALLER_NOTES = ("INSTALLER", "RECORD", "REQUESTED", "direct_url.json")
"""Files that pip writes for itself. RECORD would list removed files. Metadata and licences stay."""


def prune(packages: Path) -> None:
    """Remove unneeded files from a folder that pip has installed into."""
    for name in _FOLDERS:
        shutil.rmtree(packages / name, ignore_errors=True)
    for pattern in _NAMES:
        for found in list(packages.glob(pattern)):
            _remove(found)
    for file in [path for path in packages.rglob("*") if path.suffix in _SUFFIXES]:
        _remove(file)
    for note in _INSTALLER_NOTES:
        for file in packages.glob(f"*.dist-info/{note}"):
            file.unlink()
    _prune_services(packages / "botocore" / "data")


def _prune_services(data: Path) -> None:
    """Remove folders of other services. Keep files beside them, which every client reads."""
    for service in data.iterdir():
        if service.is_dir() and service.name not in SERVICES:
            shutil.rmtree(service)


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)  # its folder may have been removed before
