"""Test tokens: what is stored of one, and when one stops working. For roles: ``test_roles``."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from facecore.contract import Device
from recognizer.bootstrap import ensure_admin_token, reset_admin_token
from recognizer.domain.ports import AdminTokens
from recognizer.use_cases.authentication import Authenticator, Role, hash_token
from services.recognizer.tests.service import JPEG, NOON, Service, SettableClock, service_on
from tests.support.fake_vision import picture_of


def bearer(token: str) -> dict[str, str]:
    return {"authorization": f"Bearer {token}"}


def test_a_device_s_name_is_that_of_its_token(service: Service) -> None:
    headers = {**JPEG, **bearer(service.device_token("gate"))}
    assert service.call(
        "POST", "/v1/recognitions", content=picture_of(1), headers=headers
    ).is_success
    assert [one.device for one in service.sightings()] == ["gate"]


def test_a_removed_device_is_refused_at_once(service: Service) -> None:
    headers = {**JPEG, **bearer(service.device_token())}
    assert service.call("DELETE", "/v1/devices/door").status_code == 204
    answer = service.call("POST", "/v1/recognitions", content=picture_of(1), headers=headers)
    assert answer.status_code == 401


def test_last_seen_is_kept_to_the_minute(service: Service, clock: SettableClock) -> None:
    headers = {**JPEG, **bearer(service.device_token())}

    def seen_after(wait: timedelta) -> str:
        clock.move(wait)
        service.call("POST", "/v1/recognitions", content=picture_of(), headers=headers)
        (device,) = service.call("GET", "/v1/devices").json()["devices"]
        last: str = device["last_seen_at"]
        return last

    assert seen_after(timedelta(0)) == "2026-11-22T12:00:00Z"
    assert seen_after(timedelta(seconds=59)) == "2026-11-22T12:00:00Z"
    assert seen_after(timedelta(seconds=1)) == "2026-11-22T12:01:00Z"


def test_no_token_is_on_disk(service: Service, tmp_path: Path) -> None:
    token = service.device_token()
    assert token.startswith("frd_")
    assert service.admin_token.startswith("fra_")
    files = [path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()]
    assert hash_token(token).encode() in b"".join(files)
    for secret in (token, service.admin_token):
        assert not any(secret[4:].encode() in data for data in files)


def test_the_admin_token_is_made_once_and_can_be_made_anew(tmp_path: Path) -> None:
    with service_on(tmp_path) as service:
        tokens = service.services.stores.admin_tokens
        assert ensure_admin_token(tokens) is None
        new = reset_admin_token(tokens)
        assert service.call("GET", "/v1/people").status_code == 401
        assert service.call("GET", "/v1/people", headers=bearer(new)).status_code == 200


def test_a_configured_admin_token_works_beside_the_kept_one(tmp_path: Path) -> None:
    with service_on(tmp_path, admin_token_sha256=hash_token("configured")) as service:
        assert service.call("GET", "/v1/people").status_code == 200
        answer = service.call("GET", "/v1/people", headers=bearer("configured"))
        assert answer.status_code == 200


class CountingTokens:
    """Admin tokens that count how often they are read."""

    def __init__(self, kept: AdminTokens) -> None:
        self._kept = kept
        self.reads = 0

    def sha256(self) -> str | None:
        self.reads += 1
        return self._kept.sha256()

    def set_first(self, token_sha256: str) -> bool:
        return self._kept.set_first(token_sha256)

    def replace(self, token_sha256: str) -> None:
        self._kept.replace(token_sha256)


def test_a_device_s_request_does_not_read_the_admin_s_token(service: Service) -> None:
    stores = service.services.stores
    tokens = CountingTokens(stores.admin_tokens)
    auth = Authenticator(stores.devices, tokens, None, lambda: NOON)
    assert auth.caller(service.device_token()).role is Role.DEVICE
    assert tokens.reads == 0
    assert auth.caller(service.admin_token).role is Role.ADMIN
    assert tokens.reads == 1


def test_a_device_of_an_older_release_that_is_called_admin_can_be_removed(service: Service) -> None:
    device = Device(name="admin", created_at=NOON)
    service.services.stores.devices.add(device, "a" * 64)
    assert [one["name"] for one in service.call("GET", "/v1/devices").json()["devices"]] == [
        "admin"
    ]
    assert service.call("DELETE", "/v1/devices/admin").status_code == 204
    assert service.call("GET", "/v1/devices").json()["devices"] == []
