"""Visits: one row for each stay, whatever the number of its sightings."""

from __future__ import annotations

import csv
import io
from datetime import timedelta

import pytest

from facecore.contract import Decision, ErrorCode
from facecore.errors import ApiProblem
from tests.support.api import NOW, Api
from tests.support.pictures import Portraits


def test_a_visit_is_one_row_and_is_filtered_as_sightings_are(
    api: Api, portraits: Portraits
) -> None:
    api.enrol("obama", portraits.obama)
    window = api.device_named("window")
    for second in (0, 4):
        moment = NOW + timedelta(seconds=second)
        api.device.recognize(portraits.obama_again, captured_at=moment, track="a")
        window.recognize(portraits.hopper, captured_at=moment + timedelta(seconds=1), track="a")
    unknown_person, known = api.admin.visits().visits
    assert (known.device, known.track, known.count) == ("door", "a", 2)
    assert (known.first_seen, known.last_seen) == (NOW, NOW + timedelta(seconds=4))
    assert (known.decision, known.label) == (Decision.MATCH, "obama")
    assert known.best.id in {one.id for one in api.admin.sightings(device="door").sightings}
    assert known.best.similarity == known.similarity
    assert known.took_ms is not None
    assert (unknown_person.device, unknown_person.decision, unknown_person.label) == (
        "window",
        "unknown",
        None,
    )

    assert [one.device for one in api.admin.iter_visits(label="obama")] == ["door"]
    assert [one.device for one in api.admin.iter_visits(device="window")] == ["window"]
    unknown = api.admin.iter_visits(decision=Decision.UNKNOWN)
    assert [one.device for one in unknown] == ["window"]
    later = NOW + timedelta(seconds=5)
    assert [one.count for one in api.admin.iter_visits(since=later)] == [2]
    assert [one.device for one in api.admin.iter_visits(until=later)] == ["door", "window"]

    first = api.admin.visits(limit=1)
    rest = api.admin.visits(limit=1, after=first.next)
    assert (first.visits, rest.visits) == ([unknown_person], [known])


@pytest.mark.one_transport
@pytest.mark.parametrize(
    "query",
    ["limit=0", "limit=501", "after=x", "decision=maybe", "since=today", "label=%00", "more=1"],
)
def test_an_invalid_query_is_refused(api: Api, query: str) -> None:
    answer = api.raw("GET", f"/v1/visits?{query}")
    assert (answer.status_code, answer.json()["code"]) == (422, ErrorCode.VALIDATION_FAILED)


def table(api: Api, name: str, **query: str) -> list[list[str]]:
    """Return the rows of a table for spreadsheets."""
    answer = api.raw("GET", f"/v1/{name}", params=query)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.headers["content-disposition"] == f'attachment; filename="{name}"'
    assert answer.content.startswith(b"\xef\xbb\xbf")
    text = answer.content.decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text, newline=""), strict=True))


def test_visits_are_a_table_whose_names_are_no_formulas(api: Api, portraits: Portraits) -> None:
    hostile = '=HYPERLINK("http://x","a, b")'
    api.enrol("obama", portraits.obama, hostile)
    for hours in (0, 1, 13):  # ten o'clock in UTC, which is 19 o'clock in Tokyo
        moment = NOW + timedelta(hours=hours)
        api.device.recognize(portraits.obama_again, captured_at=moment, track=f"t{hours}")
    api.device.recognize(portraits.hopper, captured_at=NOW, track="t")

    head, *rows = table(api, "visits.csv", label="obama")
    assert head[:5] == ["day", "first seen", "last seen", "name", "label"]
    assert head[5:] == ["device", "decision", "similarity", "count"]
    assert [row[:2] for row in rows] == [
        ["2026-11-22", "23:00:00"],
        ["2026-11-22", "11:00:00"],
        ["2026-11-22", "10:00:00"],
    ]
    assert rows[0][3:7] == [f"'{hostile}", "obama", "door", "match"]

    head, *rows = table(api, "attendance.csv", time_zone="Asia/Tokyo")
    assert head == ["day", "name", "label", "present from", "present to", "visits"]
    assert rows == [
        ["2026-11-22", f"'{hostile}", "obama", "19:00:00", "20:00:00", "2"],
        ["2026-11-23", f"'{hostile}", "obama", "08:00:00", "08:00:00", "1"],
    ]
    assert table(api, "attendance.csv", decision="unknown") == [head]
    assert len(table(api, "visits.csv")) == 5


@pytest.mark.one_transport
@pytest.mark.parametrize("zone", ["", "Mars/Base", "../UTC", "America", "a%00", "Z" * 64, "%C3%BC"])
def test_an_unknown_time_zone_is_refused(api: Api, zone: str) -> None:
    answer = api.raw("GET", f"/v1/visits.csv?time_zone={zone}")
    assert (answer.status_code, answer.json()["code"]) == (422, ErrorCode.VALIDATION_FAILED)
    assert "such as Europe/Berlin" in answer.text


@pytest.mark.one_transport
def test_a_table_has_no_pages(api: Api) -> None:
    assert api.raw("GET", "/v1/visits.csv?limit=5").status_code == 422


def test_visits_are_for_the_admin_alone(api: Api) -> None:
    with pytest.raises(ApiProblem) as refused:
        api.device.visits()
    assert refused.value.status == 403
    with pytest.raises(ApiProblem) as refused:
        api.anonymous.visits()
    assert refused.value.status == 401
