"""Visits: one row for each stay, whatever the number of its sightings."""

from __future__ import annotations

from datetime import timedelta

import pytest

from facecore.contract import Decision, ErrorCode
from facecore.errors import ApiProblem
from tests.api import NOW, Api
from tests.pictures import Portraits


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


def test_visits_are_for_the_admin_alone(api: Api) -> None:
    with pytest.raises(ApiProblem) as refused:
        api.device.visits()
    assert refused.value.status == 403
    with pytest.raises(ApiProblem) as refused:
        api.anonymous.visits()
    assert refused.value.status == 401
