"""One deployment on one local AWS, which the end-to-end tests share."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from terraform.proof.deployment import Deployment, deployment
from terraform.proof.local_aws import ACCOUNT, REGION, LocalAws, local_aws

VARIABLES = {
    "alarm_emails": ["teacher@example.org"],
    "deletion_protection": False,
    "force_destroy": True,
    "keep_warm_minutes": 5,
    "monthly_budget_usd": 20,
    "python": sys.executable,
    "video_retention_days": 30,
}
"""The defaults, with every optional resource, and with destroy allowed."""


@dataclass(frozen=True, slots=True)
class Cloud:
    """The deployment and its local AWS."""

    aws: LocalAws
    made: Deployment
    outputs: dict[str, Any]

    def function(self) -> dict[str, Any]:
        """The function's configuration from Lambda."""
        response: dict[str, Any] = self.aws.client("lambda").get_function(
            FunctionName=self.outputs["function_name"]
        )
        return response

    def settings(self) -> dict[str, str]:
        """The function's variables."""
        variables: dict[str, str] = self.function()["Configuration"]["Environment"]["Variables"]
        return variables


@pytest.fixture(scope="session")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cloud]:
    """Apply once to an empty account. The last test destroys the deployment."""
    folder = tmp_path_factory.mktemp("cloud")
    with local_aws(folder / "aws.log") as aws, deployment(folder / "sources", aws) as made:
        made.apply(**VARIABLES)
        yield Cloud(aws, made, dict(made.outputs()))


__all__ = ["ACCOUNT", "REGION", "Cloud", "cloud"]
