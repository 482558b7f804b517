"""Test the command line against a real server: people, photos, devices, sightings."""

from __future__ import annotations

import stat
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from facecore import samples
from facecore.client import RecognizerClient
from facecore.contract import DeviceReport
from facecore.models.catalogue import DEFAULT_EMBEDDER
from facecore.vision.gallery import Embedding
from recognizer.bootstrap import open_stores
from recognizer.domain.ports import EnrolledFace
from recognizer.settings import Settings
from services.recognizer.tests.cli.conftest import Served
from services.recognizer.tests.stores.test_devices import STATUS


def test_the_first_start_prints_the_token_and_keeps_it_private(served: Served) -> None:
    assert served.printed.count("fra_") == 1
    assert stat.S_IMODE(served.credentials.stat().st_mode) == 0o600
    assert stat.S_IMODE(served.credentials.parent.stat().st_mode) == 0o700
    token = next(word for word in served.printed.split() if word.startswith("fra_"))
    kept = b"".join(p.read_bytes() for p in served.data_dir.rglob("recognizer.db*"))
    assert token.encode() not in kept  # the server stores only a hash


def test_a_person_from_record_to_receipt(served: Served) -> None:
    run = served.run
    facts = ["--attribute", "year=1944", "--attribute", "codes=[1,2]", "--attribute", "id=007"]
    hopper = str(samples.path("hopper"))
    run_add = ["people", "add", "grace", "--name", "Grace Hopper", *facts, "--photo", hopper]
    added = run.json(*run_add)
    assert added["attributes"] == {"year": 1944, "codes": [1, 2], "id": "007"}
    assert added["photo_count"] == 1
    assert run.json(*run_add)["photo_count"] == 1  # the same again changes nothing

    other = run("people", "add", "grace", "--name", "Somebody")
    assert (other.exit_code, "--replace" in other.stderr) == (1, True)
    assert run.json("people", "show", "grace")["name"] == "Grace Hopper"
    replaced = run.json("people", "add", "grace", "--name", "Rear Admiral Hopper", "--replace")
    assert (replaced["name"], replaced["attributes"]) == ("Rear Admiral Hopper", {})
    assert "Rear Admiral Hopper" in run("people", "list").stdout
    assert [p["label"] for p in run.json("people", "list", "--search", "ADMIRÁL")] == ["grace"]
    assert run.json("people", "list", "--search", "lovelace") == []
    assert "nobody matches 'lovelace'" in run("people", "list", "--search", "lovelace").stdout

    refused = run("people", "add", "thief", "--name", "T", "--photo", hopper)
    assert refused.exit_code == 1
    assert "face_of_another_person" in refused.stderr

    assert run("people", "remove", "grace", answer="n\n").exit_code == 1
    assert run("people", "show", "grace").exit_code == 0
    receipt = run.json("people", "remove", "grace", "--yes")
    assert (receipt["records"], receipt["photos"], receipt["embeddings"]) == (1, 1, 1)
    gone = run("people", "show", "grace")
    assert (gone.exit_code, gone.stderr.count("\n")) == (1, 1)
    assert "person_not_found" in gone.stderr
    run("people", "remove", "thief", "--yes")


def test_a_device_gets_its_recorders_settings_once(served: Served) -> None:
    run = served.run
    added = run("devices", "add", "pi-1")
    settings = dict(line.split("=", 1) for line in added.stdout.splitlines())
    assert settings["PI_RECORDER_URL"] == run.url
    now = datetime.now(UTC)
    with RecognizerClient(settings["PI_RECORDER_URL"], settings["PI_RECORDER_TOKEN"]) as recorder:
        recorder.recognize(samples.path("collins").read_bytes(), captured_at=now)

    (device,) = run.json("devices", "list")
    assert (device["name"], "token" in device) == ("pi-1", False)
    (sighting,) = run.json("sightings", "--device", "pi-1")
    assert (sighting["decision"], sighting["label"]) == ("unknown", None)
    assert run.json("sightings", "--device", "pi-1", "--since", "2999-01-01") == []
    assert "unknown" in run("sightings", "--decision", "unknown").stdout

    as_device = run("people", "list", RECOGNIZER_TOKEN=settings["PI_RECORDER_TOKEN"])
    assert (as_device.exit_code, "forbidden" in as_device.stderr) == (1, True)
    twice = run("devices", "add", "pi-1")
    assert (twice.exit_code, "device_exists" in twice.stderr) == (1, True)
    assert run("devices", "remove", "pi-1").exit_code == 0
    assert run("devices", "remove", "pi-1").exit_code == 1


