"""``make deploy DRY_RUN=1`` prints its steps and takes none."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
STEPS = ("get_caller_identity", "terraform_state.py", "init", "plan", "apply", "output")


@pytest.fixture
def path_with_stand_ins(tmp_path: Path) -> str:
    """Put stand-ins on the path for programs that change something; they record their calls."""
    for name in ("terraform", "docker", "aws"):
        spy = tmp_path / name
        spy.write_text(f'#!/bin/sh\necho "{name} $*" >> "{tmp_path}/called"\n')
        spy.chmod(0o755)
    return f"{tmp_path}{os.pathsep}{os.environ['PATH']}"


def deploy(path: str, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    return subprocess.run(
        [ROOT / "tools" / "deploy.sh", *arguments],
        env={**environment, "PATH": path, **variables},
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_dry_run_prints_every_step_in_order_and_takes_none(
    path_with_stand_ins: str, tmp_path: Path
) -> None:
    done = deploy(path_with_stand_ins, "-var", "name=lab", DRY_RUN="1", AWS_REGION="eu-central-1")
    assert done.returncode == 0, done.stderr
    commands = [line for line in done.stderr.splitlines() if line.startswith("  $ ")]
    assert len(commands) == len(STEPS)
    for command, step in zip(commands, STEPS, strict=True):
        assert step in command
    assert "-var name=lab" in commands[3]
    assert not (tmp_path / "called").exists()


def test_without_a_region_nothing_is_begun(path_with_stand_ins: str, tmp_path: Path) -> None:
    done = deploy(path_with_stand_ins)
    assert done.returncode == 2
    assert "AWS_REGION" in done.stderr
    assert not (tmp_path / "called").exists()
