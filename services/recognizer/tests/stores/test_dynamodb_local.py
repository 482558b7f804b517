"""Report once, by a skip, that the stores were not tested on DynamoDB Local."""

from __future__ import annotations

import pytest

from tests.support import dynamodb_local


@pytest.mark.exhaustive
def test_the_stores_are_tested_on_dynamodb_local() -> None:
    if why := dynamodb_local.missing():
        pytest.skip(f"the stores are not tested on it: {why}")
