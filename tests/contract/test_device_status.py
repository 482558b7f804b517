"""A device's status reports, and the settings of a new device."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest

from facecore.contract import (
    MAX_REASON,
    CameraStatus,
    Device,
    DeviceReport,
    DiskStatus,
    ErrorCode,
    PartState,
    PartStatus,
    QueueStatus,
    RecognitionStatus,
)
from facecore.errors import ApiProblem
from tests.support.api import NOW, Api

PATH = "/v1/devices/self/status"
REPORT = DeviceReport(
    version="1.0",
    interval_s=60,
    uptime_s=3600,
    camera=CameraStatus(state=PartState.ON, since=NOW, kind="picamera", width=1280, height=720),
    recognition=RecognitionStatus(state=PartState.AWAY, since=NOW, reason="no answer"),
    uploads=PartStatus(state=PartState.ON, since=NOW),
    queue=QueueStatus(segments=3, bytes=3_000_000, oldest_at=NOW, lost_s=0.5),
    disk=DiskStatus(free_bytes=2**34, total_bytes=2**35),
)


def door(api: Api) -> Device:
    (found,) = [device for device in api.admin.devices().devices if device.name == "door"]
    return found


def test_a_device_is_listed_with_its_latest_report(api: Api) -> None:
    assert (door(api).status, door(api).status_at) == (None, None)
    api.device.report_status(REPORT)
    stopped = REPORT.model_copy(update={"stopped": True, "queue": None})
    api.device.report_status(stopped)
    listed = door(api)
    assert listed.status is not None
    assert listed.status.model_dump() == stopped.model_dump()
    assert listed.status_at is not None
    assert listed.last_seen_at is not None
    assert abs(listed.status_at - listed.last_seen_at) < timedelta(minutes=1)


def test_only_the_device_itself_reports_its_status(api: Api) -> None:
    for client, status, code in (
        (api.admin, 403, ErrorCode.FORBIDDEN),
        (api.anonymous, 401, ErrorCode.UNAUTHENTICATED),
    ):
        with pytest.raises(ApiProblem) as refused:
            client.report_status(REPORT)
        assert (refused.value.status, refused.value.code) == (status, code)
    assert door(api).status is None


CAMERA: dict[str, Any] = REPORT.camera.model_dump(mode="json")


@pytest.mark.one_transport
@pytest.mark.parametrize(
    "changed",
    [
        {"version": "v" * 65},
        {"version": ""},
        {"interval_s": 0},
        {"uptime_s": -1},
        {"uptime_s": "Infinity"},
        {"note": "not a field"},
        {"camera": None},
        {"camera": CAMERA | {"state": "asleep"}},
        {"camera": CAMERA | {"since": 12}},
        {"camera": CAMERA | {"reason": "r" * (MAX_REASON + 1)}},
        {"camera": CAMERA | {"reason": "\x1b[2J"}},
        {"camera": CAMERA | {"width": 0}},
        {"queue": {"segments": -1, "bytes": 0}},
        {"queue": {"segments": 2**53, "bytes": 0}},
        {"disk": {"free_bytes": 1}},
        {"temperature_c": 5000},
    ],
    ids=str,
)
def test_a_report_that_is_not_one_is_refused_and_the_one_before_stays(
    api: Api, changed: dict[str, Any]
) -> None:
    api.device.report_status(REPORT)
    token = api.admin.add_device("gate").token.get_secret_value()
    answer = api.raw(
        "PUT",
        PATH,
        token=None,
        headers={"authorization": f"Bearer {token}"},
        json=REPORT.model_dump(mode="json") | changed,
    )
    assert (answer.status_code, answer.json()["code"]) == (422, ErrorCode.VALIDATION_FAILED)
    assert {device.name: device.status is not None for device in api.admin.devices().devices} == {
        "door": True,
        "gate": False,
    }


def test_a_new_device_s_settings_are_written_out_and_drawn(api: Api) -> None:
    token = api.admin.add_device("gate").token
    setup = api.admin.device_setup(token)
    assert urlsplit(setup.url).hostname == urlsplit(api.url).hostname
    assert setup.settings.get_secret_value() == (
        f"PI_RECORDER_URL={setup.url}\nPI_RECORDER_TOKEN={token.get_secret_value()}\n"
    )
    assert setup.only_this_machine
    assert setup.qr_svg.get_secret_value().startswith("<svg ")
    assert "script" not in setup.qr_svg.get_secret_value()


def test_settings_are_for_the_admin_and_of_one_line_each(api: Api) -> None:
    with pytest.raises(ApiProblem) as refused:
        api.device.device_setup("frd_x")
    assert (refused.value.status, refused.value.code) == (403, ErrorCode.FORBIDDEN)
    for token in ("", "a b", "frd_x\nPI_RECORDER_CAMERA=demo", "x" * 129, None, 1):
        answer = api.raw("POST", "/v1/device-setup", json={"token": token})
        assert (answer.status_code, answer.json()["code"]) == (422, ErrorCode.VALIDATION_FAILED)
        assert "PI_RECORDER" not in answer.text


def test_a_page_with_a_token_is_kept_by_no_cache(api: Api) -> None:
    answer = api.raw("POST", "/v1/device-setup", json={"token": "frd_x"})
    assert answer.headers["cache-control"] == "no-store"
