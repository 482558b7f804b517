"""Devices and roles: permitted requests, and their end."""

from __future__ import annotations

import pytest

from facecore.contract import ErrorCode
from facecore.errors import ApiProblem
from tests.support import pictures
from tests.support.api import NOW, Api


def refusal(call: object, *arguments: object) -> tuple[int, str]:
    with pytest.raises(ApiProblem) as refused:
        call(*arguments)  # type: ignore[operator]  # any call of the client
    return refused.value.status, refused.value.code


def test_a_token_is_shown_once(api: Api) -> None:
    registered = api.admin.add_device("gate")
    token = registered.token.get_secret_value()
    assert len(token) >= 32
    assert token not in api.raw("GET", "/v1/devices").text
    assert "gate" in [d.name for d in api.admin.devices().devices]
    assert refusal(api.admin.add_device, "gate") == (409, ErrorCode.DEVICE_EXISTS)


@pytest.mark.one_transport
@pytest.mark.parametrize("name", ["admin", "Admin", "ADMIN", "somebody"])
def test_no_device_is_called_as_another_actor_is(api: Api, name: str) -> None:
    answer = api.raw("POST", "/v1/devices", json={"name": name})
    assert (answer.status_code, answer.json()["code"]) == (422, ErrorCode.VALIDATION_FAILED)
    assert f"the name '{name}' is reserved" in answer.json()["detail"]
    assert name not in [device.name for device in api.admin.devices().devices]
    assert api.admin.add_device(f"{name}s").name == f"{name}s"


def test_a_removed_device_may_no_longer_ask(api: Api) -> None:
    gate = api.device_named("gate")
    gate.recognize(pictures.without_face(), captured_at=NOW)
    api.admin.remove_device("gate")
    with pytest.raises(ApiProblem) as refused:
        gate.recognize(pictures.without_face(), captured_at=NOW)
    assert (refused.value.status, refused.value.code) == (401, ErrorCode.UNAUTHENTICATED)
    assert refusal(api.admin.remove_device, "gate") == (404, ErrorCode.DEVICE_NOT_FOUND)


def test_a_device_may_not_do_what_is_the_admins(api: Api) -> None:
    forbidden = (403, ErrorCode.FORBIDDEN)
    assert refusal(api.device.people) == forbidden
    assert refusal(api.device.person, "x") == forbidden
    assert refusal(api.device.delete_person, "x") == forbidden
    assert refusal(api.device.photos, "x") == forbidden
    assert refusal(api.device.videos) == forbidden
    assert refusal(api.device.video_link, "vidinput/x.mp4") == forbidden
    assert refusal(api.device.sightings) == forbidden
    assert refusal(api.device.devices) == forbidden
    assert refusal(api.device.add_device, "y") == forbidden


@pytest.mark.parametrize(
    "authorization",
    [None, "", "Bearer", "Bearer wrong", "Basic d3Jvbmc6d3Jvbmc=", "Bearer a b", "é"],
)
def test_without_a_valid_token_nothing_is_answered(api: Api, authorization: str | None) -> None:
    headers = {} if authorization is None else {"authorization": authorization}
    for method, path in (("GET", "/v1/people"), ("POST", "/v1/recognitions")):
        answer = api.raw(method, path, token=None, headers=headers)
        assert answer.status_code == 401
        assert answer.json()["code"] == ErrorCode.UNAUTHENTICATED
        assert answer.headers["www-authenticate"].startswith("Bearer")


def test_health_needs_no_token(api: Api) -> None:
    health = api.anonymous.health()
    assert health.status == "ready"
    assert health.model
