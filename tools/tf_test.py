"""Test the deployment without an AWS account, step by step, and print what each step checked.

``make tf-test`` calls this. Static checks need only Python. Steps that run Terraform are skipped if
Terraform or the AWS provider is missing, and the reason is printed. ``TF_PLUGIN_DIR`` names a
folder of providers; without it Terraform fetches them. Exit code 0 if nothing failed.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from rich.console import Console
from rich.table import Table

ROOT = Path(__file__).resolve().parent.parent
TERRAFORM = ROOT / "terraform"
PROOF_BIN = ROOT / ".tools" / "proof" / "bin"
_CHECKOV_OPTIONS = ("--framework", "terraform", "--compact", "--quiet", "--skip-download")
_PROOF = (sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "--timeout=420", "-v")
_END_TO_END = ("made", "story", "rights", "destroyed")
"""In this order: the last destroys what the others test."""

console = Console(highlight=False)


@dataclass(frozen=True, slots=True)
class Step:
    """A command, and what its exit code 0 shows."""

    name: str
    shows: str
    command: tuple[str | Path, ...]
    needs_terraform: bool = False


class Outcome(StrEnum):
    """The outcome of a step."""

    PASSED = "passed"
    FAILED = "failed"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class Result:
    """One step's outcome, its duration in seconds, and the reason of a failure."""

    step: Step
    outcome: Outcome
    seconds: float
    reason: str = ""


def main() -> int:
    """Run every step; return 0 if none failed."""
    with tempfile.TemporaryDirectory(prefix="tf-test-") as folder:
        environment = {**os.environ, "TF_DATA_DIR": folder, "CHECKPOINT_DISABLE": "1"}
        why_not = _terraform_missing(environment)
        results = [_run(step, environment, why_not) for step in _steps()]
    _print(results)
    return 1 if any(result.outcome is Outcome.FAILED for result in results) else 0


def _steps() -> Iterator[Step]:
    here = f"-chdir={TERRAFORM}"
    yield Step(
        "terraform fmt",
        "the settings are formatted",
        ("terraform", here, "fmt", "-check", "-recursive", "-diff"),
        needs_terraform=True,
    )
    yield Step(
        "terraform validate",
        "they are valid for the AWS provider",
        ("terraform", here, "validate"),
        needs_terraform=True,
    )
    yield Step(
        "terraform test",
        "plans for default and hardened variables are as promised, wrong values are refused",
        ("terraform", here, "test"),
        needs_terraform=True,
    )
    yield Step(
        "checkov",
        "the security scan finds nothing that is not waived with its reason",
        (PROOF_BIN / "checkov", "--directory", TERRAFORM, *_CHECKOV_OPTIONS),
    )
    yield Step(
        "hadolint",
        "the Dockerfile is clean",
        (PROOF_BIN / "hadolint", ROOT / "services/recognizer/image/Dockerfile"),
    )
    yield Step(
        "zizmor",
        "the workflows hold no stored key and no known weakness",
        (PROOF_BIN / "zizmor", "--offline", "--quiet", ROOT / ".github"),
    )
    yield Step(
        "image",
        "the image's folder is assembled, small enough, and works without the checkout",
        (*_PROOF, TERRAFORM / "proof" / "test_image.py"),
    )
    yield Step(
        "end to end",
        "one apply creates all, a second changes nothing; settings are read back; the function "
        "enrols, recognises and deletes with exactly its permissions; destroy leaves nothing",
        (*_PROOF, *(TERRAFORM / "proof" / f"test_{name}.py" for name in _END_TO_END)),
        needs_terraform=True,
    )


def _terraform_missing(environment: dict[str, str]) -> str | None:
    """Run ``terraform init``; return why Terraform can't run, or None."""
    if shutil.which("terraform") is None:
        return "terraform is not installed"
    command = ["terraform", f"-chdir={TERRAFORM}", "init", "-backend=false", "-input=false"]
    if plugins := environment.get("TF_PLUGIN_DIR"):
        command.append(f"-plugin-dir={plugins}")
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode == 0:
        return None
    console.print(done.stderr.strip(), markup=False)
    return "the AWS provider is missing: let Terraform reach its registry, or set TF_PLUGIN_DIR"


def _run(step: Step, environment: dict[str, str], why_not: str | None) -> Result:
    if step.needs_terraform and why_not:
        return Result(step, Outcome.SKIPPED, 0, why_not)
    console.rule(step.name, align="left")
    started = time.monotonic()
    done = subprocess.run(step.command, env=environment, cwd=ROOT, check=False)
    outcome = Outcome.PASSED if done.returncode == 0 else Outcome.FAILED
    reason = "" if done.returncode == 0 else f"exit code {done.returncode}"
    return Result(step, outcome, time.monotonic() - started, reason)


_STYLE = {Outcome.PASSED: "green", Outcome.FAILED: "bold red", Outcome.SKIPPED: "yellow"}


def _print(results: list[Result]) -> None:
    table = Table("step", "", "seconds", "what", title="make tf-test", title_justify="left")
    for result in results:
        outcome = f"[{_STYLE[result.outcome]}]{result.outcome}"
        what = result.reason or result.step.shows
        table.add_row(result.step.name, outcome, f"{result.seconds:.0f}", what)
    console.print(table)


if __name__ == "__main__":
    sys.exit(main())
