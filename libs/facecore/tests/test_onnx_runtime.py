"""ONNX Runtime sends no telemetry, whatever the environment is."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest


@pytest.mark.parametrize("given", [None, "", "0"])
def test_it_keeps_no_identifier_and_nothing_to_send(given: str | None, tmp_path: Path) -> None:
    settings = {} if given is None else {"ORT_DISABLE_TELEMETRY": given}
    code = (
        "import facecore.vision.backends.onnx_runtime, os; "
        "print(os.environ['ORT_DISABLE_TELEMETRY'])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={"HOME": str(tmp_path), **settings},  # without CI's variables, which disable it too
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "1\n"
    assert list(tmp_path.rglob("*")) == []
