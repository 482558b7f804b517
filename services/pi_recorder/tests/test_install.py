"""The install script, as far as it needs neither a Raspberry Pi nor root's folders."""

from __future__ import annotations

import os
import re
import shutil
import stat
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[1] / "install.sh"
REPOSITORY = SCRIPT.parents[2]
TOOLS = Path(sys.executable).parent


def install(root: Path | None, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if name != "DESTDIR"}
    if root:
        environment["DESTDIR"] = str(root)
    return subprocess.run(
        [str(SCRIPT), *arguments],
        env=environment,
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )


@pytest.mark.exhaustive
@pytest.mark.timeout(900)
def test_it_installs_updates_and_removes(tmp_path: Path) -> None:
    """This is one test, because making the environment takes a minute."""
    root = tmp_path / "root"
    device = tmp_path / "door.env"
    device.write_text("PI_RECORDER_URL=https://example.org\nPI_RECORDER_TOKEN=frd_door\n")
    skip_without_index(tmp_path / "index")
    done = install(root, "--device", str(device), "--set", "camera=/dev/video0")
    assert done.returncode == 0, done.stderr
    it_runs_with_its_settings(root)
    its_token_is_for_its_owner_and_the_recorder(root)
    its_unit_starts_what_is_there(root)
    its_versions_are_the_locks(root)
    again_is_an_update_that_keeps_the_settings(root)
    removing_it_leaves_settings_and_recordings(root)


def skip_without_index(folder: Path) -> None:
    download = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "poetry-core"]
    if subprocess.run([*download, "--dest", str(folder)], check=False).returncode:
        pytest.skip("pip reaches no package index from here")


def it_runs_with_its_settings(root: Path) -> None:
    config = root / "etc/pi-recorder/config.toml"
    shown = command(root, "config", "check", "--config", config)
    assert (shown.returncode, shown.stdout) == (0, "all settings are valid\n"), shown.stderr
    assert shown.stderr == ""  # no file that everybody can read holds a secret
    assert 'camera = "/dev/video0"' in config.read_text()
    assert 'spool_dir = "/var/lib/pi-recorder/spool"' in config.read_text()


def command(root: Path, *arguments: object) -> subprocess.CompletedProcess[str]:
    program = [str(root / "opt/pi-recorder/bin/pi-recorder"), *map(str, arguments)]
    return subprocess.run(program, capture_output=True, text=True, check=False, timeout=300)


def its_token_is_for_its_owner_and_the_recorder(root: Path) -> None:
    mode = (root / "etc/pi-recorder/device.env").stat().st_mode
    assert stat.S_IMODE(mode) == 0o640


def its_unit_starts_what_is_there(root: Path) -> None:
    unit = (root / "etc/systemd/system/pi-recorder.service").read_text()
    assert unit == (SCRIPT.parent / "systemd/pi-recorder.service").read_text()
    [start] = [line for line in unit.splitlines() if line.startswith("ExecStart=")]
    program = start.removeprefix("ExecStart=").split()[0]
    assert (root / program.lstrip("/")).is_file()
    assert (root / "usr/local/bin/pi-recorder").readlink() == Path(program)


def its_versions_are_the_locks(root: Path) -> None:
    text = (root / "opt/pi-recorder/requirements.txt").read_text()
    chosen = re.findall(r"^\S+==\S+", text, re.MULTILINE)
    assert len(chosen) > 10
    script = (
        "from importlib.metadata import version\n"
        "print(*(f'{n}=={version(n)}' for n in ('pydantic', 'httpx', 'onnxruntime')))"
    )
    python = root / "opt/pi-recorder/bin/python"
    done = subprocess.run([python, "-c", script], capture_output=True, text=True, check=True)
    assert set(done.stdout.split()) <= set(chosen)


def again_is_an_update_that_keeps_the_settings(root: Path) -> None:
    config, device = root / "etc/pi-recorder/config.toml", root / "etc/pi-recorder/device.env"
    config.write_text('camera = "demo"\n')
    before = device.read_text()
    done = install(root, "--set", "camera=/dev/video1")
    assert done.returncode == 0, done.stderr
    assert config.read_text() == 'camera = "demo"\n'
    assert device.read_text() == before


def removing_it_leaves_settings_and_recordings(root: Path) -> None:
    recording = root / "var/lib/pi-recorder/spool/segment.mp4"
    recording.parent.mkdir(parents=True)
    recording.touch()
    done = install(root, "--uninstall")
    assert done.returncode == 0, done.stderr
    assert not (root / "opt/pi-recorder").exists()
    assert not (root / "etc/systemd/system/pi-recorder.service").exists()
    assert (root / "etc/pi-recorder/device.env").exists()
    assert recording.exists()
    assert install(root, "--uninstall", "--purge").returncode == 0
    assert not (root / "etc/pi-recorder").exists()
    assert not recording.exists()


