"""Nothing leaves: recognizer, recorder and function in a network that records what they do.

A library that reports to its maker, now or after an update, is found by the process that looks
up a name, opens a connection or writes a file which nobody configured.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from facecore.vision.analyzer import FaceAnalyzer
from tests.network import namespace

ROOT = Path(__file__).parents[2]
XRAY = "/tmp/.aws-xray/initialized"
"""An empty file that AWS's X-Ray SDK writes in a function when it is loaded."""
_PATIENCE_S = 800
PHONES_HOME = """
import pathlib, socket
socket.create_connection(("telemetry.example.com", 443))
socket.socket().connect_ex(("192.0.2.7", 8443))
socket.socket(type=socket.SOCK_DGRAM).sendto(b"", ("192.0.2.7", 4433))
pathlib.Path.home().joinpath(".telemetry").touch()
pathlib.Path("here").touch()
"""


def report(module: str, *arguments: str) -> Any:
    """Run a module in its own namespaces and return the JSON that it printed."""
    entrance = namespace.entrance()
    if entrance is None:
        pytest.skip(
            "namespaces can't be made: this needs Linux with unshare, and root or user ones"
        )
    done = subprocess.run(
        [*entrance, sys.executable, "-m", module, *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=_PATIENCE_S,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def unconfigured(activity: Any) -> list[str]:
    """Return the activity that is not configured."""
    done = [f"{seen['what']} {seen['where']} by {seen['process']}" for seen in activity["seen"]]
    return [
        *(line for line in done if line.partition(" by ")[0] not in activity["configured"]),
        *(f"file {path}" for path in activity["written"] if path != XRAY),
    ]


@pytest.mark.exhaustive
@pytest.mark.timeout(900)
def test_only_what_was_configured_is_reached_and_written(
    analyzer: FaceAnalyzer, portrait_files: dict[str, Path]
) -> None:
    activity = report("tests.network.story")  # the fixtures have fetched models and pictures
    assert activity["named"] == ["Barack Obama"]
    assert "Barack Obama" in activity["recorded"]
    found = unconfigured(activity)
    assert not found, "nobody configured:\n" + "\n".join(found)


def test_unconfigured_activity_of_a_program_is_recorded() -> None:
    seen = unconfigured(report("tests.network.one_program", PHONES_HOME))
    assert [line.partition(" by ")[0] for line in seen] == [
        "lookup telemetry.example.com",
        "tcp 198.18.0.1:443 (telemetry.example.com)",
        "tcp 192.0.2.7:8443",
        "udp 192.0.2.7:4433",
        "file /mnt/aside/program/.telemetry",
        "file /mnt/aside/program/here",
    ]
    assert "python -c" in seen[0]
    assert "import pathlib, socket" in seen[0]
