"""Settings of the live page and of the integrations."""

from __future__ import annotations

import pytest

from pi_recorder.errors import SettingsError
from pi_recorder.settings.loading import load_settings
from pi_recorder.settings.schema import Settings


def loaded(monkeypatch: pytest.MonkeyPatch, **variables: str) -> Settings:
    monkeypatch.setenv("PI_RECORDER_TOKEN", "t")
    for name, value in variables.items():
        monkeypatch.setenv(f"PI_RECORDER_{name.upper()}", value)
    return load_settings()


def test_the_page_is_for_this_machine_alone_until_it_is_opened(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    settings = loaded(monkeypatch)
    assert (settings.live_host, settings.live_port) == ("127.0.0.1", 8080)
    assert settings.live_password is settings.webhook_url is settings.mqtt_url is None


@pytest.mark.parametrize("off", ["off", "0"])
def test_the_page_can_be_off(monkeypatch: pytest.MonkeyPatch, off: str) -> None:
    assert loaded(monkeypatch, live_port=off).live_port == 0


def test_events_are_named_in_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = loaded(monkeypatch, webhook_events="visit_named, camera_away")
    assert settings.webhook_events == ("visit_named", "camera_away")


@pytest.mark.parametrize(
    ("name", "value", "fix"),
    [
        ("live_port", "70000", "give a whole number from 0 to 65,535"),
        ("live_password", "hunter2", "at least 8"),
        ("live_fps", "0", "give a number from 0.2 to 30"),
        ("webhook_url", "http://example.org/hook-secret", "use https"),
        ("webhook_secret", "whsec_hunter2", "openssl rand -base64 32"),
        ("webhook_events", "visit_named,door_opened", "there are answered"),
        ("mqtt_url", "mqtt://any:hunter2@broker.example.org", "use mqtts"),
        ("mqtt_topic", "home/#", "give one such as pi-recorder/door"),
    ],
)
def test_a_wrong_one_is_named_with_its_fix_and_without_a_secret(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, fix: str
) -> None:
    with pytest.raises(SettingsError, match=fix) as refused:
        loaded(monkeypatch, **{name: value})
    assert str(refused.value).startswith(f"PI_RECORDER_{name.upper()}: ")
    assert "hunter2" not in str(refused.value)
    assert "hook-secret" not in str(refused.value)
