"""Run Terraform with the real provider on a copy of the sources, against a local AWS."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from terraform.proof.local_aws import LocalAws

ROOT = Path(__file__).resolve().parents[2]
SOURCES = ("libs/facecore", "services/recognizer", "tools", "terraform")
"""The files that Terraform reads: its own files, and the image's sources."""
FAKE_BIN = Path(__file__).parent / "bin"
"""A folder with a ``docker`` that pushes an image's manifest and builds nothing."""
_OVERRIDE = """provider "aws" {
  s3_use_path_style = true
  max_retries       = 3
}
"""
"""A bucket's name can't be part of a host name on loopback. A call that the local AWS does not
support should fail fast; by default the provider tries 25 times."""
_LEAVE = shutil.ignore_patterns("__pycache__", "tests", "proof", ".terraform", "*.tfstate*")
NOTHING_TO_DO, CHANGES = 0, 2


@dataclass(frozen=True, slots=True)
class Deployment:
    """A root module's folder, and the environment of its Terraform."""

    folder: Path
    environment: Mapping[str, str]

    def run(
        self, *arguments: str, allowed: tuple[int, ...] = (0,)
    ) -> subprocess.CompletedProcess[str]:
        """Run one Terraform command. Raise with its output if the exit code is not allowed."""
        done = subprocess.run(
            ["terraform", f"-chdir={self.folder}", *arguments],
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode not in allowed:
            raise RuntimeError(f"terraform {' '.join(arguments)}:\n{done.stdout}\n{done.stderr}")
        return done

    def apply(self, **variables: Any) -> None:
        """Apply without confirmation. Later commands use the variables too."""
        written = json.dumps(variables)
        (self.folder / "proof.auto.tfvars.json").write_text(written, encoding="utf-8")
        self.run("apply", "-auto-approve", "-input=false", "-parallelism=30")

    def outputs(self) -> Mapping[str, Any]:
        """Return the value of every output."""
        response = json.loads(self.run("output", "-json").stdout)
        return {name: output["value"] for name, output in response.items()}

    def is_up_to_date(self) -> bool:
        """Return whether a plan would change nothing; print its changes."""
        done = self.run("plan", "-detailed-exitcode", "-input=false", allowed=(0, CHANGES))
        if done.returncode == CHANGES:
            print(done.stdout)
        return done.returncode == NOTHING_TO_DO

    def destroy(self) -> None:
        """Destroy everything."""
        self.run("destroy", "-auto-approve", "-input=false", "-parallelism=30")


@contextmanager
def deployment(folder: Path, aws: LocalAws) -> Iterator[Deployment]:
    """Yield a copy with its provider set up. Nothing is applied yet."""
    for source in SOURCES:
        shutil.copytree(ROOT / source, folder / source, ignore=_LEAVE)
    (folder / "terraform" / "proof_override.tf").write_text(_OVERRIDE, encoding="utf-8")
    environment = {
        **os.environ,
        **aws.environment(),
        "PATH": f"{FAKE_BIN}{os.pathsep}{os.environ['PATH']}",
        "TF_DATA_DIR": str(folder / "data"),
        "CHECKPOINT_DISABLE": "1",
    }
    made = Deployment(folder / "terraform", environment)
    plugins = os.environ.get("TF_PLUGIN_DIR")
    made.run("init", "-input=false", *([f"-plugin-dir={plugins}"] if plugins else []))
    yield made
