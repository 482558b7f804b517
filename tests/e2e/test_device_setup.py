"""The file of `recognizer devices add` is all that a recorder needs to be ready."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from tests.support.api import Api

BIN = Path(sys.executable).parent


def test_what_the_recognizer_writes_is_all_that_the_recorder_needs(
    running: Api, tmp_path: Path
) -> None:
    outside = {name: value for name, value in os.environ.items() if "PI_RECORDER_" not in name}
    admin = {**outside, "RECOGNIZER_URL": running.url, "RECOGNIZER_TOKEN": running.admin_token}
    device = tmp_path / "device.env"
    add = [str(BIN / "recognizer"), "devices", "add", "new-door", "--output", str(device)]
    subprocess.run(add, env=admin, check=True, timeout=300)

    config = tmp_path / "config.toml"
    given = ["--set", f"spool_dir={tmp_path}/spool"]
    init = [str(BIN / "pi-recorder"), "config", "init", str(config), *given]
    subprocess.run(init, env=outside, check=True, timeout=300)
    done = subprocess.run(
        [BIN / "pi-recorder", "doctor", "--config", config, "--json"],
        env=outside,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    checks = {check["name"]: check for check in json.loads(done.stdout)}
    assert checks["settings"]["state"] == checks["server"]["state"] == "ok"
    assert checks["token"]["found"] == "accepted, role device"
