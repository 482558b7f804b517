"""Open the AWS store on empty tables of the moto server."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from recognizer.domain.ports import Stores
from services.recognizer.tests.service import SettableClock
from services.recognizer.tests.stores.conftest import NOON
from services.recognizer.tests.stores.store_backends import on_aws
from tests.support.moto import Moto, aws, moto

__all__ = ["aws", "clock", "moto", "stores"]


@pytest.fixture
def clock() -> SettableClock:
    return SettableClock(NOON)


@pytest.fixture
def stores(aws: Moto, clock: SettableClock) -> Iterator[Stores]:
    """Open the AWS store; ``open_aws(Settings())`` in the same test opens another on its tables."""
    stores = on_aws(aws.environment(), clock)
    yield stores
    stores.close()
