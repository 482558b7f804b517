"""Build each member's wheel, check its content, install it alone in a new environment, import it.

A dependency that a member does not declare is missing there, although the workspace's environment
has it. A wheel with tests, research or benchmarks is refused. Each wheel's size is printed.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
import venv
import zipfile
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

ROOT = Path(__file__).resolve().parents[1]
DIST = ROOT / "dist"
MEMBERS = ("libs/facecore", "services/recognizer", "services/pi_recorder")
NO_PRODUCT = frozenset({"benchmark", "benchmarks", "conftest", "research", "test", "tests"})
"""Names of folders and modules that do not belong into a wheel; so do names ``test_…``."""

IMPORT_ALL = """
import importlib, pkgutil, sys
root = importlib.import_module(sys.argv[1])
names = [m.name for m in pkgutil.walk_packages(root.__path__, root.__name__ + ".")]
names = [name for name in names if name not in sys.argv[2:]]
for name in names:
    importlib.import_module(name)
print(f"{sys.argv[1]}: {len(names)} modules import")
"""
IMPORT_GIVEN = """
import importlib, sys
for name in sys.argv[1:]:
    importlib.import_module(name)
print(f"{', '.join(sys.argv[1:])} import")
"""
CONSOLE_IS_WHOLE = """
from recognizer.entrypoints.http.routes.console import load_assets
names = {path.partition("/")[2] for path in load_assets().by_path}
assert {"main.js", "console.css", "lib/dom.js", "pages/index.js"} <= names, names
print(f"the console: {len(names)} files")
"""


@dataclass(frozen=True, slots=True)
class Case:
    """One installation and the modules that must import in it; none means every module.

    Attributes:
        without: modules that need an extra that is not installed here.
        holds: statements that fail if a data file is missing.
    """

    distribution: str
    extra: str = ""
    modules: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    holds: str = ""


CASES = (
    Case(
        "facecore",
        modules=("facecore.contract", "facecore.client", "facecore.models", "facecore.cli"),
    ),
    # `make test-torch` imports the module that is left out here: torch takes 6 GB.
    Case("facecore", extra="[eval,server,vision]", without=("facecore.vision.backends.torch",)),
    Case("recognizer", holds=CONSOLE_IS_WHOLE),
    Case("pi_recorder", modules=("pi_recorder.cli.main", "pi_recorder.live.app")),
    # This module detects faces on the device and needs facecore's extra `vision`.
    Case("pi_recorder", extra="[mqtt]", without=("pi_recorder.recognition.device_faces",)),
)


def main() -> int:
    """Build and check each wheel, then check each case; return 0 on success."""
    build()
    wheels = sorted(DIST.glob("*.whl"))
    print("\n".join(size(wheel) for wheel in wheels), flush=True)
    if superfluous := [name for wheel in wheels for name in not_product(wheel)]:
        print("these files do not belong into a wheel:", *superfluous, sep="\n  ", file=sys.stderr)
        return 1
    for case in CASES:
        with tempfile.TemporaryDirectory() as folder:
            check(case, Path(folder))
    return 0


def build() -> None:
    """Build one wheel for each member in ``dist/``."""
    shutil.rmtree(DIST, ignore_errors=True)
    for member in MEMBERS:
        where: list[Path | str] = ["--project", ROOT / member, "--output", DIST]
        run([ROOT / "tools/poetry.sh", "build", "--quiet", "--format", "wheel", *where])


def size(wheel: Path) -> str:
    """Describe a wheel: kilobytes (1,000 bytes) packed and unpacked, and number of files."""
    with zipfile.ZipFile(wheel) as archive:
        entries = archive.infolist()
    unpacked = sum(entry.file_size for entry in entries)
    packed = wheel.stat().st_size
    return (
        f"{wheel.name}: {packed / 1e3:.0f} kB, {unpacked / 1e3:.0f} kB unpacked, "
        f"{len(entries)} files"
    )


def not_product(wheel: Path) -> list[str]:
    """List the tests, research and benchmarks in a wheel."""
    with zipfile.ZipFile(wheel) as archive:
        return [f"{wheel.name}: {name}" for name in archive.namelist() if _is_no_product(name)]


def _is_no_product(name: str) -> bool:
    parts = [part.partition(".")[0] for part in PurePosixPath(name).parts]
    return any(part in NO_PRODUCT or part.startswith("test_") for part in parts)


def check(case: Case, folder: Path) -> None:
    """Install one wheel with its declared dependencies only, and import its modules."""
    venv.create(folder / "env", with_pip=True)
    python = folder / "env/bin/python"
    wheel = next(DIST.glob(f"{case.distribution}-*.whl"))
    pip: list[Path | str] = [python, "-m", "pip", "--disable-pip-version-check", "--no-input"]
    run([*pip, "install", "--quiet", "--find-links", DIST, f"{wheel}{case.extra}"])
    run([*pip, "check"])
    script = IMPORT_GIVEN if case.modules else IMPORT_ALL
    # Outside the checkout, so that nothing of it is on the path.
    named = case.modules or (case.distribution, *case.without)
    run([python, "-W", "error", "-c", script, *named], folder)
    if case.holds:
        run([python, "-W", "error", "-c", case.holds], folder)


def run(command: list[Path | str], folder: Path = ROOT) -> None:
    """Run a command; raise ``CalledProcessError`` if it fails."""
    subprocess.run(command, check=True, cwd=folder)


if __name__ == "__main__":
    sys.exit(main())
