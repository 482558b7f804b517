"""Test errors without a server, a token or a whole folder: one line, exit code, no traceback."""

from __future__ import annotations

import json
import re
import shutil
import signal
import socket
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from pydantic import SecretStr

from recognizer.bootstrap import open_stores
from recognizer.entrypoints.cli import credentials
from recognizer.entrypoints.cli.output import InputRefused
from recognizer.settings import Settings
from services.recognizer.tests.cli.conftest import (
    CommandLine,
    Served,
    clean_environment,
    start,
    until_it_answers,
)


@pytest.fixture
def nowhere(tmp_path: Path) -> CommandLine:
    """Return a command line whose server does not run."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    return CommandLine(url, clean_environment(tmp_path / "credentials.json"))


@pytest.fixture
def taken() -> Iterator[str]:
    """Listen on a port and close every connection; yield the port."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield str(listener.getsockname()[1])


@pytest.mark.parametrize(
    "words",
    [
        ("people", "list"),
        ("people", "add", "ada", "--name", "Ada"),
        ("devices", "list"),
        ("sightings",),
    ],
)
def test_no_server_is_exit_code_3(nowhere: CommandLine, words: tuple[str, ...]) -> None:
    result = nowhere(*words, RECOGNIZER_TOKEN="fra_secret")
    assert result.exit_code == 3
    assert result.stderr.startswith("error: ")
    assert result.stderr.count("\n") == 1
    assert "fra_secret" not in result.output


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("people", "list"), "RECOGNIZER_TOKEN"),
        (("--url", "http://example.com", "doctor"), "clear"),
        (("sightings", "--since", "yesterday"), "2026-01-31"),
        (("sightings", "--since", "2999-12-31T23:59:59-23:59"), "from 1970 to 2999"),
        (("sightings", "--since", "0001-01-01"), "from 1970 to 2999"),
        (("people", "add", "ada", "--name", "Ada", "--attribute", "novalue"), "KEY=VALUE"),
        (("nonsense",), "No such command"),
    ],
)
def test_a_missing_option_is_exit_code_2(
    nowhere: CommandLine, words: tuple[str, ...], message: str
) -> None:
    result = nowhere(*words)
    assert (result.exit_code, message in result.stderr) == (2, True), result.output


def test_a_token_file_counts_before_the_environment(nowhere: CommandLine, tmp_path: Path) -> None:
    missing = nowhere("--token-file", str(tmp_path / "gone"), "people", "list")
    assert (missing.exit_code, "gone: there is no such file" in missing.stderr) == (1, True)
    (tmp_path / "token").write_bytes(b"\xff\xfe")
    binary = nowhere("--token-file", str(tmp_path / "token"), "people", "list")
    assert (binary.exit_code, "it is not text" in binary.stderr) == (1, True)
    (tmp_path / "token").write_text("two words\n")
    bad = nowhere("--token-file", str(tmp_path / "token"), "people", "list", RECOGNIZER_TOKEN="x")
    assert (bad.exit_code, "visible ASCII" in bad.stderr) == (2, True)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("videos", "remove", "../../etc/passwd", "-y"), "there is no such video"),
        (("videos", "remove", "/etc/passwd", "-y"), "there is no such video"),
        (("videos", "remove", "", "-y"), "there is no such video"),
        (("videos", "remove", "vidinput/door/../../x.mp4", "-y"), "there is no such video"),
        (("videos", "remove", "vidinput//x.mp4", "-y"), "there is no such video"),
        (("videos", "remove", "nope", "-y"), "there is no such video"),
        (("people", "remove", "", "-y"), "the label '' can't be used: give 1 to 64 letters"),
        (("people", "show", "a/b"), "the label 'a/b' can't be used"),
        (("people", "add", "..", "--name", "x"), "the label '..' can't be used"),
        (("people", "export", "", "x.zip"), "the label '' can't be used"),
        (("people", "merge", "ada", "", "-y"), "the label '' can't be used"),
        (("devices", "remove", ""), "the device's name '' can't be used: give 1 to 64 letters"),
        (("people", "export", "ada", "/nonexistent/x.zip"), "there is no folder /nonexistent"),
        (("devices", "add", "door", "--output", "/nonexistent/x.env"), "there is no folder"),
        (("sightings", "export", "--csv", "/nonexistent/x.csv"), "there is no folder"),
    ],
)
def test_an_unusable_input_is_one_line_and_exit_code_1(
    nowhere: CommandLine, words: tuple[str, ...], message: str
) -> None:
    result = nowhere(*words, RECOGNIZER_TOKEN="fra_secret")
    assert (result.exit_code, message in result.stderr) == (1, True), result.output
    assert result.stderr.count("\n") == 1
    assert "Errno" not in result.stderr


