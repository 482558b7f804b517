"""The examples in the documentation of ``pi_recorder.testing`` run as they stand."""

from __future__ import annotations

import doctest

from pi_recorder import testing


def test_the_examples_hold() -> None:
    results = doctest.testmod(testing)
    assert results.attempted
    assert not results.failed
