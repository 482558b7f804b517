"""Test the visits as a table: one row a visit, or a person and day; safe in a spreadsheet."""

from __future__ import annotations

import csv
import stat
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from facecore import samples
from facecore.client import RecognizerClient
from recognizer.entrypoints.cli import app
from services.recognizer.tests.cli.conftest import CommandLine, Served

MORNING = datetime.now(UTC).astimezone().replace(hour=8, minute=0, second=0, microsecond=0)
YESTERDAY = MORNING - timedelta(days=1)
HOSTILE = '=HYPERLINK("http://x","a, b")'


@pytest.fixture(scope="module")
def seen(served: Served) -> Iterator[CommandLine]:
    """Record two visits of Obama yesterday and one today, and an unknown person's yesterday."""
    run = served.run
    obama, again = (str(samples.path(name)) for name in ("obama", "obama2"))
    run.json("people", "add", "obama", "--name", HOSTILE, "--photo", obama)
    added = run("devices", "add", "door-7").stdout
    token = added.partition("PI_RECORDER_TOKEN=")[2].strip()
    with RecognizerClient(run.url, token, deadline_s=120) as door:
        for hours, name, track in [
            (0, again, "a"),
            (1, again, "a"),
            (3, again, "b"),
            (4, str(samples.path("hopper")), "c"),
            (26, again, "d"),
        ]:
            moment = YESTERDAY + timedelta(hours=hours)
            door.recognize(Path(name).read_bytes(), captured_at=moment, track=track)
    yield run
    run("devices", "remove", "door-7")
    run("people", "remove", "obama", "--yes")


def exported(run: CommandLine, file: Path, *options: str) -> list[list[str]]:
    until = (MORNING + timedelta(days=1)).isoformat()
    done = run("sightings", "export", "--csv", str(file), "--until", until, *options)
    assert done.exit_code == 0, done.output
    with file.open(encoding="utf-8-sig", newline="") as text:
        rows = list(csv.reader(text, strict=True))
    count = len(rows) - 1
    assert ("1 row is in" if count == 1 else f"{count} rows are in") in done.stdout
    return rows


def test_visits_are_exported_one_a_row(seen: CommandLine, tmp_path: Path) -> None:
    head, *rows = exported(seen, tmp_path / "visits.csv", "--device", "door-7")
    assert head[:5] == ["day", "first seen", "last seen", "name", "label"]
    assert head[5:] == ["device", "decision", "similarity", "count"]
    days = [f"{YESTERDAY:%Y-%m-%d}", f"{MORNING:%Y-%m-%d}"]
    assert [row[:3] for row in rows] == [
        [days[1], "10:00:00", "10:00:00"],
        [days[0], "12:00:00", "12:00:00"],
        [days[0], "11:00:00", "11:00:00"],
        [days[0], "08:00:00", "09:00:00"],
    ]
    assert [row[8] for row in rows] == ["1", "1", "1", "2"]
    assert [row[3:7] for row in rows[:2]] == [
        [f"'{HOSTILE}", "obama", "door-7", "match"],
        ["", "", "door-7", "unknown"],
    ]
    assert 0.3 < float(rows[0][7]) <= 1


def test_attendance_is_one_row_a_person_and_day(seen: CommandLine, tmp_path: Path) -> None:
    file = tmp_path / "attendance.csv"
    head, *rows = exported(seen, file, "--device", "door-7", "--attendance")
    assert head == ["day", "name", "label", "present from", "present to", "visits"]
    name = f"'{HOSTILE}"
    assert rows == [
        [f"{YESTERDAY:%Y-%m-%d}", name, "obama", "08:00:00", "11:00:00", "2"],
        [f"{MORNING:%Y-%m-%d}", name, "obama", "10:00:00", "10:00:00", "1"],
    ]


def test_the_help_says_that_a_photograph_is_recognised_too() -> None:
    done = CliRunner().invoke(app, ["sightings", "export", "--help"])
    assert done.exit_code == 0
    assert "A photograph held to the camera is recognised" in " ".join(done.stdout.split())


def test_the_table_is_the_filtered_list(seen: CommandLine, tmp_path: Path) -> None:
    since = YESTERDAY + timedelta(hours=12)
    found = exported(seen, tmp_path / "a.csv", "--label", "obama", "--since", since.isoformat())
    assert [row[4] for row in found[1:]] == ["obama"]
    found = exported(seen, tmp_path / "b.csv", "--device", "door-7", "--decision", "unknown")
    assert [row[6] for row in found[1:]] == ["unknown"]


def test_the_file_opens_in_excel_is_private_and_replaces_none(
    seen: CommandLine, tmp_path: Path
) -> None:
    file = tmp_path / "visits.csv"
    exported(seen, file)
    assert file.read_bytes().startswith(b"\xef\xbb\xbfday,")
    assert b"\r\n" in file.read_bytes()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    again = seen("sightings", "export", "--csv", str(file))
    assert (again.exit_code, "already exists" in again.stderr) == (1, True)


def test_options_before_export_are_refused(seen: CommandLine, tmp_path: Path) -> None:
    file = str(tmp_path / "visits.csv")
    refused = seen("sightings", "--label", "obama", "export", "--csv", file)
    assert (refused.exit_code, "after 'export'" in refused.stderr) == (2, True)
    assert not Path(file).exists()
