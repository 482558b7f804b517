"""Test that a sighting's id holds its time and is the same for the same face."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from recognizer.domain.capture import captured_at, sighting_id


@pytest.mark.parametrize(
    "time",
    [
        datetime(1970, 1, 1, tzinfo=UTC),
        datetime(2026, 11, 28, 3, 14, 15, 926535, tzinfo=UTC),
        datetime(2026, 11, 28, 3, 14, 15, 1, tzinfo=timezone(timedelta(hours=5))),
        datetime(2999, 12, 31, 23, 59, 59, 999999, tzinfo=UTC),
    ],
)
def test_the_time_is_read_back_to_the_microsecond(time: datetime) -> None:
    made = sighting_id(time, ["door", "face"])
    assert len(made) == 32
    assert captured_at(made) == time


def test_the_same_parts_make_the_same_id_and_others_another() -> None:
    now = datetime(2026, 11, 28, tzinfo=UTC)
    assert sighting_id(now, ["a", "b"]) == sighting_id(now, ["a", "b"])
    assert sighting_id(now, ["a", "b"]) != sighting_id(now, ["a", "c"])


@pytest.mark.parametrize("text", ["", "x", "0" * 31, "0" * 33, "G" * 32, "٣" * 32])
def test_an_invalid_id_has_no_time(text: str) -> None:
    assert captured_at(text) is None
