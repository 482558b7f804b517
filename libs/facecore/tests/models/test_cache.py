"""A cached folder is whole or missing, and damage is noticed and repaired."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from facecore import cache
from facecore.errors import ModelCorrupt, ModelStorageError
from tests.support.unmeasured import UNMEASURED

from .conftest import Child

CONTENT = b"0123456789" * 100


@pytest.fixture
def folder(tmp_path: Path) -> cache.Folder:
    def make(made: Path, work: Path) -> None:
        (work / "scratch").write_bytes(CONTENT)
        (made / "a.bin").write_bytes(CONTENT)
        (made / "b.bin").write_bytes(CONTENT[::-1])

    return cache.Folder(tmp_path / "cache" / "thing", "recipe 1", ("a.bin", "b.bin"), make)


def never() -> None:
    pytest.fail("nobody else is at work")


def fail(made: Path, work: Path) -> None:
    pytest.fail("it was made again")


def contents(place: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in place.glob("*.bin")}


def test_makes_once(folder: cache.Folder) -> None:
    assert cache.ensure(folder, never) == folder.path
    assert contents(folder.path) == {"a.bin": CONTENT, "b.bin": CONTENT[::-1]}
    assert cache.ensure(replace(folder, make=fail), never) == folder.path
    left = {path.name for path in folder.path.parent.iterdir()} - {".thing.lock"}
    assert left == {"thing"}


def truncate(place: Path) -> None:
    status = (place / "a.bin").stat()
    os.truncate(place / "a.bin", 100)
    os.utime(place / "a.bin", ns=(status.st_atime_ns, status.st_mtime_ns))


def alter(place: Path) -> None:
    (place / "a.bin").write_bytes(CONTENT.replace(b"5", b"x", 1))
    os.utime(place / "a.bin", ns=(0, 0))  # the clock may be too coarse to tell two writes apart


def remove(place: Path) -> None:
    (place / "b.bin").unlink()


def remove_the_manifest(place: Path) -> None:
    (place / cache.MANIFEST).unlink()


def cut_the_manifest(place: Path) -> None:
    os.truncate(place / cache.MANIFEST, 40)


def forget_a_file(place: Path) -> None:
    manifest = json.loads((place / cache.MANIFEST).read_text())
    del manifest["files"]["b.bin"]
    (place / cache.MANIFEST).write_text(json.dumps(manifest))


DAMAGES = [truncate, alter, remove, remove_the_manifest, cut_the_manifest, forget_a_file]


@pytest.mark.parametrize("damage", DAMAGES)
def test_damage_is_noticed_and_repaired(
    folder: cache.Folder, damage: Callable[[Path], None]
) -> None:
    cache.ensure(folder, never)
    damage(folder.path)
    (problem,) = cache.problems(folder)
    assert str(folder.path) in problem
    cache.ensure(folder, never)
    assert cache.problems(folder, full=True) == []
    assert contents(folder.path) == {"a.bin": CONTENT, "b.bin": CONTENT[::-1]}


def test_another_recipe_makes_it_anew(folder: cache.Folder) -> None:
    cache.ensure(folder, never)
    newer = replace(
        folder,
        made_from="recipe 2",
        files=("a.bin",),
        make=lambda made, work: (made / "a.bin").touch(),
    )
    assert cache.problems(newer) == [f"{folder.path}: made by another version"]
    cache.ensure(newer, never)
    assert contents(folder.path) == {"a.bin": b""}


def test_a_silent_change_is_found_by_hashing(folder: cache.Folder) -> None:
    cache.ensure(folder, never)
    file = folder.path / "a.bin"
    time = file.stat().st_mtime_ns
    alter(folder.path)
    os.utime(file, ns=(time, time))
    assert cache.problems(folder) == []
    assert cache.problems(folder, full=True) == [
        f"{file}: altered, its SHA-256 is not the one recorded"
    ]
    cache.ensure(folder, never, full=True)
    assert cache.problems(folder, full=True) == []


def test_new_times_alone_are_no_damage(folder: cache.Folder) -> None:
    cache.ensure(folder, never)
    for path in folder.path.iterdir():
        os.utime(path, ns=(0, 0))
    cache.ensure(replace(folder, make=fail), never)


def test_a_failure_leaves_what_was_there(folder: cache.Folder) -> None:
    cache.ensure(folder, never)

    def make(made: Path, work: Path) -> None:
        (made / "a.bin").write_bytes(b"half")
        raise ModelCorrupt("not what was pinned")

    with pytest.raises(ModelCorrupt):
        cache.ensure(replace(folder, made_from="recipe 2", make=make), never)
    assert cache.problems(folder, full=True) == []
    assert not list(folder.path.parent.glob("*.tmp-*"))


FULL = """
import pathlib, resource, sys
from facecore import cache, errors
resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
def make(made, work):
    (made / "a.bin").write_bytes(bytes(2000))
folder = cache.Folder(pathlib.Path(sys.argv[1]), "recipe", ("a.bin",), make)
try:
    cache.ensure(folder, lambda: None)
except errors.ModelStorageError as error:
    print(error)
"""


def test_a_full_disk_is_explained_and_leaves_nothing(child: Child, tmp_path: Path) -> None:
    place = tmp_path / "cache" / "thing"
    said = child.run(FULL, str(place), **UNMEASURED).out
    assert said.startswith(f"{place.parent} can't be written (File too large): free some space")
    assert not place.exists()
    assert not list(place.parent.glob("*.tmp-*"))


def test_an_unwritable_cache_is_explained(folder: cache.Folder) -> None:
    nowhere = replace(folder, path=Path("/dev/null/cache/thing"))
    with pytest.raises(ModelStorageError, match="FACECORE_HOME"):
        cache.ensure(nowhere, never)
