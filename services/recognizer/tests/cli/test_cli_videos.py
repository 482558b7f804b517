"""Test the commands on videos: list, remove, prune."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from facecore.client import RecognizerClient
from facecore.contract import VideoAnnouncement
from services.recognizer.tests.cli.conftest import Served

DATA = b"segment" * 100


@pytest.fixture
def keys(served: Served, tmp_path: Path) -> list[str]:
    """Upload three segments of the device ``filmed``, oldest first, and no other video."""
    file = tmp_path / "segment.mp4"
    file.write_bytes(DATA)
    token = served.run.json("devices", "add", "filmed")["token"]
    began = datetime.now(UTC) - timedelta(minutes=5)
    keys = []
    with RecognizerClient(served.run.url, token) as device:
        for minute in range(3):
            ticket = device.announce_video(
                VideoAnnouncement(
                    started_at=began + timedelta(minutes=minute),
                    duration_ms=60_000,
                    size_bytes=len(DATA),
                    sha256=hashlib.sha256(DATA).hexdigest(),
                )
            )
            assert ticket.upload is not None
            device.upload(ticket.upload, file)
            keys.append(ticket.key)
    served.run("devices", "remove", "filmed")
    return keys


def listed(served: Served) -> list[str]:
    return [video["key"] for video in served.run.json("videos", "list", "--device", "filmed")]


def test_videos_are_listed_removed_and_pruned(served: Served, keys: list[str]) -> None:
    run, at = served.run, ("--data-dir", str(served.data_dir))
    assert listed(served) == keys[::-1]
    assert keys[0] in run("videos", "list", "--limit", "9").stdout

    nothing = run("videos", "prune", *at)  # no segment is older than the settings allow
    assert (nothing.exit_code, "0 segments" in nothing.stdout) == (0, True), nothing.output

    keep_two = ("--keep-gb", str(2 * len(DATA) / 1e9), *at)
    would = run.json("videos", "prune", "--dry-run", *keep_two)
    assert (would["removed"], [video["key"] for video in would["videos"]]) == (False, keys[:1])
    shown = run("videos", "prune", "--dry-run", *keep_two).stdout
    assert (keys[0] in shown, "would be removed" in shown) == (True, True)
    declined = run("videos", "prune", *keep_two, answer="n\n")
    assert (declined.exit_code, "Remove 1 segment of video" in declined.stderr) == (1, True)
    assert listed(served) == keys[::-1]
    done = run.json("videos", "prune", "--yes", *keep_two)
    assert (done["removed"], done["size_bytes"]) == (True, len(DATA))
    assert listed(served) == [keys[2], keys[1]]

    assert run("videos", "remove", keys[1], answer="y\n").exit_code == 0
    assert listed(served) == [keys[2]]
    again = run("videos", "remove", keys[1], "--yes")
    assert (again.exit_code, "video_not_found" in again.stderr) == (1, True)

    all_of_it = run("videos", "prune", "--older-than", "0", "--yes", *at)
    assert "1 segment of video" in all_of_it.stdout
    assert listed(served) == []
    noted = run.json("audit", "list", "--action", "videos_pruned")
    assert [(one["via"], one["detail"]["videos"]) for one in noted] == [("store", 1), ("store", 1)]
    assert [path for path in (served.data_dir / "videos").rglob("*") if path.is_file()] == []


def test_prune_reports_what_it_can_not_do(served: Served) -> None:
    run = served.run
    for option, value in (
        ("--older-than", "-1"),
        ("--older-than", "99999999999"),
        ("--keep-gb", "1e308"),
        ("--keep-gb", "inf"),
        ("--keep-gb", "nan"),
    ):
        wrong = run("videos", "prune", option, value, "--dry-run")
        assert (wrong.exit_code, option in wrong.stderr) == (2, True), wrong.output
    aws = {
        "RECOGNIZER_STORE": "aws",
        "RECOGNIZER_VIDEOS_BUCKET": "videos",
        "RECOGNIZER_FACES_BUCKET": "faces",
    }
    refused = run("videos", "prune", **aws)
    assert (refused.exit_code, "video_retention_days" in refused.stderr) == (2, True)


def test_an_invalid_device_name_is_one_line(served: Served) -> None:
    for name, reason in (("admin", "reserved"), ("two words", "give 1 to 64 letters")):
        refused = served.run("devices", "add", name)
        assert (refused.exit_code, reason in refused.stderr) == (1, True), refused.output
        assert refused.stderr.count("\n") == 1
        assert refused.stderr.count(name) == 1
        assert "Value error" not in refused.stderr
    refused = served.run("videos", "list", "--device", "ü")
    assert (refused.exit_code, refused.stderr.count("query.device")) == (1, 1), refused.output
