"""Create the bucket for Terraform's state, and write Terraform's backend configuration.

The bucket is versioned (a state can be restored), encrypted, private, and refuses requests without
TLS. Safe to run again: correct settings stay. The configuration is printed and written to
terraform/backend.tf, which is not committed.
https://developer.hashicorp.com/terraform/language/backend/s3

Exit codes: 0 the bucket exists and the file is written, 1 one of them failed, 2 the command is not
valid.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import boto3
import typer
from botocore.exceptions import BotoCoreError, ClientError
from rich.console import Console

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

BACKEND_FILE = Path(__file__).resolve().parents[1] / "terraform" / "backend.tf"
_CONFIGURATION = """terraform {{
  backend "s3" {{
    bucket       = "{bucket}"
    key          = "{key}"
    region       = "{region}"
    encrypt      = true
    use_lockfile = true
  }}
}}
"""
_AWS_FIRST_REGION = "us-east-1"
"""The region that must not be named when a bucket is created."""

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
log = Console(stderr=True, highlight=False, markup=False, soft_wrap=True)


class StateUnavailable(Exception):
    """The bucket or the file can't be created; the message says what to do."""


@dataclass(frozen=True, slots=True)
class State:
    """The location of Terraform's state."""

    bucket: str
    key: str
    region: str

    def configuration(self) -> str:
        """Return Terraform's backend configuration; the lock is in the bucket, without a table."""
        return _CONFIGURATION.format(**asdict(self))


@app.command()
def main(
    *,
    bucket: Annotated[
        str | None,
        typer.Option(help="The bucket's name; by default recognizer-state-ACCOUNT-REGION."),
    ] = None,
    key: Annotated[str, typer.Option(help="The state's key.")] = "recognizer/terraform.tfstate",
    output: Annotated[Path, typer.Option(help="File for the configuration.")] = BACKEND_FILE,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON for programs.")] = False,
) -> None:
    """Create the bucket for Terraform's state, and write Terraform's configuration."""
    try:
        state = prepare(bucket, key)
        write(state, output)
    except StateUnavailable as error:
        log.print(f"error: {error}")
        raise typer.Exit(1) from error
    typer.echo(json.dumps(asdict(state)) if as_json else state.configuration(), nl=as_json)


def prepare(bucket: str | None, key: str) -> State:
    """Create the bucket or its missing settings. Raises ``StateUnavailable``."""
    # boto3 reads AWS_DEFAULT_REGION only, Terraform both.
    session = boto3.Session(region_name=os.environ.get("AWS_REGION") or None)
    region = session.region_name
    if region is None:
        raise StateUnavailable("no region is set; set AWS_REGION, such as eu-central-1")
    try:
        account = session.client("sts").get_caller_identity()["Account"]
        state = State(bucket or f"recognizer-state-{account}-{region}", key, region)
        _make(session.client("s3"), state, account)
    except (BotoCoreError, ClientError) as error:
        raise StateUnavailable(f"AWS refuses: {error}") from error
    return state


def write(state: State, file: Path) -> None:
    """Write the configuration to the file. Raises ``StateUnavailable``."""
    wanted = state.configuration()
    if file.exists():
        if file.read_text(encoding="utf-8") != wanted:
            raise StateUnavailable(
                f"{file} names another state; delete it if you do not need that deployment"
            )
        log.print(f"{file} is up to date")
        return
    file.write_text(wanted, encoding="utf-8")
    log.print(f"{file} is written")


def _make(s3: S3Client, state: State, account: str) -> None:
    if _exists(s3, state.bucket, account):
        log.print(f"{state.bucket} exists")
    else:
        where: Any = {"CreateBucketConfiguration": {"LocationConstraint": state.region}}
        s3.create_bucket(
            Bucket=state.bucket, **({} if state.region == _AWS_FIRST_REGION else where)
        )
        log.print(f"{state.bucket} is created")
    _settle(s3, state.bucket, account)


def _exists(s3: S3Client, bucket: str, account: str) -> bool:
    try:
        s3.head_bucket(Bucket=bucket, ExpectedBucketOwner=account)
    except ClientError as error:
        match error.response["Error"]["Code"]:
            case "404":
                return False
            case "403":
                raise StateUnavailable(
                    f"the bucket {bucket} belongs to somebody else, or you may not see it; "
                    "name another with --bucket"
                ) from error
            case _:
                raise
    return True


def _settle(s3: S3Client, bucket: str, account: str) -> None:
    """Apply the bucket's settings; each call is idempotent."""
    settings: list[tuple[Callable[..., object], dict[str, Any]]] = [
        (
            s3.put_public_access_block,
            {
                "PublicAccessBlockConfiguration": {
                    "BlockPublicAcls": True,
                    "BlockPublicPolicy": True,
                    "IgnorePublicAcls": True,
                    "RestrictPublicBuckets": True,
                }
            },
        ),
        (
            s3.put_bucket_ownership_controls,
            {"OwnershipControls": {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]}},
        ),
        (s3.put_bucket_versioning, {"VersioningConfiguration": {"Status": "Enabled"}}),
        (
            s3.put_bucket_encryption,
            {
                "ServerSideEncryptionConfiguration": {
                    "Rules": [{"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}]
                }
            },
        ),
        (s3.put_bucket_policy, {"Policy": _tls_only(bucket, s3.meta.partition)}),
    ]
    for put, values in settings:
        put(Bucket=bucket, ExpectedBucketOwner=account, **values)


def _tls_only(bucket: str, partition: str) -> str:
    arn = f"arn:{partition}:s3:::{bucket}"
    statement = {
        "Sid": "TlsOnly",
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": [arn, f"{arn}/*"],
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


if __name__ == "__main__":
    app()
