"""Trajectories of faces: reported by the device, listed for the admin."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from facecore.contract import MAX_TRACK_BOXES, Decision, ErrorCode, ReportedBox, TrackReport
from facecore.errors import ApiProblem
from tests.support.api import NOW, Api
from tests.support.pictures import Portraits

PATH = "/v1/tracks/a"
REPORT = TrackReport(
    started_at=NOW,
    ended_at=NOW + timedelta(seconds=30),
    frame_width=640,
    frame_height=480,
    boxes=[
        ReportedBox(offset_ms=0, x=-4.5, y=20, width=80, height=96.25),
        ReportedBox(offset_ms=12_000, x=300, y=20, width=80, height=100),
        ReportedBox(offset_ms=30_000, x=600, y=20, width=80, height=100),
    ],
)


def longer(report: TrackReport, seconds: float) -> TrackReport:
    return report.model_copy(update={"ended_at": report.started_at + timedelta(seconds=seconds)})


def test_the_latest_report_of_a_track_is_listed(api: Api) -> None:
    api.device.report_track("a", REPORT)
    api.device.report_track("a", longer(REPORT, 60))
    api.device_named("window").report_track("a", REPORT)
    (track,) = api.admin.tracks("door").tracks
    assert (track.device, track.track) == ("door", "a")
    assert (track.started_at, track.ended_at) == (NOW, NOW + timedelta(seconds=60))
    assert (track.frame_width, track.frame_height) == (640, 480)
    assert [box.model_dump() for box in track.boxes] == [box.model_dump() for box in REPORT.boxes]
    assert api.admin.sightings().sightings == []


def test_those_that_reach_into_a_time_are_listed_page_by_page(api: Api) -> None:
    for minute in range(3):
        moved = timedelta(minutes=minute)
        times = {"started_at": NOW + moved, "ended_at": NOW + moved + timedelta(seconds=70)}
        api.device.report_track(f"t{minute}", REPORT.model_copy(update=times))

    def listed(**wanted: Any) -> list[str]:
        return [one.track for one in api.admin.tracks("door", **wanted).tracks]

    assert listed() == ["t2", "t1", "t0"]
    assert listed(since=NOW + timedelta(seconds=65)) == ["t2", "t1", "t0"]
    assert listed(since=NOW + timedelta(seconds=75)) == ["t2", "t1"]
    assert listed(until=NOW + timedelta(seconds=60)) == ["t0"]
    first = api.admin.tracks("door", limit=2)
    assert [one.track for one in first.tracks] == ["t2", "t1"]
    assert listed(after=first.next) == ["t0"]
    assert api.admin.tracks("nobody").tracks == []


def test_a_visit_lasts_from_its_track_s_start_to_its_end(api: Api, portraits: Portraits) -> None:
    api.enrol("obama", portraits.obama)
    asked_at = NOW + timedelta(seconds=2)
    api.device.recognize(portraits.obama_again, captured_at=asked_at, track="a")
    (before,) = api.admin.visits().visits
    assert (before.first_seen, before.last_seen) == (asked_at, asked_at)
    api.device.report_track("a", REPORT)
    (visit,) = api.admin.visits().visits
    assert (visit.first_seen, visit.last_seen) == (REPORT.started_at, REPORT.ended_at)
    assert (visit.decision, visit.count) == (Decision.MATCH, 1)
    assert api.admin.visits(since=asked_at + timedelta(seconds=1)).visits == []


def test_only_the_device_itself_reports_and_only_the_admin_lists(api: Api) -> None:
    for client, status, code in (
        (api.admin, 403, ErrorCode.FORBIDDEN),
        (api.anonymous, 401, ErrorCode.UNAUTHENTICATED),
    ):
        with pytest.raises(ApiProblem) as refused:
            client.report_track("a", REPORT)
        assert (refused.value.status, refused.value.code) == (status, code)
    for client, status in ((api.device, 403), (api.anonymous, 401)):
        with pytest.raises(ApiProblem) as refused:
            client.tracks("door")
        assert refused.value.status == status
    assert api.admin.tracks("door").tracks == []


BOX: dict[str, Any] = REPORT.boxes[0].model_dump()


def test_an_invalid_trajectory_is_refused(api: Api) -> None:
    many = [BOX | {"offset_ms": n} for n in range(MAX_TRACK_BOXES + 1)]
    changes: list[dict[str, Any]] = [
        {"boxes": []},
        {"boxes": many},
        {"boxes": None},
        {"boxes": [BOX, BOX]},
        {"boxes": [BOX | {"offset_ms": 9}, BOX]},
        {"boxes": [BOX | {"offset_ms": 30_002}]},
        {"boxes": [BOX | {"offset_ms": -1}]},
        {"boxes": [BOX | {"offset_ms": 1.5}]},
        {"boxes": [BOX | {"width": 0}]},
        {"boxes": [BOX | {"x": "NaN"}]},
        {"boxes": [BOX | {"y": 1e300}]},
        {"boxes": [BOX | {"name": "ada"}]},
        {"boxes": [{"offset_ms": 0}]},
        {"frame_width": 0},
        {"frame_height": 1e9},
        {"started_at": "2026-11-22T10:00:31Z"},
        {"ended_at": "2026-11-23T10:00:01Z"},
        {"ended_at": 12},
        {"note": "not a field"},
    ]
    token = api.admin.add_device("gate").token.get_secret_value()
    bearer = {"authorization": f"Bearer {token}"}
    for changed in changes:
        body = REPORT.model_dump(mode="json") | changed
        answer = api.raw("PUT", PATH, token=None, headers=bearer, json=body)
        found = (answer.status_code, answer.json()["code"])
        assert found == (422, ErrorCode.VALIDATION_FAILED), changed
    for name in ("%00", "a b", "x" * 65, "%C3%A4"):
        path, body = f"/v1/tracks/{name}", REPORT.model_dump(mode="json")
        assert api.raw("PUT", path, token=None, headers=bearer, json=body).status_code == 422, name
    assert api.admin.tracks("gate").tracks == []
    most = REPORT.model_dump(mode="json") | {"boxes": many[:-1]}
    assert api.raw("PUT", PATH, token=None, headers=bearer, json=most).status_code == 204


@pytest.mark.one_transport
@pytest.mark.parametrize(
    "query",
    ["", "device=", "device=door&limit=0", "device=door&limit=101", "device=door&after=x",
     "device=door&since=today", "device=door&label=ada", "device=door&device=gate"],
)  # fmt: skip
def test_an_invalid_query_is_refused(api: Api, query: str) -> None:
    answer = api.raw("GET", f"/v1/tracks?{query}")
    assert (answer.status_code, answer.json()["code"]) == (422, ErrorCode.VALIDATION_FAILED)
