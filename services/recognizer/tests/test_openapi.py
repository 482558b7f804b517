"""Test that the committed API description is the app's own."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

COMMITTED = Path(__file__).parents[1] / "openapi.json"


def test_the_committed_file_is_the_app_s_description() -> None:
    printed = subprocess.run(
        [sys.executable, "-m", "recognizer.entrypoints.http"],
        capture_output=True,
        check=True,
        text=True,
    ).stdout
    assert COMMITTED.read_text() == printed, "run: python -m recognizer.entrypoints.http"


def test_every_error_is_described_as_a_problem() -> None:
    described = json.loads(COMMITTED.read_text())
    for operations in described["paths"].values():
        for operation in operations.values():
            errors = {s: r for s, r in operation["responses"].items() if s >= "400"}
            assert errors
            for response in errors.values():
                (schema,) = response["content"].values()
                assert list(response["content"]) == ["application/problem+json"]
                assert schema["schema"]["$ref"].endswith("/Problem")


def test_every_call_but_health_and_sign_in_needs_authentication() -> None:
    described = json.loads(COMMITTED.read_text())
    open_calls = [
        path
        for path, operations in described["paths"].items()
        for operation in operations.values()
        if "security" not in operation
    ]
    assert open_calls == ["/v1/health", "/v1/session"], "of the latter, signing in"