def test_pip_installs_nothing_without_a_hash() -> None:
    calls = [line for line in install(None, "--dry-run").stderr.splitlines() if "-m pip " in line]
    assert len(calls) == 2
    assert "--require-hashes --only-binary :all: --requirement" in calls[0]
    assert "--no-index --no-deps --no-build-isolation" in calls[1]


@pytest.mark.exhaustive
@pytest.mark.timeout(900)
def test_a_package_with_another_hash_is_refused(tmp_path: Path) -> None:
    skip_without_index(tmp_path / "index")
    repository = tmp_path / "repository"
    for part in ("libs/facecore", "services/pi_recorder", "tools"):
        shutil.copytree(
            REPOSITORY / part,
            repository / part,
            ignore=shutil.ignore_patterns("tests", "__pycache__"),
        )
    requirements = repository / "services/pi_recorder/requirements.txt"
    lines = requirements.read_text().splitlines()
    first = next(number for number, line in enumerate(lines) if line.startswith("annotated-doc=="))
    wrong = [lines[first], f"    --hash=sha256:{'0' * 64}"]
    requirements.write_text("\n".join([*lines[:first], *wrong]) + "\n")
    root = tmp_path / "root"
    done = subprocess.run(
        [repository / "services/pi_recorder/install.sh"],
        env={**os.environ, "DESTDIR": str(root)},
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert done.returncode != 0
    assert "DO NOT MATCH THE HASHES" in done.stderr
    assert not (root / "usr/local/bin/pi-recorder").exists()
    assert not (root / "etc/systemd/system/pi-recorder.service").exists()


@pytest.mark.parametrize(("folder", "ours"), [("dist-packages", 0), ("site-packages", 2)])
def test_the_system_s_numpy_is_not_replaced(folder: str, ours: int, tmp_path: Path) -> None:
    """Debian's packages lie in dist-packages. The lock has a numpy for Python 3.13 and another."""
    metadata = tmp_path / folder / "numpy-2.2.4.dist-info" / "METADATA"
    metadata.parent.mkdir(parents=True)
    metadata.write_text("Metadata-Version: 2.1\nName: numpy\nVersion: 2.2.4\n")
    done = subprocess.run(
        [sys.executable, REPOSITORY / "tools/pi_requirements.py"],
        env={**os.environ, "PYTHONPATH": str(tmp_path / folder)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.count("\nnumpy==") == ours
    assert done.stdout.count("\nonnxruntime==") == 1


def test_every_package_has_a_hash_for_each_machine_and_python() -> None:
    """A Raspberry Pi and a PC, with each Python that the script takes."""
    entries = re.split(r"(?<!\\)\n", (SCRIPT.parent / "requirements.txt").read_text())
    named = [entry for entry in entries if entry and not entry.startswith("#")]
    assert all("--hash=sha256:" in entry for entry in named)
    locked = tomllib.loads((REPOSITORY / "poetry.lock").read_text())["package"]
    wheels = {(one["name"], one["version"]): [f["file"] for f in one["files"]] for one in locked}
    for entry in named:
        name, version = re.match(r"(\S+)==(\S+)", entry).groups()  # type: ignore[union-attr] # an entry
        files = [file for file in wheels[name, version] if file.endswith(".whl")]
        anywhere = any(file.endswith("-none-any.whl") for file in files)
        for machine in () if anywhere else ("aarch64", "x86_64"):
            assert any("manylinux" in file and machine in file for file in files), (name, machine)


def test_a_dry_run_prints_the_steps_and_takes_none(tmp_path: Path) -> None:
    done = install(tmp_path / "nothing", "--dry-run")
    assert done.returncode == 0, done.stderr
    assert "-m pip install" in done.stderr
    assert not (tmp_path / "nothing").exists()
    whole = install(None, "--dry-run")
    for step in ("apt-get install", "useradd --system", "systemctl enable pi-recorder"):
        assert step in whole.stderr


def test_a_wrong_option_prints_how_it_is_used() -> None:
    done = install(None, "--instal")
    assert done.returncode == 2
    assert "usage: sudo services/pi_recorder/install.sh" in done.stderr


@pytest.mark.skipif(not (TOOLS / "shellcheck").exists(), reason="shellcheck is not installed")
def test_shellcheck_finds_nothing() -> None:
    done = subprocess.run(
        [TOOLS / "shellcheck", SCRIPT], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout
