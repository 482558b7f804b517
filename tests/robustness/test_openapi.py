"""The OpenAPI file's promises, tested with generated requests against the application.

Each operation gets requests that fit its schema and requests that do not. Whatever comes back must
be a documented status with the documented body; never a 500, never a hang.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis import Case
from schemathesis.specs.openapi.checks import ignored_auth, positive_data_acceptance

from tests.support.api import Api

OPENAPI = Path(__file__).parents[2] / "services/recognizer/openapi.json"
LEFT_OUT = [
    # A picture's bytes, a page's cursor: what a schema allows may still be refused.
    positive_data_acceptance,
    # It repeats the request with the token that is passed below. The contract suite tries without.
    ignored_auth,
]
schema = schemathesis.openapi.from_path(OPENAPI)
# Two thousand requests, one for each bound of the schema: `make test-all` sends them, too.
schema.config.phases.coverage.enabled = settings.get_current_profile_name() == "thorough"


@schema.parametrize()
@settings(
    max_examples=settings().max_examples // 3,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)
def test_every_answer_is_a_documented_one(case: Case[Any], running: Api) -> None:
    case.call_and_validate(
        base_url=running.url,
        headers={"authorization": f"Bearer {running.admin_token}"},
        excluded_checks=LEFT_OUT,
    )
