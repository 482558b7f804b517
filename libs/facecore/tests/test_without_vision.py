"""Contract, client, catalogue and command line need no library of the extra ``vision``."""

from __future__ import annotations

import subprocess
import sys

import pytest

BLOCKED = ("cv2", "google", "numpy", "onnx", "onnxruntime", "PIL")


@pytest.mark.parametrize(
    "module",
    [
        "contract",
        "client.recognizer",
        "models.catalogue",
        "models.store",
        "samples",
        "cli",
        "vision.overlap",
    ],
)
def test_a_module_imports_without_the_libraries_of_vision(module: str) -> None:
    code = f"import sys; sys.modules |= dict.fromkeys({BLOCKED}); import facecore.{module}"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
