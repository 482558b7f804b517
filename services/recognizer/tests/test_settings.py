"""Settings: checked at the start, with a message that names the variable."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from recognizer.errors import SettingsInvalid
from recognizer.settings import load_settings


def test_there_is_a_default_for_each(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DATA_DIR", "THREADS", "ADMIN_TOKEN_SHA256"):
        monkeypatch.delenv(f"RECOGNIZER_{name}", raising=False)
    settings = load_settings()
    assert settings.data_dir.name == "recognizer"
    assert settings.upload_link_lifetime == timedelta(minutes=15)


def test_the_environment_counts(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
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
    ],
)
def test_a_value_that_can_not_be_is_named_and_not_repeated(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(f"RECOGNIZER_{name}", value)
    with pytest.raises(SettingsInvalid, match=f"RECOGNIZER_{name}: ") as refused:
        load_settings()
    if name == "ADMIN_TOKEN_SHA256":
        assert value not in str(refused.value)
