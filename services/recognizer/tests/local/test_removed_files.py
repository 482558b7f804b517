"""Test files removed under a running server: it acknowledges nothing that would be lost."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from services.recognizer.tests.service import Service, service_on
from tests.support.fake_vision import picture_of

SEGMENT = b"a segment"


def delete(database: Path) -> None:
    database.unlink()


def replace(database: Path) -> None:
    shutil.copy(database, database.with_name("copy"))
    database.with_name("copy").replace(database)


def delete_log(database: Path) -> None:
    database.with_name("recognizer.db-wal").unlink()


@pytest.mark.parametrize("happens", [delete, replace, delete_log])
def test_nothing_is_acknowledged_once_the_database_is_gone(
    tmp_path: Path, happens: Callable[[Path], None]
) -> None:
    with service_on(tmp_path) as service:
        service.put_person("ada")
        happens(tmp_path / "recognizer.db")
        answers = [
            service.call("PUT", "/v1/people/bob", json={"name": "Bob"}),
            service.call("GET", "/v1/people"),
            service.call("GET", "/v1/health"),
        ]
        for answer in answers:
            assert answer.status_code == 503, answer.text
            assert "deleted or replaced" in answer.json()["detail"]
        if happens is delete:
            assert not (tmp_path / "recognizer.db").exists()


def test_no_photo_is_taken_once_the_photos_folder_is_gone(tmp_path: Path) -> None:
    with service_on(tmp_path) as service:
        service.enrol("ada", picture_of(1))
        shutil.rmtree(tmp_path / "photos")
        answer = service.add_photo("ada", picture_of(1, serial=2))
        assert answer.status_code == 503
        assert "photos was removed" in answer.json()["detail"]
        assert service.call("GET", "/v1/health").status_code == 503
        assert not (tmp_path / "photos").exists()


def test_a_person_is_deleted_also_when_the_photos_are_gone(tmp_path: Path) -> None:
    with service_on(tmp_path) as service:
        service.enrol("ada", picture_of(1))
        shutil.rmtree(tmp_path / "photos")
        assert service.call("DELETE", "/v1/people/ada").status_code == 200


def test_no_video_is_taken_once_the_videos_folder_is_gone(tmp_path: Path) -> None:
    with service_on(tmp_path) as service:
        upload = announced(service)
        shutil.rmtree(tmp_path / "videos")
        answer = put(service, upload)
        assert answer.status_code == 503
        assert "videos was removed" in answer.json()["detail"]
        assert not (tmp_path / "videos").exists()


def announced(service: Service) -> dict[str, object]:
    headers = {"authorization": f"Bearer {service.device_token()}"}
    announcement = {
        "started_at": "2026-11-22T12:00:00Z",
        "duration_ms": 1000,
        "size_bytes": len(SEGMENT),
        "sha256": hashlib.sha256(SEGMENT).hexdigest(),
    }
    answer = service.call("POST", "/v1/videos", json=announcement, headers=headers)
    upload: dict[str, object] = answer.json()["upload"]
    return upload


def put(service: Service, upload: dict[str, object]) -> httpx.Response:
    return service.call("PUT", str(upload["url"]), content=SEGMENT, headers=upload["headers"])
