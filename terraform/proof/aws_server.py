"""moto's server, with the features that moto lacks and the tests need.

These are some calls of Budgets, a function's logging configuration, a condition in a bucket's
policy, and S3's checks of a presigned request.

Run ``python -m terraform.proof.aws_server PORT SECRET``. The secret is the signer's key.
https://docs.aws.amazon.com/aws-cost-management/latest/APIReference/API_Operations_AWS_Budgets.html
https://docs.aws.amazon.com/lambda/latest/api/API_LoggingConfig.html
"""

from __future__ import annotations

import json
import sys
from typing import Any

from moto.awslambda.models import LambdaFunction
from moto.budgets.models import budgets_backends
from moto.budgets.responses import BudgetsResponse
from moto.iam.access_control import IAMPolicyStatement, PermissionResult
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import run_simple

from tests.support.s3_links import S3Links

_tags: dict[str, list[dict[str, str]]] = {}
"""Tags by the budget's ARN, since moto drops the tags of a new budget."""
_create_budget = BudgetsResponse.create_budget
_make_function = LambdaFunction.__init__
_get_configuration = LambdaFunction.get_configuration
_is_action_permitted = IAMPolicyStatement.is_action_permitted


def create_budget(response: BudgetsResponse) -> str:
    """Create the budget as moto does, and keep its tags."""
    request = _request(response)
    arn = f"arn:aws:budgets::{request['AccountId']}:budget/{request['Budget']['BudgetName']}"
    _tags[arn] = request.get("ResourceTags", [])
    answer: str = _create_budget(response)
    return answer


def list_tags_for_resource(response: BudgetsResponse) -> str:
    """Return the budget's tags."""
    return json.dumps({"ResourceTags": _tags.get(_request(response)["ResourceARN"], [])})


def describe_subscribers(response: BudgetsResponse) -> str:
    """Return the subscribers that moto has stored."""
    request = _request(response)
    backend = budgets_backends[response.current_account][response.partition]
    budget = backend.budgets[request["AccountId"]][request["BudgetName"]]
    found = [
        one.subscribers for one in budget.notifications if one.details == request["Notification"]
    ]
    return json.dumps({"Subscribers": found[0] if found else []})


def make_function(function: Any, account_id: str, spec: dict[str, Any], **named: Any) -> None:
    """Make the function as moto does, and keep its logging configuration."""
    _make_function(function, account_id, spec, **named)
    function.logging_config = spec.get("LoggingConfig")


def get_configuration(function: Any, *more: Any, **named: Any) -> dict[str, Any]:
    """Return moto's configuration with the logging configuration."""
    response: dict[str, Any] = _get_configuration(function, *more, **named)
    return response | (
        {"LoggingConfig": function.logging_config} if function.logging_config else {}
    )


def is_action_permitted(statement: Any, *more: Any, **named: Any) -> PermissionResult:
    """Decide as moto does, as if every request used TLS. moto does not check this condition."""
    insecure = {"Bool": {"aws:SecureTransport": "false"}}
    if statement._statement.get("Condition") == insecure:
        return PermissionResult.NEUTRAL
    permitted: PermissionResult = _is_action_permitted(statement, *more, **named)
    return permitted


def _request(response: BudgetsResponse) -> Any:
    return json.loads(response.body)


# moto finds its handlers by these names.
ADDED = (
    (BudgetsResponse, "create_budget", create_budget),
    (BudgetsResponse, "list_tags_for_resource", list_tags_for_resource),
    (BudgetsResponse, "describe_subscribers_for_notification", describe_subscribers),
    (LambdaFunction, "__init__", make_function),
    (LambdaFunction, "get_configuration", get_configuration),
    (IAMPolicyStatement, "is_action_permitted", is_action_permitted),
)
for kind, name, method in ADDED:
    setattr(kind, name, method)


def main(port: int, secret: str) -> None:
    """Serve on loopback until the process ends."""
    app = S3Links(DomainDispatcherApplication(create_backend_app), secret)
    run_simple("127.0.0.1", port, app, threaded=True)


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2])
