"""The function's role has exactly the rights for the calls of the stores' test suite."""

from __future__ import annotations

import os
import subprocess
import sys
from fnmatch import fnmatchcase
from pathlib import Path

import pytest

from terraform.proof.cloud import ACCOUNT, REGION, Cloud
from terraform.proof.deployment import ROOT
from tests.support import aws_calls
from tests.support.aws_resources import NAMES

Rights = set[tuple[str, str]]
_PYTEST = (sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider")
SUITES = ("services/recognizer/tests/stores", "services/recognizer/tests/aws")
OF_THE_RUNTIME = {
    "logs:CreateLogStream",
    "logs:PutLogEvents",
    "xray:PutTelemetryRecords",
    "xray:PutTraceSegments",
}
"""Lambda itself uses these with the role; our code does not call them."""


@pytest.fixture(scope="session")
def granted(cloud: Cloud) -> Rights:
    """Return every action with every resource that the role's policies allow."""
    iam = cloud.aws.client("iam")
    role = cloud.outputs["function_role_arn"].rpartition("/")[2]
    assert iam.list_attached_role_policies(RoleName=role)["AttachedPolicies"] == []
    found: Rights = set()
    for name in iam.list_role_policies(RoleName=role)["PolicyNames"]:
        document = iam.get_role_policy(RoleName=role, PolicyName=name)["PolicyDocument"]
        for statement in document["Statement"]:
            assert statement["Effect"] == "Allow"
            found |= {(a, r) for a in statement["Action"] for r in statement["Resource"]}
    return found


@pytest.fixture(scope="session")
def needed(cloud: Cloud, tmp_path_factory: pytest.TempPathFactory) -> Rights:
    """Return the suites' calls, with the deployment's names of the resources.

    The suites of the local store, and on DynamoDB Local, make no other calls.
    """
    file = tmp_path_factory.mktemp("calls") / "calls.jsonl"
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "pytest",
            "-q",
            "-p",
            "no:cacheprovider",
            "-k",
            "not local",
            *SUITES,
        ],
        env={**os.environ, aws_calls.VARIABLE: str(file)},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    calls = aws_calls.read(Path(file))
    print(f"{len(calls)} different calls recorded")
    return {(action, _arn(cloud, resource)) for action, resource in aws_calls.actions(calls)}


def test_nothing_is_missing(granted: Rights, needed: Rights) -> None:
    assert not {need for need in needed if not any(_covers(right, need) for right in granted)}


def test_nothing_is_unused(granted: Rights, needed: Rights) -> None:
    ours = {right for right in granted if right[0] not in OF_THE_RUNTIME}
    assert not {right for right in ours if not any(_covers(right, need) for need in needed)}


def test_no_action_is_a_star_and_no_resource_where_one_has_a_name(granted: Rights) -> None:
    assert not {action for action, _ in granted if "*" in action}
    nameless = {action for action, resource in granted if resource == "*"}
    assert nameless == {"xray:PutTelemetryRecords", "xray:PutTraceSegments"}


def _covers(right: tuple[str, str], need: tuple[str, str]) -> bool:
    return right[0] == need[0] and fnmatchcase(need[1], right[1])


def _arn(cloud: Cloud, resource: str) -> str:
    """Return the ARN of the deployment's table or bucket for the suite's name."""
    name, _, rest = resource.partition("/")
    rest = f"/{rest}" if rest else ""
    for field, table in cloud.outputs["tables"].items():
        if name == getattr(NAMES, field):
            return f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/{table}{rest}"
    for field, bucket in cloud.outputs["buckets"].items():
        if name == getattr(NAMES, f"{field}_bucket"):
            return f"arn:aws:s3:::{bucket}{rest}"
    raise LookupError(f"the suite used {name}, which the deployment does not have")
