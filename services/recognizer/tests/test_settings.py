"""Test that settings are checked at the start, with a message that names the variable."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest

from facecore.models import Thresholds
from recognizer.domain.errors import SettingsInvalid
from recognizer.settings import load_settings


def test_there_is_a_default_for_each(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DATA_DIR", "THREADS", "ADMIN_TOKEN_SHA256"):
        monkeypatch.delenv(f"RECOGNIZER_{name}", raising=False)
    settings = load_settings()
    assert settings.data_dir.name == "recognizer"
    assert settings.upload_link_lifetime == timedelta(minutes=15)


def test_the_environment_sets_the_settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("RECOGNIZER_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("RECOGNIZER_THREADS", "3")
    monkeypatch.setenv("RECOGNIZER_PUBLIC_URL", "")
    settings = load_settings()
    assert (settings.data_dir, settings.threads, settings.public_url) == (tmp_path, 3, None)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("THREADS", "many"),
        ("MAX_CONCURRENCY", "0"),
        ("GALLERY_REFRESH_S", "-1"),
        ("ADMIN_TOKEN_SHA256", "the token itself"),
        ("PUBLIC_URL", "not a url"),
        ("VIDEO_PREFIX", "../up"),
        ("LOG_LEVEL", "loud"),
        ("BACKEND", "abacus"),
        ("TORCH_DEVICE", "tpu"),
        ("STORE", "paper"),
        ("SIGHTING_DAYS", "0"),
        ("SESSION_HOURS", "0"),
        ("SESSION_HOURS", "721"),
        ("VIDEO_DAYS", "-1"),
        ("PEOPLE_TABLE", "a b"),
        ("DEVICES_TABLE", "ab"),
        ("VIDEOS_BUCKET", "Capital"),
        ("FACES_BUCKET", "-begins-with-a-dash"),
        ("THRESHOLDS", "0.7"),
        ("THRESHOLDS", "facenet-vggface2-20180402-p2:0.7,0.5"),
        ("THRESHOLDS", "facenet-vggface2-20180402-p2:0.5,0.7,0.1"),
    ],
)
def test_an_invalid_variable_is_named_and_its_value_not_repeated(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(f"RECOGNIZER_{name}", value)
    with pytest.raises(SettingsInvalid, match=f"RECOGNIZER_{name}: ") as refused:
        load_settings()
    if name == "ADMIN_TOKEN_SHA256":
        assert value not in str(refused.value)


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        (
            "TRUSTED_PROXIES",
            "foo",
            "TRUSTED_PROXIES: 'foo' is not an address or a network",
        ),
        ("TRUSTED_PROXIES", "*", "'*' is not an address"),
        ("TRUSTED_PROXIES", "127.0.0.1, 10.0.0.1/8", "'10.0.0.1/8' is not an address"),
        ("VIDEO_DAYS", "1e3", "VIDEO_DAYS: give a whole number from 1 to 3,650"),
        ("MAX_WAIT_S", "nan", "MAX_WAIT_S: give a number from 0.1 to 60"),
        ("VIDEO_MAX_GB", "0", "VIDEO_MAX_GB: give a number above 0 to 1,000,000"),
        ("VIDEO_PREFIX", "a/b", "VIDEO_PREFIX: give 1 to 64 letters"),
        ("VIDEOS_BUCKET", "Capital", "VIDEOS_BUCKET: give a bucket's name"),
        ("PEOPLE_TABLE", "a b", "PEOPLE_TABLE: give a table's name"),
        ("ADMIN_TOKEN_SHA256", "x", "give 64 lower-case hexadecimal digits"),
        ("BACKEND", "abacus", "BACKEND: Input should be 'onnx' or 'torch'"),
        ("STORE", "aws", "the store 'aws' needs RECOGNIZER_VIDEOS_BUCKET"),
    ],
)
def test_a_refused_setting_is_one_line_that_says_what_would_be_right(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, expected: str
) -> None:
    monkeypatch.setenv(f"RECOGNIZER_{name}", value)
    with pytest.raises(SettingsInvalid) as refused:
        load_settings()
    message = str(refused.value)
    assert expected in message
    assert message.count("\n") == 0
    assert not re.search(r"Value error|pattern|lax|RECOGNIZER_:", message)


def test_a_deployments_thresholds_are_those_of_its_model(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RECOGNIZER_THRESHOLDS", "sface-2021dec-p1:0.5,0.4,0.1")
    monkeypatch.setenv("RECOGNIZER_MODEL", "sface")
    settings = load_settings()
    assert settings.own_thresholds == Thresholds(match=0.5, uncertain=0.4, margin=0.1)
    assert str(settings.thresholds) == "sface-2021dec-p1:0.5,0.4,0.1"
    monkeypatch.setenv("RECOGNIZER_MODEL", "facenet-vggface2")
    with pytest.raises(SettingsInvalid, match="belong to sface-2021dec-p1"):
        load_settings()


def test_torch_computes_one_model_which_is_its_default(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RECOGNIZER_BACKEND", "torch")
    monkeypatch.delenv("RECOGNIZER_MODEL", raising=False)
    assert load_settings().model == "facenet-vggface2"
    monkeypatch.setenv("RECOGNIZER_MODEL", "sface")
    with pytest.raises(SettingsInvalid, match="torch, which computes only facenet-vggface2"):
        load_settings()
    monkeypatch.setenv("RECOGNIZER_BACKEND", "onnx")
    assert load_settings().model == "sface"


def test_the_store_is_local_by_default_and_aws_needs_its_buckets(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in ("STORE", "VIDEOS_BUCKET", "FACES_BUCKET"):
        monkeypatch.delenv(f"RECOGNIZER_{name}", raising=False)
    assert load_settings().store == "local"
    monkeypatch.setenv("RECOGNIZER_STORE", "aws")
    monkeypatch.setenv("RECOGNIZER_FACES_BUCKET", "faces")
    with pytest.raises(SettingsInvalid, match="RECOGNIZER_VIDEOS_BUCKET") as refused:
        load_settings()
    assert "RECOGNIZER_FACES_BUCKET" not in str(refused.value)
    monkeypatch.setenv("RECOGNIZER_VIDEOS_BUCKET", "videos")
    settings = load_settings()
    assert (settings.store, settings.people_table) == ("aws", "student_info")


def test_days_are_durations(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("RECOGNIZER_VIDEO_DAYS", raising=False)
    monkeypatch.setenv("RECOGNIZER_SIGHTING_DAYS", "7")
    settings = load_settings()
    assert (settings.sighting_lifetime, settings.video_days) == (timedelta(days=7), None)