@pytest.mark.parametrize("words", [("videos", "list"), ("sightings",), ("audit", "list")])
@pytest.mark.parametrize("limit", ["0", "9" * 30])
def test_a_limit_out_of_bounds_is_exit_code_2(
    nowhere: CommandLine, words: tuple[str, ...], limit: str
) -> None:
    result = nowhere(*words, "--limit", limit, RECOGNIZER_TOKEN="fra_secret")
    assert (result.exit_code, "--limit" in result.stderr) == (2, True), result.output


@pytest.mark.parametrize(
    "words",
    [
        ("videos", "prune", "--dry-run"),
        ("videos", "prune", "--yes"),
        ("people", "reembed"),
        ("admin-token",),
        ("calibrate",),
    ],
)
def test_a_missing_folder_is_not_created(
    nowhere: CommandLine, tmp_path: Path, words: tuple[str, ...]
) -> None:
    (tmp_path / "empty").mkdir()
    for folder in (tmp_path / "nothere", tmp_path / "empty"):
        result = nowhere(*words, "--data-dir", str(folder))
        assert result.exit_code == 1, result.output
        assert f"there is no data folder at {folder}" in result.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["empty"]
    assert list((tmp_path / "empty").iterdir()) == []


def test_doctor_says_of_a_folder_in_the_databases_place_what_serve_says(
    nowhere: CommandLine, tmp_path: Path
) -> None:
    (tmp_path / "recognizer.db").mkdir()
    result = nowhere("doctor", "--data-dir", str(tmp_path), "--json")
    found = {check["name"]: check for check in json.loads(result.stdout)}["database"]
    process = start("--data-dir", str(tmp_path), environment=nowhere.environment)
    printed, _ = process.communicate(timeout=300)
    assert (process.returncode, found["state"]) == (1, "fail")
    assert found["found"].endswith("recognizer.db is a folder, but the database is a file")
    assert f"{found['found']}; {found['fix']}" in printed


def test_a_photo_that_is_no_photo_is_refused_before_anything(
    nowhere: CommandLine, tmp_path: Path
) -> None:
    (tmp_path / "ada.gif").write_bytes(b"GIF89a")
    words = ("people", "add", "ada", "--name", "Ada", "--photo")
    assert ".webp" in nowhere(*words, str(tmp_path / "ada.gif")).stderr
    assert "there is no file" in nowhere(*words, str(tmp_path / "gone.jpg")).stderr


def test_serve_says_which_port_is_taken(nowhere: CommandLine, taken: str) -> None:
    result = nowhere("serve", "--port", taken)
    assert result.exit_code == 1
    assert f"127.0.0.1:{taken}" in result.stderr
    assert "--port" in result.stderr


def test_serve_names_a_setting_that_can_not_be_used(nowhere: CommandLine) -> None:
    result = nowhere("serve", "--port", "0", RECOGNIZER_THREADS="many")
    assert (result.exit_code, "RECOGNIZER_THREADS" in result.stderr) == (1, True)


def test_another_start_makes_no_second_token_and_keeps_the_first(
    served: Served, tmp_path: Path
) -> None:
    copied = Path(shutil.copy(served.credentials, tmp_path))
    environment = clean_environment(copied)
    process = start("--data-dir", str(served.data_dir), environment=environment)
    try:
        printed = until_it_answers(process)
        url = re.search(r"http://127\.0\.0\.1:\d+", printed)
        assert url, printed
        assert CommandLine(url[0], environment)("people", "list").exit_code == 0
    finally:
        process.terminate()
        process.communicate(timeout=300)
    assert (process.returncode, printed.count("fra_")) == (0, 0)


def test_doctor_without_a_server_warns(nowhere: CommandLine, tmp_path: Path) -> None:
    result = nowhere("doctor", "--data-dir", str(tmp_path / "data"), "--json")
    states = {check["name"]: check["state"] for check in json.loads(result.stdout)}
    assert (result.exit_code, states["server"], states["database"]) == (0, "warn", "ok")
    assert not (tmp_path / "data").exists()  # doctor changes nothing


