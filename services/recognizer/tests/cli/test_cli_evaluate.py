"""Test ``recognizer eval`` and ``recognizer calibrate`` on folders of public-domain faces."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageOps
from typer.testing import CliRunner, Result

from facecore import cache, samples
from facecore.contract import Box, PersonUpdate, Photo, Quality
from facecore.models import catalogue, ensure_detector, ensure_embedder
from facecore.vision.gallery import Embedding
from recognizer.bootstrap import open_stores
from recognizer.domain.ports import EnrolledFace
from recognizer.entrypoints.cli import app
from recognizer.settings import Settings
from services.recognizer.tests.cli.conftest import clean_environment

NOW = datetime(2026, 11, 22, tzinfo=UTC)
Run = Callable[..., Result]
Environment = dict[str, str | None]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder of four people, three pictures each: as it is, mirrored, and darker."""
    root = tmp_path_factory.mktemp("people")
    for label in ("obama", "biden", "collins", "hopper"):
        (root / label).mkdir()
        picture = Image.open(samples.path(label)).convert("RGB")
        picture.thumbnail((700, 700))
        picture.save(root / label / "as-it-is.jpg", quality=95)
        ImageOps.mirror(picture).save(root / label / "mirrored.jpg", quality=95)
        picture.point(lambda value: value * 0.8).save(root / label / "dimmer.jpg", quality=95)
    return root


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Environment:
    """Return a new cache and this machine's models as variables; None unsets a variable."""
    home = tmp_path_factory.mktemp("home")
    ensure_detector()
    for model in ("facenet-vggface2", "sface"):
        ensure_embedder(model)
    return clean_environment(home / "none.json") | {
        "FACECORE_MODEL_DIR": str(cache.home() / "models"),
        "FACECORE_HOME": str(home),
        "COLUMNS": "200",
    }


@pytest.fixture(scope="module")
def run(environment: Environment) -> Run:
    """Return the command line in that environment."""

    def invoke(*words: str, **more: str) -> Result:
        return CliRunner(env=environment | more).invoke(app, list(words))

    return invoke


@pytest.mark.parametrize("model", ["facenet-vggface2", "sface"])
def test_a_folder_is_evaluated_and_reported(
    run: Run, folder: Path, tmp_path: Path, model: str
) -> None:
    done = run("eval", str(folder), "--model", model, "--out", str(tmp_path / "report"), "--json")
    assert done.exit_code == 0, done.output
    entry = catalogue.embedder(model)
    page = (tmp_path / "report" / f"{entry.id}.html").read_text()
    kept = json.loads((tmp_path / "report" / f"{entry.id}.json").read_text())
    result = json.loads(done.stdout)
    assert result == kept
    assert (result["model"], result["gates"]["people"], result["gates"]["pictures"]) == (
        entry.id,
        4,
        12,
    )
    (verified,) = result["verification"]
    assert (verified["protocol"], verified["pairs"]) == ("drawn pairs, 2 folds", 24)
    assert (verified["accuracy"], verified["wrong"]) == (1.0, [])
    (one,) = result["identification"]
    assert (one["people"], one["photos"]) == (4, 1)
    assert one["known"]["named_wrong"] == 0
    assert one["known"]["named_right"] == one["known"]["probes"]
    assert page.count("<svg") == 2  # one curve of pairs, one of one photo a person
    assert "src=" not in page


@pytest.mark.exhaustive
def test_robustness_is_measured_when_asked(run: Run, folder: Path, tmp_path: Path) -> None:
    (four := tmp_path / "four").mkdir()
    for person in folder.iterdir():
        (four / person.name).mkdir()
        for picture in person.iterdir():
            (four / person.name / picture.name).write_bytes(picture.read_bytes())
        brighter = Image.open(person / "as-it-is.jpg").point(lambda value: min(value * 1.1, 255))
        brighter.save(four / person.name / "brighter.jpg", quality=95)
    out = str(tmp_path / "report")
    done = run("eval", str(four), "--model", "sface", "--out", out, "--robustness", "--json")
    assert done.exit_code == 0, done.output
    results = json.loads(done.stdout)["robustness"]
    by_name = {(one["corruption"], one["level"]): one for one in results}
    assert all(one["known"]["probes"] == one["unknown_people"]["probes"] == 2 for one in results)
    assert all(one["known"]["named_wrong"] == 0 for one in results)
    assert by_name["size", 160]["known"]["named_right"] == 2
    assert by_name["size", 24]["known"]["refused"] == 2
    assert by_name["blur", 4]["reasons"]["blurred"] == 4
    assert by_name["darkness", 8]["known"]["named_right"] == 0


_STOPPED_AT_THE_FIRST_FACES = """
import signal

from facecore.evaluation.faces import FaceCache
from recognizer.entrypoints.cli import app

put = FaceCache.put

def put_and_stop(self, faces):
    put(self, faces)
    signal.raise_signal(signal.SIGINT)  # as the terminal does, but at a known time

FaceCache.put = put_and_stop
app()
"""


