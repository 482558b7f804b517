"""Test the commands on the data itself: export, merge, the audit log."""

from __future__ import annotations

import json
import stat
import zipfile
from datetime import UTC, datetime
from pathlib import Path

from facecore import samples
from services.recognizer.tests.cli.conftest import Served


def test_a_person_is_exported_into_one_zip_of_its_owner(served: Served, tmp_path: Path) -> None:
    run, file = served.run, tmp_path / "x.zip"
    picture = samples.path("hopper")
    run.json("people", "add", "exported", "--name", "X", "--photo", str(picture))
    done = run("people", "export", "exported", str(file))
    assert done.exit_code == 0, done.output
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    with zipfile.ZipFile(file) as whole:
        assert whole.testzip() is None
        names = whole.namelist()
        assert json.loads(whole.read("record.json"))["label"] == "exported"
        (photo,) = [name for name in names if name.startswith("photos/") and "json" not in name]
        assert whole.read(photo) == picture.read_bytes()
    assert f"{len(names)} files" in done.stdout

    again = run("people", "export", "exported", str(file))
    assert (again.exit_code, "exists" in again.stderr) == (1, True)
    nobody = run("people", "export", "nobody", str(tmp_path / "nobody.zip"))
    assert (nobody.exit_code, "person_not_found" in nobody.stderr) == (1, True)
    assert [path.name for path in tmp_path.iterdir()] == ["x.zip"]
    run("people", "remove", "exported", "--yes")


def test_two_people_are_merged_after_a_question(served: Served) -> None:
    run = served.run
    hopper = str(samples.path("hopper"))
    run.json("people", "add", "one", "--name", "One", "--photo", hopper, "--attribute", "a=1")
    run.json("people", "add", "two", "--name", "Two")
    declined = run("people", "merge", "one", "two", answer="n\n")
    assert (declined.exit_code, "'One'" in declined.stderr, "'Two'" in declined.stderr) == (
        1,
        True,
        True,
    )
    assert run.json("people", "show", "one")["photo_count"] == 1
    receipt = run.json("people", "merge", "one", "two", "--yes")
    assert (receipt["photos"], receipt["attributes"], receipt["created"]) == (1, 1, False)
    assert run.json("people", "show", "two")["photo_count"] == 1
    renamed = run("people", "merge", "two", "three", answer="y\n")
    assert (renamed.exit_code, "new label three" in renamed.stderr) == (0, True)
    assert "two is now three: 1 photo, 0 same photos" in renamed.stdout
    same = run("people", "merge", "three", "three", "--yes")
    assert (same.exit_code, "merge_impossible" in same.stderr) == (1, True)
    run("people", "remove", "three", "--yes")


def test_the_audit_log_is_listed(served: Served) -> None:
    run = served.run
    before = datetime.now(UTC).isoformat()
    run.json("people", "add", "told", "--name", "A Name", "--attribute", "secret=word")
    run.json("people", "remove", "told", "--yes")
    found = run.json("audit", "list", "--subject", "told", "--since", before)
    assert [(one["action"], one["outcome"]) for one in found] == [
        ("person_deleted", "done"),
        ("person_created", "done"),
    ]
    assert found[0]["detail"]["records"] == 1
    shown = run("audit", "list", "--action", "person_deleted").stdout
    assert "told" in shown
    assert "records=1" in shown
    everything = run("audit", "list", "--limit", "500").stdout
    assert "A Name" not in everything
    assert "word" not in everything
    assert run.json("audit", "list", "--subject", "never-seen") == []
    assert "no changes" in run("audit", "list", "--subject", "never-seen").stdout
    assert run("audit", "list", "--action", "anything").exit_code == 2


def test_commands_on_the_store_itself_are_audited_too(served: Served) -> None:
    run, at = served.run, ("--data-dir", str(served.data_dir))
    assert run("admin-token", *at).exit_code == 0
    assert run("people", "reembed", *at).exit_code == 0
    newest, made = run.json("audit", "list", "--limit", "2")
    assert (newest["action"], newest["via"]) == ("photos_embedded_again", "store")
    assert (made["action"], made["via"], made["subject"]) == ("admin_token_made", "store", None)
    first = run.json("audit", "list", "--action", "admin_token_made")[-1]
    assert first["at"] < made["at"]  # the token of the first start


def test_a_device_may_not_read_the_log(served: Served) -> None:
    run = served.run
    token = run.json("devices", "add", "pi-audit")["token"]
    refused = run("audit", "list", RECOGNIZER_TOKEN=token)
    assert (refused.exit_code, "forbidden" in refused.stderr) == (1, True)
    run("devices", "remove", "pi-audit")
