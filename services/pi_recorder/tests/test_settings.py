"""Settings come from files, credentials and the environment, and every wrong one is explained."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from pi_recorder.errors import SettingsError
from pi_recorder.settings.files import meanings_of_settings, template
from pi_recorder.settings.loading import load, load_settings
from pi_recorder.settings.schema import Settings

README = Path(__file__).parents[1] / "README.md"


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """A settings file with a token, for its owner alone."""
    path = tmp_path / "config.toml"
    path.touch(mode=0o600)
    path.write_text('token = "from-the-file"\nsegment_seconds = 20\ncamera = "clip.mp4"\n')
    return path


def token(config: Path | None = None) -> str:
    return load_settings(config).token.get_secret_value()


def wrong(config: Path | None = None) -> str:
    with pytest.raises(SettingsError) as refused:
        load(config)
    return str(refused.value)


def test_the_command_line_beats_the_environment_which_beats_the_file(
    config: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PI_RECORDER_SEGMENT_SECONDS", "30")
    monkeypatch.setenv("PI_RECORDER_UPLOAD_DRAIN_S", "1")
    loaded = load(config, upload_drain_s=2, camera=None)

    settings = loaded.settings
    assert (settings.camera, settings.segment_seconds, settings.upload_drain_s) == (
        "clip.mp4",
        30,
        2,
    )
    assert loaded.origins == {
        "token": str(config),
        "camera": str(config),
        "segment_seconds": "environment",
        "upload_drain_s": "command line",
    }
    assert loaded.warnings == []


def test_the_file_is_found_by_its_variable_and_in_the_users_folder(
    config: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = tmp_path / "user-config" / "pi-recorder" / "config.toml"
    own.parent.mkdir(parents=True)
    own.write_text('token = "my-own"\n')
    assert token() == "my-own"
    monkeypatch.setenv("PI_RECORDER_CONFIG", str(config))
    assert token() == "from-the-file"


def test_a_file_that_is_named_must_be_there(tmp_path: Path) -> None:
    assert "pi-recorder config init" in wrong(tmp_path / "gone.toml")


def test_unknown_names_are_refused_with_the_nearest_right_one(config: Path) -> None:
    config.write_text('camra = "demo"\nspool_dri = "x"\nzzz = 1\n')
    assert wrong(config).splitlines() == [
        f"{config}: there is no setting camra; did you mean camera?",
        f"{config}: there is no setting spool_dri; did you mean spool_dir?",
        f"{config}: there is no setting zzz",
    ]


def test_a_file_that_is_not_toml_names_the_line(config: Path) -> None:
    config.write_text("camera: demo\n")
    assert "not TOML" in wrong(config)
    assert "line 1" in wrong(config)


def test_a_wrong_value_names_file_and_fix_and_is_not_shown(config: Path) -> None:
    config.write_text('url = "http://user:hidden@example.org"\ntoken = "t"\nsegment_seconds = 0\n')
    text = wrong(config)
    assert f"{config}: url: " in text
    assert f"{config}: segment_seconds: " in text
    assert "hidden" not in text


@pytest.mark.parametrize(
    ("name", "value", "shown"),
    [
        ("MQTT_TOPIC", "a/#", "MQTT_TOPIC: it is no topic; give one such as pi-recorder/door"),
        ("SEGMENT_SECONDS", "long", "SEGMENT_SECONDS: give a number from 1 to 600"),
        ("SEGMENT_SECONDS", "nan", "SEGMENT_SECONDS: give a number from 1 to 600"),
        ("CAMERA_FPS", "0.5", "CAMERA_FPS: give a whole number from 1 to 120"),
        ("SPOOL_MAX_BYTES", "much", "SPOOL_MAX_BYTES: give a size such as 500MB or 16GiB"),
        ("KEEP_UPLOADED", "perhaps", "KEEP_UPLOADED: give true or false"),
        ("LIVE_PASSWORD", "short", "LIVE_PASSWORD: give at least 8 characters"),
        ("URL", "ftp://x", "URL: an address begins with https://"),
    ],
)
def test_a_refused_setting_says_what_would_be_right(
    config: Path, monkeypatch: pytest.MonkeyPatch, name: str, value: str, shown: str
) -> None:
    monkeypatch.setenv(f"PI_RECORDER_{name}", value)
    message = wrong(config)
    assert f"PI_RECORDER_{shown}" in message
    assert not re.search(r"pattern|Value error|items|parse", message)


def test_a_device_file_beside_it_is_read_as_the_recognizer_wrote_it(config: Path) -> None:
    device = config.with_name("device.env")
    device.touch(mode=0o600)
    device.write_text("PI_RECORDER_URL=https://example.org\nPI_RECORDER_TOKEN=frd_device\n")
    loaded = load(config)
    assert loaded.settings.url == "https://example.org"
    assert loaded.settings.token.get_secret_value() == "frd_device"
    assert loaded.origins["token"] == str(device)
    assert loaded.origins["camera"] == str(config)


def test_a_wrong_line_of_the_device_file_is_refused(config: Path) -> None:
    device = config.with_name("device.env")
    device.write_text("PI_RECORDER_URL=https://example.org\nhello there\n")
    assert wrong(config) == f"{device}: line 2 is not NAME=value"
    device.write_text("PI_RECORDER_TOKN=x\n")
    assert "did you mean PI_RECORDER_TOKEN?" in wrong(config)


def test_a_credential_of_systemd_stands_for_the_device_file(
    config: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config.with_name("device.env").write_text("PI_RECORDER_TOKEN=not-for-this-user\n")
    credentials = tmp_path / "credentials"
    credentials.mkdir()
    (credentials / "device.env").write_text("PI_RECORDER_TOKEN=from-systemd\n")
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(credentials))
    assert token(config) == "from-systemd"
    (credentials / "token").write_text("alone\n")
    assert token(config) == "alone"


def test_the_token_may_stand_in_a_file_of_its_own(config: Path, tmp_path: Path) -> None:
    secret = tmp_path / "token"
    secret.touch(mode=0o600)
    secret.write_text("alone\n")
    config.write_text(f'token_file = "{secret}"\n')
    assert token(config) == "alone"
    config.write_text(f'token_file = "{secret}"\ntoken = "x"\n')
    assert "leave one out" in wrong(config)
    config.write_text(f'token_file = "{tmp_path / "gone"}"\n')
    assert "gone: there is no such file" in wrong(config)


def test_what_is_open_to_all_or_misspelt_is_warned_of(
    config: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config.chmod(0o644)
    monkeypatch.setenv("PI_RECORDER_CAMRA", "demo")
    open_file, unknown = load(config).warnings
    assert open_file == (
        f"{config}: everybody on this machine can read its secret; chmod o= {config}"
    )
    assert unknown.endswith("no setting PI_RECORDER_CAMRA; did you mean PI_RECORDER_CAMERA?")


def test_the_template_holds_every_setting_with_its_default() -> None:
    text = template()
    assert tomllib.loads(text) == {}  # nothing but comments
    shown = dict(re.findall(r"^# (\w+) = (.*)$", text, re.MULTILINE))
    assert list(shown) == list(Settings.model_fields)

    defaults = "\n".join(f"{k} = {v}" for k, v in shown.items() if not v.lstrip().startswith("#"))
    settings = Settings(token="t")
    assert Settings(token="t", **tomllib.loads(defaults)) == settings


def test_the_template_puts_in_force_what_it_is_given(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text(template({"camera": 'a "quoted" path.mp4', "upload_drain_s": 2.5}))
    settings = load_settings(path, token="t")
    assert (settings.camera, settings.upload_drain_s) == ('a "quoted" path.mp4', 2.5)


def test_every_setting_is_explained_in_the_class_and_in_the_readme() -> None:
    assert list(meanings_of_settings()) == list(Settings.model_fields)
    rows = re.findall(r"^\| (`(?:PI_RECORDER|…)_[^|]*)\|", README.read_text(), re.MULTILINE)
    shown = [name.lstrip("…") for row in rows for name in re.findall(r"`([^`]+)`", row)]
    for name in Settings.model_fields:
        assert any(f"PI_RECORDER_{name.upper()}".endswith(end) for end in shown), name
