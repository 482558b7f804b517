from __future__ import annotations

import base64
import json
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import boto3
import pytest

from tests.support.aws_resources import REGION
from tests.support.moto import Moto, moto

if TYPE_CHECKING:
    from mypy_boto3_ecr import ECRClient

__all__ = ["moto"]

ROOT = Path(__file__).resolve().parents[2]
STAND_IN = ROOT / "terraform" / "proof" / "bin"
TAG = "3f1c5a1e"


@dataclass(frozen=True, slots=True)
class Publishing:
    """An empty repository, and the command that publishes to it."""

    url: str
    ecr: ECRClient
    environment: dict[str, str]
    docker_log: Path

    def run(self, *options: str, **variables: str) -> tuple[int, str, str]:
        """Run it and return exit code, standard output and standard error."""
        command = [sys.executable, str(ROOT / "tools" / "publish_image.py"), *options]
        command += ["--repository-url", self.url, "--tag", TAG, "--region", REGION]
        environment = {**self.environment, **variables}
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        return done.returncode, done.stdout, done.stderr

    def digests(self) -> list[str]:
        """Return the digests of the images in the repository."""
        name = self.url.partition("/")[2]
        found = self.ecr.describe_images(repositoryName=name)["imageDetails"]
        return [image["imageDigest"] for image in found]

    def docker_calls(self) -> list[list[str]]:
        """Return the arguments of each call of docker so far."""
        if not self.docker_log.exists():
            return []
        return [json.loads(line) for line in self.docker_log.read_text("utf-8").splitlines()]


@pytest.fixture
def publishing(moto: Moto, tmp_path: Path) -> Publishing:
    moto.reset()
    settings = moto.environment()
    ecr = boto3.client(
        "ecr",
        region_name=REGION,
        endpoint_url=moto.url,
        aws_access_key_id=settings["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=settings["AWS_SECRET_ACCESS_KEY"],
    )
    made = ecr.create_repository(repositoryName="recognizer")
    log = tmp_path / "docker.log"
    environment = {**settings, "PATH": f"{STAND_IN}:{os.environ['PATH']}"}
    environment["FAKE_DOCKER_LOG"] = str(log)
    return Publishing(made["repository"]["repositoryUri"], ecr, environment, log)


def test_an_image_is_built_and_pushed_once_and_then_found(publishing: Publishing) -> None:
    code, printed, said = publishing.run("--json")
    assert code == 0, said
    published = json.loads(printed)
    assert publishing.digests() == [published["digest"]]
    assert published["image"] == f"{publishing.url}:{TAG}"
    assert published["built"]
    calls = len(publishing.docker_calls())

    code, printed, said = publishing.run("--json")
    assert code == 0, said
    assert json.loads(printed) == {**published, "built": False}
    assert len(publishing.docker_calls()) == calls


def test_docker_makes_a_plain_image_for_the_function_s_platform(publishing: Publishing) -> None:
    code, _, said = publishing.run("--platform", "linux/amd64", PIP_CONFIG_FILE="/etc/mirror.conf")
    assert code == 0, said
    build = publishing.docker_calls()[-1]
    assert build[:2] == ["buildx", "build"]
    assert build[build.index("--platform") + 1] == "linux/amd64"
    assert {"--push", "--provenance=false", "--sbom=false", "BACKEND=onnx"} <= set(build)
    assert build[build.index("--secret") + 1] == "id=pip,src=/etc/mirror.conf"


def test_the_password_stands_on_no_command_line_and_in_no_output(publishing: Publishing) -> None:
    token = publishing.ecr.get_authorization_token()["authorizationData"][0]["authorizationToken"]
    password = base64.b64decode(token).decode().partition(":")[2]
    code, printed, said = publishing.run()
    assert code == 0, said
    calls = publishing.docker_calls()
    assert ["login", "--username", "AWS", "--password-stdin", _host(publishing)] in calls
    assert password not in json.dumps(calls) + printed + said


def test_a_dry_run_prints_the_steps_and_takes_none(publishing: Publishing) -> None:
    code, printed, _ = publishing.run("--dry-run")
    assert code == 0
    assert "docker login --username AWS --password-stdin" in printed
    assert "docker buildx build --platform linux/arm64" in printed
    assert publishing.docker_calls() == []
    assert publishing.digests() == []


def test_without_docker_it_says_what_is_missing(publishing: Publishing, tmp_path: Path) -> None:
    code, _, said = publishing.run(PATH=str(tmp_path))
    assert code == 3
    assert "docker is not installed" in said


@pytest.mark.exhaustive
def test_when_docker_does_not_run_it_says_so(publishing: Publishing) -> None:
    code, _, said = publishing.run(FAKE_DOCKER_DOWN="1")
    assert code == 3
    assert "start Docker" in said
    assert "Cannot connect to the Docker daemon" in said
    assert publishing.digests() == []


@pytest.mark.exhaustive
def test_a_build_that_fails_is_no_success(publishing: Publishing, tmp_path: Path) -> None:
    path = _docker(tmp_path, ['[ "$2" != build ] || { echo no space left >&2; exit 1; }'])
    code, _, said = publishing.run(PATH=path)
    assert code == 1
    assert "no space left" in said
    assert "could not build or push" in said


def test_a_push_that_ecr_does_not_hold_is_no_success(
    publishing: Publishing, tmp_path: Path
) -> None:
    digest = f"sha256:{'0' * 64}"
    finds_its_file = 'for word; do [ "$last" = --metadata-file ] && file=$word; last=$word; done'
    writes = f'[ -z "$file" ] || echo \'{{"containerimage.digest": "{digest}"}}\' > "$file"'
    code, _, said = publishing.run(PATH=_docker(tmp_path, [finds_its_file, writes]))
    assert code == 1
    assert f"{digest} was pushed" in said
    assert "ECR holds nothing" in said


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("example.org/recognizer", "is not an ECR repository"),
        ("123456789012.dkr.ecr.eu-central-1.amazonaws.com/other", "can't be read"),
    ],
)
def test_a_repository_that_is_not_there_is_named(
    publishing: Publishing, url: str, reason: str
) -> None:
    wrong = Publishing(url, publishing.ecr, publishing.environment, publishing.docker_log)
    code, _, said = wrong.run()
    assert code == 1
    assert reason in said
    assert url in said
    assert publishing.docker_calls() == []


def _docker(folder: Path, lines: Sequence[str]) -> str:
    """Return a search path whose ``docker`` is a script of these lines."""
    script = folder / "docker"
    script.write_text("\n".join(["#!/bin/sh", *lines, "exit 0", ""]), encoding="utf-8")
    script.chmod(0o755)
    return f"{folder}:{os.environ['PATH']}"


def _host(publishing: Publishing) -> str:
    return publishing.url.partition("/")[0]
