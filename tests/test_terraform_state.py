"""The command that creates the bucket of Terraform's state, against a stand-in for AWS."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.moto import Moto, aws, moto

__all__ = ["aws", "moto"]

COMMAND = (sys.executable, Path(__file__).parents[1] / "tools" / "terraform_state.py")
ACCOUNT = "123456789012"
DEFAULT = f"recognizer-state-{ACCOUNT}-eu-central-1"


def run(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run((*COMMAND, *arguments), capture_output=True, text=True, check=False)


def test_the_bucket_is_versioned_encrypted_private_and_takes_tls_only(
    aws: Moto, tmp_path: Path
) -> None:
    done = run("--output", tmp_path / "backend.tf")

    assert done.returncode == 0, done.stderr
    s3 = aws.s3()
    assert s3.get_bucket_versioning(Bucket=DEFAULT)["Status"] == "Enabled"
    rules = s3.get_bucket_encryption(Bucket=DEFAULT)["ServerSideEncryptionConfiguration"]["Rules"]
    assert rules[0]["ApplyServerSideEncryptionByDefault"]["SSEAlgorithm"] == "AES256"
    blocked = s3.get_public_access_block(Bucket=DEFAULT)["PublicAccessBlockConfiguration"]
    assert len(blocked) == 4
    assert all(blocked.values())
    owned = s3.get_bucket_ownership_controls(Bucket=DEFAULT)["OwnershipControls"]["Rules"]
    assert owned == [{"ObjectOwnership": "BucketOwnerEnforced"}]
    [statement] = json.loads(s3.get_bucket_policy(Bucket=DEFAULT)["Policy"])["Statement"]
    assert statement["Effect"] == "Deny"
    assert statement["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
    assert statement["Resource"] == [f"arn:aws:s3:::{DEFAULT}", f"arn:aws:s3:::{DEFAULT}/*"]


def test_the_configuration_is_printed_and_written(
    aws: Moto, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("AWS_DEFAULT_REGION")  # AWS_REGION is enough, as it is for Terraform
    file = tmp_path / "backend.tf"

    done = run("--output", file)

    assert done.stdout == file.read_text()
    words = " ".join(done.stdout.split())
    assert f'bucket = "{DEFAULT}"' in words
    assert 'key = "recognizer/terraform.tfstate"' in words
    assert 'region = "eu-central-1"' in words
    assert "encrypt = true use_lockfile = true" in words


def test_a_second_run_keeps_the_state_and_corrects_the_bucket(aws: Moto, tmp_path: Path) -> None:
    file = tmp_path / "backend.tf"
    run("--output", file)
    before = file.read_text()
    aws.s3().delete_bucket_policy(Bucket=DEFAULT)  # as long as it is there, plain HTTP is refused
    aws.s3().put_object(Bucket=DEFAULT, Key="recognizer/terraform.tfstate", Body=b"{}")

    done = run("--output", file)

    assert done.returncode == 0, done.stderr
    assert file.read_text() == before
    assert "TlsOnly" in aws.s3().get_bucket_policy(Bucket=DEFAULT)["Policy"]
    aws.s3().delete_bucket_policy(Bucket=DEFAULT)
    kept = aws.s3().get_object(Bucket=DEFAULT, Key="recognizer/terraform.tfstate")
    assert kept["Body"].read() == b"{}"


def test_json_names_bucket_key_and_region(aws: Moto, tmp_path: Path) -> None:
    done = run("--bucket", "mine", "--key", "a/b", "--json", "--output", tmp_path / "backend.tf")

    assert json.loads(done.stdout) == {"bucket": "mine", "key": "a/b", "region": "eu-central-1"}


def test_a_file_that_names_another_state_is_left_alone(aws: Moto, tmp_path: Path) -> None:
    file = tmp_path / "backend.tf"
    run("--output", file)
    before = file.read_text()

    done = run("--bucket", "another-state", "--output", file)

    assert done.returncode == 1
    assert "names another state" in done.stderr
    assert file.read_text() == before


def test_without_a_region_it_says_what_to_set(
    aws: Moto, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("AWS_REGION")
    monkeypatch.delenv("AWS_DEFAULT_REGION")
    monkeypatch.setenv("AWS_CONFIG_FILE", os.devnull)

    done = run("--output", tmp_path / "backend.tf")

    assert done.returncode == 1
    assert "set AWS_REGION" in done.stderr
    assert not (tmp_path / "backend.tf").exists()
