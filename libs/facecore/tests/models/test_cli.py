"""``facecore models`` and ``facecore samples``: output for people and for programs."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from typer.testing import CliRunner

from facecore import samples
from facecore.cli import app
from facecore.models import catalogue, ensure_detector

from .conftest import Child


def test_list_shows_the_present_models(child: Child) -> None:
    shutil.copytree(ensure_detector().pnet.parent, child.home / "models" / catalogue.MTCNN.id)
    rows = json.loads(child.facecore("models", "list", "--json").out)
    assert {row["name"]: row["cached"] for row in rows} == {
        "mtcnn": True,
        "sface": False,
        "facenet-vggface2": False,
        "facenet-torch": False,
    }
    assert {row["name"] for row in rows if row["default"]} == {"mtcnn", "sface"}
    table = child.facecore("models", "list").out
    assert all(model.id in table for model in catalogue.MODELS)


def test_verify_names_the_file_that_is_wrong(child: Child) -> None:
    place = child.home / "models" / catalogue.MTCNN.id
    shutil.copytree(ensure_detector().pnet.parent, place)
    good = child.facecore("models", "verify", "mtcnn", "--json")
    assert (good.code, json.loads(good.out)) == (0, {"ok": True, "problems": {"mtcnn": []}})
    with (place / "rnet.onnx").open("ab") as file:
        file.write(b"\0")
    bad = child.facecore("models", "verify", "mtcnn", "--json")
    (problem,) = json.loads(bad.out)["problems"]["mtcnn"]
    assert bad.code == 1
    assert problem.startswith(f"{place / 'rnet.onnx'}: has ")


def test_verify_without_names_wants_the_default_models(child: Child) -> None:
    done = child.facecore("models", "verify")
    assert done.code == 1
    assert "sface: " in done.out
    assert "facenet-vggface2" not in done.out


def test_verify_without_names_checks_every_present_model(child: Child) -> None:
    place = child.home / "models" / catalogue.FACENET_VGGFACE2.id
    place.mkdir(parents=True)
    done = child.facecore("models", "verify")
    assert done.code == 1
    assert f"facenet-vggface2: {place / 'manifest.json'}" in done.out


def test_an_unknown_name_lists_the_known_ones(child: Child) -> None:
    done = child.facecore("models", "fetch", "facenet")
    assert done.code == 2
    known = "mtcnn, sface, facenet-vggface2, facenet-torch"
    assert done.err == f"error: there is no model 'facenet'; there are {known}\n"


def test_each_sample_picture_is_named_with_its_file() -> None:
    done = CliRunner().invoke(app, ["samples", "fetch"])
    assert done.exit_code == 0
    for name, place in samples.ensure().items():
        assert f"{name}: {place}\n" in done.stdout


def test_an_unwritable_place_for_pictures_is_explained(child: Child) -> None:
    done = child.facecore("samples", "fetch", FACECORE_HOME="/dev/null/home")
    assert done.code == 1
    assert "name another folder in FACECORE_HOME" in done.err


def test_home_of_the_user_is_the_default(child: Child, tmp_path: Path) -> None:
    code = "from facecore import cache; print(cache.home())"
    moved = child.run(code)
    default = child.run(code, FACECORE_HOME="", XDG_CACHE_HOME=str(tmp_path), HOME=str(tmp_path))
    assert moved.out.strip() == str(child.home)
    assert Path(default.out.strip()).is_relative_to(tmp_path)