def test_doctor_fails_on_what_is_broken(nowhere: CommandLine, tmp_path: Path, taken: str) -> None:
    (tmp_path / "recognizer.db").write_bytes(b"this is no database" * 100)
    words = ("doctor", "--data-dir", str(tmp_path), "--json")
    result = nowhere(*words, FACECORE_MODEL_DIR=str(tmp_path))
    checks = {check["name"]: check for check in json.loads(result.stdout)}
    assert result.exit_code == 1
    assert checks["database"]["state"] == "fail"
    assert checks["model mtcnn"]["state"] == "warn"
    assert all(check["fix"] for check in checks.values() if check["state"] != "ok")
    bad = nowhere(*words, RECOGNIZER_THREADS="many")
    assert (bad.exit_code, "RECOGNIZER_THREADS" in bad.stdout) == (1, True)


def test_doctor_fails_where_photos_have_lost_their_database(
    nowhere: CommandLine, tmp_path: Path
) -> None:
    (tmp_path / "photos").mkdir()
    (tmp_path / "photos" / ("a" * 32)).write_bytes(b"a photo")
    aside = tmp_path / "orphaned" / "2026-11-22T120000Z" / "photos"
    aside.mkdir(parents=True)
    (aside / ("b" * 32)).write_bytes(b"another")
    result = nowhere("doctor", "--data-dir", str(tmp_path), "--json")
    checks = {check["name"]: check for check in json.loads(result.stdout)}
    assert checks["database"]["state"] == "fail"
    assert "restore it from a backup" in checks["database"]["fix"]
    assert checks["photos"]["found"].startswith("no record names 1 photo in")


def test_serve_without_its_database_is_refused_in_one_line(
    nowhere: CommandLine, tmp_path: Path
) -> None:
    (tmp_path / "photos").mkdir()
    (tmp_path / "photos" / ("a" * 32)).write_bytes(b"a photo")
    process = start("--data-dir", str(tmp_path), environment=nowhere.environment)
    printed, _ = process.communicate(timeout=300)
    assert (process.returncode, "restore recognizer.db" in printed) == (1, True)
    assert "Traceback" not in printed


def test_tracing_set_only_in_the_environment_starts_no_telemetry(tmp_path: Path) -> None:
    environment = clean_environment(tmp_path / "credentials.json") | {
        "FASTAPI_OTEL_AUTO_CONFIGURE": "true",
        "OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:9",
    }
    process = start("--data-dir", str(tmp_path / "data"), environment=environment)
    printed = until_it_answers(process)
    process.send_signal(signal.SIGTERM)
    rest, _ = process.communicate()
    assert (process.returncode, "The recognizer runs at" in printed) == (0, True), rest
    assert "telemetry" not in (printed + rest).lower()


@pytest.mark.exhaustive
def test_a_start_while_another_process_holds_the_database_says_so(
    nowhere: CommandLine, tmp_path: Path
) -> None:
    open_stores(Settings(data_dir=tmp_path)).close()
    with closing(sqlite3.connect(tmp_path / "recognizer.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        process = start("--data-dir", str(tmp_path), environment=nowhere.environment)
        printed, _ = process.communicate()
    assert process.returncode == 1
    assert "another process holds the database" in printed
    assert "Traceback" not in printed


def test_doctor_notes_a_journal_that_is_not_wal(nowhere: CommandLine, tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "recognizer.db") as database:
        database.execute("CREATE TABLE t (x)")
    database.close()
    result = nowhere("doctor", "--data-dir", str(tmp_path), "--json")
    found = {check["name"]: check for check in json.loads(result.stdout)}
    assert found["database"]["state"] == "warn"
    assert "not wal" in found["database"]["found"]


def test_a_token_is_kept_for_its_own_server_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RECOGNIZER_CREDENTIALS", str(tmp_path / "c" / "credentials.json"))
    credentials.keep("http://127.0.0.1:8000", tmp_path / "a", SecretStr("one"))
    credentials.keep("http://127.0.0.1:9000", tmp_path / "b", SecretStr("two"))
    assert credentials.find("http://localhost:8000/") == SecretStr("one")
    assert credentials.find("https://api.example.com") is None
    credentials.move("http://127.0.0.1:7000", tmp_path / "a")
    assert credentials.find("http://127.0.0.1:7000") == SecretStr("one")
    assert credentials.find("http://127.0.0.1:8000") is None
    credentials.path().write_text("{")
    with pytest.raises(InputRefused, match="damaged"):
        credentials.find("http://127.0.0.1:9000")
