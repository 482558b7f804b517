"""Install the packages for another architecture, without running any of their code."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from enum import StrEnum
from pathlib import Path

from facecore.models import Backend
from services.recognizer.image.failure import AssemblyFailed
from services.recognizer.image.requirements import files, kept

_OLDEST_GLIBC, _NEWEST_GLIBC = 17, 28
"""Minor versions of glibc 2. A wheel runs on its version and every newer one; the base has 2.41."""


class Arch(StrEnum):
    """A processor architecture, by its name in container platforms."""

    ARM64 = "arm64"
    AMD64 = "amd64"

    @property
    def machine(self) -> str:
        """The architecture's name in a wheel's platform tag."""
        return {Arch.ARM64: "aarch64", Arch.AMD64: "x86_64"}[self]


def install(backend: Backend, arch: Arch, target: Path) -> None:
    """Put the wheels' contents into ``target``. Check each wheel against the hash in the lock.

    The wheels are for ``arch`` and for the Python that runs this. An index mirror in pip's
    configuration is used. Raise ``AssemblyFailed``.
    """
    with tempfile.TemporaryDirectory() as folder:
        chosen = Path(folder, "requirements.txt")
        chosen.write_text("".join(map(kept, files(backend))), encoding="utf-8")
        command = [sys.executable, "-m", "pip", "install", "--quiet", "--quiet", "--no-input"]
        # Nothing is resolved or built here: the lock names everything to install.
        command += ["--require-hashes", "--no-deps", "--only-binary=:all:", "--no-compile"]
        command += [*_platforms(arch), f"--target={target}", f"--requirement={chosen}"]
        status = subprocess.run(command, check=False).returncode
    if status != 0:
        raise AssemblyFailed(
            f"pip could not install the packages for {arch} (exit code {status}); see its output "
            "above. Check that an index can be reached (PIP_INDEX_URL names another), and "
            "that it has a wheel of each package for this platform"
        )


def _platforms(arch: Arch) -> list[str]:
    newest_first = range(_NEWEST_GLIBC, _OLDEST_GLIBC - 1, -1)
    tags = [f"manylinux_2_{minor}_{arch.machine}" for minor in newest_first]
    tags.append(f"manylinux2014_{arch.machine}")
    return [f"--platform={tag}" for tag in tags]