def test_devices_are_listed_with_their_last_report(served: Served) -> None:
    run = served.run
    token = run.json("devices", "add", "pi-9")["token"]
    assert "pi-9" in run("devices", "list").stdout
    with RecognizerClient(run.url, token) as client:
        client.report_status(DeviceReport.model_validate(STATUS.model_dump()))
    shown = run("devices", "list").stdout
    for said in ("away", "3 segments", "0 s", "1.2.3"):
        assert said in shown
    listed = {one["name"]: one for one in run.json("devices", "list")}
    assert listed["pi-9"]["status"]["queue"]["segments"] == 3
    assert run("devices", "remove", "pi-9").exit_code == 0


def test_a_devices_settings_go_into_a_file_of_its_owner(served: Served, tmp_path: Path) -> None:
    run, file = served.run, tmp_path / "recorder.env"
    added = run("devices", "add", "pi-2", "--output", str(file))
    assert (added.exit_code, added.stdout) == (0, "")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    settings = dict(line.split("=", 1) for line in file.read_text().splitlines())
    assert settings["PI_RECORDER_TOKEN"].startswith("frd_")
    assert settings["PI_RECORDER_TOKEN"] not in added.output
    run("devices", "remove", "pi-2")

    again = run("devices", "add", "pi-2", "--output", str(file))
    assert (again.exit_code, "already exists" in again.stderr) == (1, True)
    assert "pi-2" not in [device["name"] for device in run.json("devices", "list")]
    assert file.read_text().count("frd_") == 1  # as it was

    both = run("devices", "add", "pi-3", "--output", str(tmp_path / "new"), "--json")
    assert (both.exit_code, (tmp_path / "new").exists()) == (2, False)
    refused = run("devices", "add", "no spaces", "--output", str(tmp_path / "new"))
    assert (refused.exit_code, (tmp_path / "new").exists()) == (1, False)


def test_photos_of_another_model_are_reported_and_embedded_again(served: Served) -> None:
    run, at = served.run, ("--data-dir", str(served.data_dir))
    collins = str(samples.path("collins"))
    run.json("people", "add", "eileen", "--name", "Eileen Collins", "--photo", collins)
    stores = open_stores(Settings(data_dir=served.data_dir))
    try:
        (photo,) = [p for p in stores.faces.outdated("any") if p.label == "eileen"]
        older = photo.model_copy(update={"model": "older"})
        vector = np.eye(1, 512, dtype=np.float32)[0]
        stores.faces.replace(EnrolledFace(older, Embedding("older", vector)))
    finally:
        stores.close()
    (gallery,) = [c for c in run.json("doctor", *at) if c["name"] == "gallery"]
    assert (gallery["state"], gallery["fix"]) == ("warn", "run `recognizer people reembed`")
    assert gallery["found"] == "1 photo was embedded by another model and is not compared"
    result = run("calibrate", *at).stderr
    assert "1 photo was embedded by another model and is not compared" in result
    reembed = ("people", "reembed", *at)
    assert run.json(*reembed) == {"embedded": 1, "left": []}
    shown = run.json("people", "show", "eileen")
    assert [p["model"] for p in shown["photos"]] == [photo.model]
    assert run.json(*reembed) == {"embedded": 0, "left": []}
    assert "gallery" not in [check["name"] for check in run.json("doctor", *at)]
    run("people", "remove", "eileen", "--yes")


def test_a_new_admin_token_ends_the_old_one(served: Served) -> None:
    old = next(word for word in served.printed.split() if word.startswith("fra_"))
    assert served.run("admin-token", "--data-dir", str(served.data_dir)).exit_code == 0
    assert served.run("people", "list").exit_code == 0  # the new one was kept
    refused = served.run("people", "list", RECOGNIZER_TOKEN=old)
    assert (refused.exit_code, "unauthenticated" in refused.stderr) == (1, True)
    assert old not in refused.output


def test_doctor_finds_no_fault_in_a_served_folder(served: Served) -> None:
    checks = served.run.json("doctor", "--data-dir", str(served.data_dir))
    states = {check["name"]: check["state"] for check in checks}
    assert states["server"] == states["token"] == states["database"] == "ok"
    assert states[f"model {DEFAULT_EMBEDDER}"] == "ok"
