"""Statistics: the counters that the admin reads."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable

import pytest

from facecore.contract import CostEstimate, ErrorCode, Statistics
from facecore.errors import ApiProblem
from tests.support import pictures
from tests.support.api import NOW, Api
from tests.support.pictures import Portraits

STAGES = ("decode", "detect", "align", "embed", "match", "record", "total")
Counts = Counter[tuple[str, str]]


def counts(answer: Statistics) -> Counts:
    """Return every counter, summed over the days."""
    found: Counts = Counter({("cost", "requests"): answer.cost.requests})
    for day in answer.days:
        found["day", "recognitions"] += day.recognitions
        found.update({("faces", name): n for name, n in day.faces.model_dump().items()})
    found.update({(one.what.value, one.reason): one.count for one in answer.refusals})
    found.update({("stage", one.stage): one.count for one in answer.latency})
    return found


def wait_for_statistics(api: Api, is_counted: Callable[[Statistics], bool]) -> Statistics:
    """Return the statistics once this is counted: a request is counted after its answer."""
    deadline = time.monotonic() + 300
    while not is_counted(answer := api.admin.statistics()) and time.monotonic() < deadline:
        time.sleep(0.05)
    return answer


@pytest.fixture
def before(api: Api) -> Counts:
    """Return the counters so far: a function that all tests share has some in its memory."""
    return counts(api.admin.statistics())


def test_what_was_done_is_counted(api: Api, portraits: Portraits, before: Counts) -> None:
    api.enrol("obama", portraits.obama)
    api.device.recognize(portraits.obama_again, captured_at=NOW)
    api.device.recognize(portraits.hopper, captured_at=NOW)
    api.device.recognize(pictures.without_face(), captured_at=NOW)
    for photo in (pictures.without_face(), b"no picture"):
        with pytest.raises(ApiProblem):
            api.admin.add_photo("obama", photo)
    expected = Counter(
        {
            ("day", "recognitions"): 3,
            ("faces", "match"): 1,
            ("faces", "unknown"): 1,
            ("photo", "no_face"): 1,
            ("photo", "image_unsupported"): 1,
            **{("stage", stage): 3 for stage in STAGES},
        }
    )

    def new(answer: Statistics) -> Counts:
        more = counts(answer) - before
        del more["cost", "requests"]
        return more

    answer = wait_for_statistics(api, lambda answer: new(answer) == expected)
    assert new(answer) == expected
    assert answer.cost.requests >= before["cost", "requests"] + 8  # with the readings of what was
    assert len(api.admin.statistics(days=7).days) == 7
    assert [one.stage for one in answer.latency] == list(STAGES)
    for stage in answer.latency:
        assert 0 <= stage.p50_ms <= stage.p95_ms <= 1.2 * answer.cost.billed_ms


def test_a_face_that_is_too_poor_is_counted_with_its_reason(
    api: Api, portraits: Portraits, before: Counts
) -> None:
    poor = pictures.blurred(portraits.obama, 6)
    (face,) = api.device.recognize(poor, captured_at=NOW).faces
    assert face.quality.reasons
    answer = wait_for_statistics(
        api, lambda answer: ("faces", "refused") in counts(answer) - before
    )
    more = counts(answer) - before
    assert {name: n for (kind, name), n in more.items() if kind == "faces"} == {"refused": 1}
    found = {name: n for (kind, name), n in more.items() if kind == "face"}
    assert found == {reason.value: 1 for reason in face.quality.reasons}


def test_what_it_costs_is_an_estimate_of_the_counted_requests(
    api: Api, portraits: Portraits
) -> None:
    first = api.admin.statistics().cost
    api.device.recognize(portraits.hopper, captured_at=NOW)
    earlier = writes(first)
    cost = wait_for_statistics(api, lambda answer: writes(answer.cost) > earlier).cost
    assert cost.requests >= first.requests + 2
    assert cost.billed_ms > first.billed_ms
    assert cost.usd == pytest.approx(sum(line.usd for line in cost.lines))
    lines = {(line.service, line.what): line for line in cost.lines}
    assert lines["Lambda", "requests"].quantity == cost.requests
    assert lines["Lambda", "requests"].usd == pytest.approx(cost.requests * 0.20 / 1e6)
    assert writes(cost) > earlier, "a sighting was kept"


def writes(cost: CostEstimate) -> float:
    return sum(line.quantity for line in cost.lines if line.what == "writes")


def test_it_names_model_and_gallery(api: Api) -> None:
    answer = api.admin.statistics(days=1)
    assert answer.health == api.anonymous.health()
    assert len(answer.days) == 1


def test_statistics_are_the_admins(api: Api) -> None:
    for client, status in ((api.device, 403), (api.anonymous, 401)):
        with pytest.raises(ApiProblem) as refused:
            client.statistics()
        assert refused.value.status == status


@pytest.mark.one_transport
@pytest.mark.parametrize("query", ["days=0", "days=401", "days=x", "days=1&days=2", "since=1"])
def test_a_span_that_is_none_is_refused(api: Api, query: str) -> None:
    answer = api.raw("GET", f"/v1/statistics?{query}")
    assert (answer.status_code, answer.json()["code"]) == (422, ErrorCode.VALIDATION_FAILED)
