"""Test the command line on a deployment's tables and buckets: moto for AWS, a real server."""

from __future__ import annotations

import json
import re
import signal
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from pydantic import SecretStr

from facecore import samples
from recognizer.entrypoints.cli import credentials
from services.recognizer.tests.cli.conftest import (
    CommandLine,
    clean_environment,
    start,
    until_it_answers,
)
from tests.support.moto import Moto, aws, moto

__all__ = ["aws", "moto"]


@dataclass(frozen=True)
class Deployment:
    """A server on the AWS store, its output, and its admin's command line."""

    run: CommandLine
    printed: str
    credentials: Path


@pytest.fixture
def deployment(aws: Moto, tmp_path: Path) -> Iterator[Deployment]:
    kept = tmp_path / "credentials.json"
    environment = clean_environment(kept) | aws.environment()
    process = start(environment=environment)
    try:
        printed = until_it_answers(process)
        url = re.search(r"http://127\.0\.0\.1:\d+", printed.rpartition("The recognizer runs at")[2])
        assert url, printed
        yield Deployment(CommandLine(url[0], environment), printed, kept)
    finally:
        process.send_signal(signal.SIGTERM)
        rest, _ = process.communicate(timeout=300)
    assert process.returncode == 0, rest


@pytest.fixture
def laptop(aws: Moto, tmp_path: Path) -> CommandLine:
    """Return the command line of an admin with AWS credentials; no server answers."""
    environment = clean_environment(tmp_path / "credentials.json") | aws.environment()
    return CommandLine("https://deployment.invalid", environment)


def test_a_served_deployment_from_the_first_token_to_the_next(deployment: Deployment) -> None:
    run = deployment.run
    assert deployment.printed.count("fra_") == 1
    run.json("people", "add", "ada", "--name", "Ada", "--photo", str(samples.path("collins")))
    assert [person["label"] for person in run.json("people", "list")] == ["ada"]
    assert run.json("people", "reembed") == {"embedded": 0, "left": []}

    old = next(word for word in deployment.printed.split() if word.startswith("fra_"))
    assert run("admin-token").exit_code == 0
    assert run("people", "list").exit_code == 0  # the new one was kept
    refused = run("people", "list", RECOGNIZER_TOKEN=old)
    assert (refused.exit_code, "unauthenticated" in refused.stderr) == (1, True)

    checks = {check["name"]: check["state"] for check in run.json("doctor")}
    assert checks["server"] == checks["token"] == "ok"
    assert checks["table recognizer-crops"] == "ok"
    assert checks["table student_info"] == checks["bucket recognizer-faces-bucket"] == "ok"
    assert "data folder" not in checks


def test_the_admins_token_is_kept_for_the_deployments_address(
    laptop: CommandLine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RECOGNIZER_CREDENTIALS", str(tmp_path / "credentials.json"))
    credentials.keep("http://127.0.0.1:8000", tmp_path / "data", SecretStr("local"))
    first, second = laptop("admin-token"), laptop("admin-token")
    assert (first.exit_code, second.exit_code) == (0, 0), first.output
    assert second.stdout.count("fra_") == 1
    kept = credentials.find(laptop.url)
    assert kept is not None
    assert kept.get_secret_value() in second.stdout
    assert kept.get_secret_value() not in first.stdout
    assert credentials.find("http://127.0.0.1:8000") == SecretStr("local")  # another server's


def test_a_missing_address_gives_a_warning(laptop: CommandLine) -> None:
    home = CommandLine("http://127.0.0.1:8000", laptop.environment)
    result = home("admin-token")
    assert (result.exit_code, "--url" in result.stderr) == (0, True)


def test_a_data_folder_is_refused_on_aws(laptop: CommandLine, tmp_path: Path) -> None:
    refused = laptop("admin-token", "--data-dir", str(tmp_path))
    assert (refused.exit_code, "RECOGNIZER_STORE" in refused.stderr) == (1, True)


def test_doctor_names_what_is_missing(aws: Moto, laptop: CommandLine) -> None:
    aws.dynamodb().delete_table(TableName="recognizer-gallery")
    aws.s3().delete_bucket(Bucket="recognizer-faces-bucket")
    checks = _checks(laptop)
    assert checks["table recognizer-gallery"]["state"] == "fail"
    assert "RECOGNIZER_GALLERY_TABLE" in checks["table recognizer-gallery"]["fix"]
    assert checks["bucket recognizer-faces-bucket"]["state"] == "fail"
    assert checks["table recognizer-faces"]["state"] == "ok"


def test_doctor_says_once_that_aws_is_out_of_reach(laptop: CommandLine) -> None:
    checks = _checks(laptop, AWS_ENDPOINT_URL="http://127.0.0.1:9")
    assert (checks["AWS"]["state"], "AWS_REGION" in checks["AWS"]["fix"]) == ("fail", True)
    assert not [name for name in checks if name.startswith(("table", "bucket"))]


def test_doctor_says_which_aws_settings_are_missing(laptop: CommandLine) -> None:
    checks = _checks(laptop, AWS_REGION=None, AWS_DEFAULT_REGION=None)
    assert (checks["AWS"]["state"], "AWS_REGION" in checks["AWS"]["found"]) == ("fail", True)


def _checks(run: CommandLine, **environment: str | None) -> dict[str, dict[str, str]]:
    # No server runs, so the exit code is 1 in any case.
    result = CommandLine(run.url, run.environment | environment)("doctor", "--json")
    assert result.exit_code == 1, result.output
    return {check["name"]: check for check in json.loads(result.stdout)}
