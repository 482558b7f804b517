"""The header ``Prefer: wait`` of RFC 7240."""

from __future__ import annotations

import pytest

from facecore.contract import read_wait, write_wait


@pytest.mark.parametrize(
    ("prefer", "wait"),
    [
        ("wait=10", 10),
        ("Wait = 10", 10),
        ('wait="10"', 10),
        ("respond-async, wait=10", 10),
        ("wait=10; foo=bar, respond-async", 10),
        ("wait=10, wait=20", 10),
        ("wait=soon, wait=20", 20),
        ("wait=0", 0),
        ("", None),
        ("wait", None),
        ("wait=", None),
        ("wait=-1", None),
        ("wait=1.5", None),
        ("wait=" + "9" * 5000, None),
        ("waits=10", None),
        ('foo="a, wait=3"', None),
    ],
)
def test_the_first_wait_that_can_be_read_counts(prefer: str, wait: int | None) -> None:
    assert read_wait(prefer) == wait


@pytest.mark.parametrize("prefer", ['"' * 50_000, "a" * 50_000, '"\\' * 25_000, "wait=1 " * 9000])
def test_a_hostile_header_costs_nothing(prefer: str) -> None:
    assert read_wait(prefer) is None


@pytest.mark.parametrize(
    ("seconds", "text"), [(10, "wait=10"), (9.99, "wait=10"), (2.5, "wait=2"), (0.1, "wait=1")]
)
def test_seconds_are_whole_and_at_least_one(seconds: float, text: str) -> None:
    assert write_wait(seconds) == text
    assert read_wait(text) is not None