@pytest.mark.exhaustive
def test_an_evaluation_stopped_by_ctrl_c_continues(
    run: Run, environment: Environment, folder: Path, tmp_path: Path
) -> None:
    for person in folder.iterdir():
        (tmp_path / "many" / person.name).mkdir(parents=True)
        small = Image.open(person / "as-it-is.jpg").resize((100, 100))
        for number in range(17):
            darker = small.point(lambda value, by=number: value * (1 - by / 50))
            darker.save(tmp_path / "many" / person.name / f"{number}.png")
    home = {"FACECORE_HOME": str(tmp_path / "home")}
    words = ("eval", str(tmp_path / "many"), "--out", str(tmp_path / "report"))
    stopped = subprocess.run(
        [sys.executable, "-c", _STOPPED_AT_THE_FIRST_FACES, *words],
        env={k: v for k, v in {**os.environ, **environment, **home}.items() if v is not None},
        check=False,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert stopped.returncode == 130, stopped.stderr
    assert "the same command continues from here" in stopped.stderr
    assert 0 < (kept := _cached_pictures(tmp_path / "home")) < 68
    assert not (tmp_path / "report").exists()

    done = run(*words, "--json", **home)
    assert json.loads(done.stdout)["gates"]["pictures"] == 68
    assert _cached_pictures(tmp_path / "home") > kept


def _cached_pictures(home: Path) -> int:
    """Return the number of pictures whose faces the cache holds."""
    for file in (home / "evaluation").glob("*.sqlite"):
        with closing(sqlite3.connect(f"{file.as_uri()}?mode=ro", uri=True)) as database:
            if database.execute("SELECT name FROM sqlite_master").fetchone():
                (count,) = database.execute("SELECT count(*) FROM faces").fetchone()
                return int(count)
    return 0


def test_a_folder_that_can_not_be_evaluated_is_explained(run: Run, tmp_path: Path) -> None:
    done = run("eval", str(tmp_path / "nowhere"))
    assert (done.exit_code, "is not a folder" in done.stderr) == (1, True)
    assert run("eval", str(tmp_path), "--model", "resnet").exit_code == 1


def test_thresholds_are_derived_and_can_be_set(
    run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = ("calibrate", str(folder), "--model", "sface", "--gallery", "2x1")
    result = run(*words, "--false-positives", "0.1")
    assert result.exit_code == 0, result.output
    name, _, value = result.stdout.splitlines()[-1].partition("=")
    assert name == "RECOGNIZER_THRESHOLDS"
    result = json.loads(run(*words, "--false-positives", "0.1", "--json").stdout)
    assert result["rates"][0]["false_positive_rate"] <= 0.1
    settings = Settings(model="sface", thresholds=value)
    assert settings.own_thresholds is not None
    assert settings.own_thresholds.match == result["thresholds"]["match"]

    refused = run(*words, "--false-positives", "0.0001")
    assert (refused.exit_code, "too few to measure a share" in refused.stderr) == (1, True)
    assert run("calibrate", str(folder), "--gallery", "many").exit_code == 2


def test_look_alikes_and_odd_photos_are_reported(run: Run, tmp_path: Path) -> None:
    data_dir = tmp_path / "data"
    stores = open_stores(Settings(data_dir=data_dir))
    # Ada and Bob have the same face, Cyd a photo of somebody else, Eve a small one.
    axes = {"ada": (0,), "bob": (0,), "cyd": (1, 2), "dan": (3, 3), "eve": (4,)}
    try:
        for label, photos in axes.items():
            stores.people.put(label, PersonUpdate(name=label), NOW)
            for number, axis in enumerate(photos):
                _enrol(data_dir, label, number, axis, size_px=50 if label == "eve" else 100)
    finally:
        stores.close()
    found = run("calibrate", "--data-dir", str(data_dir), "--json")
    review = json.loads(found.stdout)
    assert found.exit_code == 1
    assert (review["people"], review["photos"], review["single"]) == (
        5,
        7,
        ["ada", "bob", "eve"],
    )
    assert review["look_alikes"] == [{"first": "ada", "second": "bob", "similarity": 1.0}]
    assert [(photo["label"], photo["similarity"]) for photo in review["odd"]] == [("cyd", 0.0)] * 2
    assert [(photo["label"], photo["reasons"]) for photo in review["poor"]] == [
        ("eve", ["too_small"])
    ]
    result = run("calibrate", "--data-dir", str(data_dir))
    assert "ada and bob look alike" in result.stderr
    assert f"DELETE /v1/people/cyd/photos/{review['odd'][0]['photo']} removes it" in result.stderr
    assert "of eve would be refused today (too_small)" in result.stderr
    assert "1 pair of look-alikes, 2 odd photos, 1 poor photo" in result.stdout


def test_an_empty_gallery_has_no_trouble(run: Run, tmp_path: Path) -> None:
    open_stores(Settings(data_dir=tmp_path / "data")).close()
    found = run("calibrate", "--data-dir", str(tmp_path / "data"))
    assert (found.exit_code, "0 people, 0 photos" in found.stdout) == (0, True)


def _enrol(data_dir: Path, label: str, number: int, axis: int, *, size_px: float) -> None:
    model = catalogue.embedder()
    vector = np.eye(1, model.dimension, axis, dtype=np.float32)[0]
    digest = f"{axis}{number}{label}".encode().hex().ljust(64, "0")
    photo = Photo(
        id=digest[:32],
        label=label,
        sha256=digest,
        model=model.id,
        box=Box(x=0, y=0, width=100, height=100),
        quality=Quality(
            accepted=True, reasons=[], size_px=size_px, sharpness=99, brightness=128, yaw=0
        ),
        created_at=NOW,
    )
    stores = open_stores(Settings(data_dir=data_dir))
    try:
        face = EnrolledFace(photo, Embedding(model.id, vector))
        stores.faces.add(face, b"picture", seen_version=stores.faces.version())
    finally:
        stores.close()
