"""Models are fetched, built and kept whole or not at all, whatever fails.

Every process here is real and has its own cache; pip knows only the index on loopback.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from facecore.errors import ModelCorrupt, ModelUnavailable
from facecore.models import catalogue, ensure_detector, ensure_embedder
from tests.support.unmeasured import UNMEASURED

from .conftest import MTCNN_WHEEL, Child, Index

FETCH = ("models", "fetch", "mtcnn")
NO_INDEX = {"PIP_NO_INDEX": "1"}

# Fetches MTCNN; prints each stage; waits at the named one until the file "go" is there.
STOPPING = """
import pathlib, sys, time
from facecore import models
stop, go = sys.argv[1], pathlib.Path(sys.argv[2])
def progress(step):
    print(step.stage, step.done, flush=True)
    while step.stage == stop and step.done >= int(sys.argv[3]) and not go.exists():
        time.sleep(0.01)
models.ensure_detector(progress=progress)
print("done", flush=True)
"""


def place(child: Child) -> Path:
    return child.home / "models" / catalogue.MTCNN.id


def wait_for(line: Callable[[], str], wanted: str) -> None:
    while not (said := line()).startswith(wanted):
        assert said, f"the process ended before it said {wanted!r}"


@pytest.fixture
def built(child: Child) -> Path:
    """Return a cache with MTCNN, copied from the user's."""
    original = ensure_detector().pnet.parent
    shutil.copytree(original, place(child))  # keeps the files' times
    return place(child)


def test_fetches_once_and_needs_no_index_afterwards(mtcnn_index: Index, child: Child) -> None:
    first = child.facecore(*FETCH)
    assert (first.code, first.out.split()[:3]) == (0, ["mtcnn:", "built", "in"]), first.err
    assert "mtcnn: downloading" in first.err
    second = child.facecore(*FETCH, **NO_INDEX)
    assert (second.code, second.out.split()[:3]) == (0, ["mtcnn:", "already", "in"])
    assert mtcnn_index.served == [MTCNN_WHEEL]
    assert {file.name for file in place(child).iterdir()} == {
        "pnet.onnx",
        "rnet.onnx",
        "onet.onnx",
        "manifest.json",
    }
    assert not child.leftovers()
    for path in ensure_detector().pnet.parent.glob("*.onnx"):
        assert (place(child) / path.name).read_bytes() == path.read_bytes()


@pytest.mark.parametrize(
    ("environment", "words"),
    [
        (NO_INDEX, "pip could not fetch facenet-pytorch 2.5.3"),
        ({"FACECORE_HOME": "/dev/null/home"}, "name another folder in FACECORE_HOME"),
    ],
    ids=["no-index", "no-writable-cache"],
)
def test_the_error_says_what_to_do(child: Child, environment: dict[str, str], words: str) -> None:
    done = child.facecore(*FETCH, **environment)
    assert done.code == 1
    assert words in done.err
    assert "Traceback" not in done.err


def test_keeps_nothing_of_an_altered_package(
    mtcnn_index: Index, mtcnn_wheel: bytes, child: Child
) -> None:
    mtcnn_index.files["facenet-pytorch"][MTCNN_WHEEL] = mtcnn_wheel[:-1] + b"\xff"
    done = child.facecore(*FETCH)
    assert (done.code, "whose SHA-256 is not the pinned" in done.err) == (1, True)
    assert not place(child).exists()
    assert not child.leftovers()
    mtcnn_index.files["facenet-pytorch"][MTCNN_WHEEL] = mtcnn_wheel
    assert child.facecore(*FETCH).code == 0


LIMITED = """
import resource, sys
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv.pop(1)),) * 2)
from facecore.cli import app
app()
"""


def test_says_that_the_disk_is_full(mtcnn_index: Index, child: Child) -> None:
    done = child.run(LIMITED, "1000000", *FETCH, **UNMEASURED)  # the wheel has 1.9 MB
    assert done.code == 1
    assert "no space on the disk to download facenet-pytorch" in done.err
    assert not child.leftovers()


@pytest.mark.parametrize(("stage", "done"), [("downloading", 1), ("building", 0)])
def test_kill_leaves_nothing_partial(
    mtcnn_index: Index, child: Child, tmp_path: Path, stage: str, done: int
) -> None:
    process = child.start(STOPPING, stage, str(tmp_path / "go"), str(done), **UNMEASURED)
    assert process.stdout is not None
    wait_for(process.stdout.readline, "downloading 0")
    wait_for(process.stdout.readline, stage)
    process.kill()
    process.communicate()
    assert not place(child).exists()
    assert child.leftovers()
    assert child.facecore(*FETCH).code == 0
    assert child.facecore("models", "verify", "mtcnn").code == 0
    assert not child.leftovers()


def test_a_second_process_waits_and_uses_the_firsts_result(
    mtcnn_index: Index, child: Child, tmp_path: Path
) -> None:
    go = tmp_path / "go"
    first = child.start(STOPPING, "building", str(go), "0")
    assert first.stdout is not None
    wait_for(first.stdout.readline, "building")
    second = child.start(STOPPING, "nowhere", str(go), "0")
    assert second.stdout is not None
    wait_for(second.stdout.readline, "waiting")
    go.touch()
    assert first.communicate(timeout=300)[0].endswith("done\n")
    assert second.communicate(timeout=300)[0].split("\n")[0].startswith("ready")
    assert (first.returncode, second.returncode) == (0, 0)
    assert mtcnn_index.served == [MTCNN_WHEEL]


def test_repairs_a_damaged_model(mtcnn_index: Index, child: Child, built: Path) -> None:
    before = (built / "onet.onnx").read_bytes()
    os.truncate(built / "onet.onnx", 1000)
    assert child.facecore("models", "verify", "mtcnn").code == 1
    assert child.facecore(*FETCH).out.split()[:3] == ["mtcnn:", "built", "in"]
    assert (built / "onet.onnx").read_bytes() == before
    assert child.facecore("models", "verify", "mtcnn", **NO_INDEX).code == 0


@pytest.fixture
def ready(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Set up a folder of built models and an unwritable cache."""
    folder = tmp_path / "ready"
    shutil.copytree(ensure_detector().pnet.parent, folder / catalogue.MTCNN.id)
    monkeypatch.setenv("FACECORE_MODEL_DIR", str(folder))
    monkeypatch.setenv("FACECORE_HOME", "/dev/null/home")
    return folder


def test_a_ready_folder_is_read_and_never_written(ready: Path) -> None:
    before = {path: path.stat().st_mtime_ns for path in ready.rglob("*")}
    assert ensure_detector().onet == ready / catalogue.MTCNN.id / "onet.onnx"
    assert {path: path.stat().st_mtime_ns for path in ready.rglob("*")} == before


@pytest.mark.parametrize("file", ["onet.onnx", "manifest.json"])
def test_a_damaged_ready_folder_is_an_error_that_names_the_file(ready: Path, file: str) -> None:
    damaged = ready / catalogue.MTCNN.id / file
    os.truncate(damaged, 20)
    with pytest.raises(ModelCorrupt, match="FACECORE_MODEL_DIR is damaged") as raised:
        ensure_detector()
    assert str(damaged) in str(raised.value)


def test_a_ready_folder_without_the_model_is_not_filled(ready: Path) -> None:
    with pytest.raises(ModelUnavailable, match="facecore models fetch sface"):
        ensure_embedder()
    assert [path.name for path in ready.iterdir()] == [catalogue.MTCNN.id]
