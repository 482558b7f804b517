"""The systemd unit, as systemd itself reads and rates it."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from pi_recorder.settings.schema import Settings

UNIT = Path(__file__).parents[1] / "systemd" / "pi-recorder.service"
pytestmark = pytest.mark.skipif(
    shutil.which("systemd-analyze") is None, reason="systemd is not installed"
)


def analyze(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["systemd-analyze", *arguments], capture_output=True, text=True, timeout=300, check=False
    )


def test_systemd_understands_every_line(tmp_path: Path) -> None:
    # The program is where only an installation puts it.
    unit = tmp_path / UNIT.name
    unit.write_text(UNIT.read_text().replace("/opt/pi-recorder/bin/pi-recorder", "/bin/true"))
    done = analyze("verify", "--man=no", str(unit))
    complaints = [line for line in done.stderr.splitlines() if UNIT.name in line]
    assert complaints == []
    assert done.returncode == 0, done.stderr


def test_the_unit_is_hardened() -> None:
    done = analyze("security", "--offline=true", str(UNIT))
    if "unrecognized option" in done.stderr:
        pytest.skip("this systemd can't judge a unit that is not loaded")
    found = re.search(r"Overall exposure level for \S+: ([\d.]+)", done.stdout)
    assert found, done.stdout + done.stderr
    assert float(found[1]) < 2.0, done.stdout  # of 10; the rest is the camera and the network


def test_the_telemetry_of_onnx_runtime_is_disabled() -> None:
    assert "\nEnvironment=ORT_DISABLE_TELEMETRY=1\n" in UNIT.read_text()


def test_systemd_waits_longer_than_a_stop_takes() -> None:
    seconds = re.search(r"^TimeoutStopSec=(\d+)$", UNIT.read_text(), re.MULTILINE)
    assert seconds
    assert int(seconds[1]) > Settings(token="t").stop_timeout_s + 1
