"""Times: their bounds hold in UTC in every request, and lists with the extremes work."""

from __future__ import annotations

import base64
from typing import Any

import pytest

from facecore.contract import ErrorCode
from tests.contract.test_device_status import PATH, REPORT
from tests.contract.test_tracks import REPORT as TRACK
from tests.contract.test_videos import announcement
from tests.support import pictures
from tests.support.api import Api

LATE, EARLY = "2999-12-31T23:59:59-23:59", "1970-01-01T00:00:00+23:59"
"""Times whose year is accepted as written, but is another one in UTC."""
LAST, FIRST = "2999-12-31T23:59:59.999999Z", "1970-01-01T00:00:00Z"
LISTS = ("/v1/sightings", "/v1/visits", "/v1/videos", "/v1/audit", "/v1/tracks?device=door")
JPEG = {"content-type": "image/jpeg"}


def bearer(api: Api, name: str) -> dict[str, str]:
    return {"authorization": f"Bearer {api.admin.add_device(name).token.get_secret_value()}"}


def bodies(time: str) -> dict[tuple[str, str], dict[str, Any]]:
    """Yield calls of a device, each with this time in every field that takes one."""
    report = REPORT.model_dump(mode="json")
    for part in ("camera", "recognition", "uploads"):
        report[part]["since"] = time
    report["recognition"]["last_answer_at"] = report["queue"]["oldest_at"] = time
    track = TRACK.model_dump(mode="json") | {"started_at": time, "ended_at": time}
    track["boxes"] = track["boxes"][:1]
    video = announcement(b"segment").model_dump(mode="json") | {"started_at": time}
    return {("PUT", PATH): report, ("PUT", "/v1/tracks/t1"): track, ("POST", "/v1/videos"): video}


@pytest.mark.parametrize("time", [LATE, EARLY])
def test_a_time_that_is_out_of_bounds_in_utc_is_refused_everywhere(api: Api, time: str) -> None:
    device = bearer(api, "gate")
    for (method, path), body in bodies(time).items():
        answer = api.raw(method, path, token=None, headers=device, json=body)
        assert (answer.status_code, answer.json()["code"]) == (422, ErrorCode.VALIDATION_FAILED)
        assert "between 1970 and 2999" in answer.json()["detail"]
    picture = pictures.without_face()
    query = {"captured_at": time}
    answer = api.raw("POST", "/v1/recognitions", content=picture, headers=JPEG, params=query)
    assert answer.status_code == 422
    for path in LISTS:
        for name in ("since", "until"):
            path_ = f"{path}{'&' if '?' in path else '?'}{name}={time.replace('+', '%2B')}"
            assert api.raw("GET", path_).status_code == 422, path_


def test_the_first_and_the_last_time_are_kept_and_listed(api: Api) -> None:
    for number, time in enumerate((FIRST, LAST)):
        device = bearer(api, f"gate-{number}")
        for (method, path), body in bodies(time).items():
            assert api.raw(method, path, token=None, headers=device, json=body).is_success
    picture = pictures.without_face()
    for time in (FIRST, LAST):
        answer = api.raw(
            "POST",
            "/v1/recognitions",
            content=picture,
            headers=JPEG,
            params={"captured_at": time, "offset_ms": "0"},
        )
        assert answer.status_code == 200, answer.text
    gates = [one for one in api.admin.devices().devices if one.name.startswith("gate")]
    assert all(one.status is not None for one in gates)
    assert len(api.admin.videos().videos) == 2
    for path in LISTS:
        for since, until in ((FIRST, LAST), (LAST, FIRST), (LAST, LAST), (FIRST, FIRST)):
            joined = "&" if "?" in path else "?"
            answer = api.raw("GET", f"{path}{joined}since={since}&until={until}")
            assert answer.status_code == 200, answer.text


@pytest.mark.one_transport
@pytest.mark.parametrize("time", [2**63 - 1, 2**62, 10**17, 32503680000000000, 0, -1, -(2**63)])
def test_a_cursor_with_a_made_up_time_is_a_page_or_refused(api: Api, time: int) -> None:
    for key in ("", "x", "\0", "ü" * 200):
        cursor = base64.urlsafe_b64encode(f"{time} {key}".encode()).decode().rstrip("=")
        for path in (*LISTS, "/v1/unknown-people"):
            if len(cursor) > 512:
                continue
            answer = api.raw("GET", f"{path}{'&' if '?' in path else '?'}after={cursor}")
            assert answer.status_code in {200, 422}, answer.text
