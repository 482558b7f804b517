"""Test how long a session works, what ends it, and what is stored of it."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from recognizer.bootstrap import reset_admin_token
from recognizer.use_cases.authentication import hash_token
from services.recognizer.tests.service import Service, SettableClock, service_on


def sign_in(service: Service, token: str | None = None) -> httpx.Response:
    given = {"token": service.admin_token if token is None else token}
    return browser(service, "POST", "/v1/session", json=given)


def browser(
    service: Service, method: str, path: str, json: dict[str, str] | None = None
) -> httpx.Response:
    """Send without the client's usual token, but with its cookie."""
    request = service.http.build_request(
        method, f"http://localhost:8000{path}", json=json, headers={"authorization": ""}
    )
    return service.http.send(request)


def works(service: Service) -> bool:
    status = browser(service, "GET", "/v1/people").status_code
    assert status in {200, 401}
    return status == 200


def test_a_session_ends_after_its_hours(tmp_path: Path, clock: SettableClock) -> None:
    with service_on(tmp_path, now=clock, session_hours=2) as service:
        answer = sign_in(service)
        assert answer.json()["expires_at"] == "2026-11-22T14:00:00Z"
        assert "Max-Age=7200" in answer.headers["set-cookie"]
        clock.move(timedelta(hours=2) - timedelta(seconds=1))
        assert works(service)
        clock.move(timedelta(seconds=1))
        assert not works(service)


def test_a_session_outlives_a_restart(tmp_path: Path) -> None:
    with service_on(tmp_path) as service:
        sign_in(service)
        cookies = service.http.cookies
    with service_on(tmp_path, admin_token=service.admin_token) as again:
        again.http.cookies = cookies
        assert works(again)


def test_a_new_admin_s_token_ends_the_sessions_of_the_old_one(service: Service) -> None:
    sign_in(service)
    new = reset_admin_token(service.services.stores.admin_tokens)
    assert not works(service)
    sign_in(service, new)
    assert works(service)


def test_another_configured_admin_token_ends_the_sessions_too(tmp_path: Path) -> None:
    with service_on(tmp_path, admin_token_sha256=hash_token("first")) as service:
        sign_in(service, "first")
        assert works(service)
        cookies = service.http.cookies
    for configured, status in (("second", False), ("first", True)):
        with service_on(tmp_path, admin_token_sha256=hash_token(configured)) as again:
            again.http.cookies = cookies
            assert works(again) is status


def test_neither_cookie_nor_csrf_token_is_on_disk(service: Service, tmp_path: Path) -> None:
    answer = sign_in(service)
    (secret,) = service.http.cookies.values()
    shown = answer.json()["csrf_token"]
    assert len(secret) == 43
    files = [path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()]
    assert hash_token(secret).encode() in b"".join(files)
    for private in (secret, shown):
        assert not any(private.encode() in data for data in files)


def test_after_a_minute_a_guesser_may_try_again(service: Service, clock: SettableClock) -> None:
    for _ in range(10):
        assert sign_in(service, "wrong").status_code == 401
        clock.move(timedelta(seconds=5))
    refused = sign_in(service)
    assert (refused.status_code, refused.headers["retry-after"]) == (429, "10")
    clock.move(timedelta(seconds=10))
    assert sign_in(service, "wrong").status_code == 401, "the first failure is a minute ago"
    assert sign_in(service).status_code == 429, "the next one is not"
    clock.move(timedelta(seconds=5))
    assert sign_in(service).status_code == 201


def test_an_address_of_loopback_may_be_one_of_ipv6(service: Service) -> None:
    for host, name in (
        ("[::1]:8000", "recognizer-session-8000"),
        ("[::1]", "recognizer-session-80"),
    ):
        answer = service.http.post(
            "/v1/session", json={"token": service.admin_token}, headers={"host": host}
        )
        assert answer.headers["set-cookie"].startswith(f"{name}=")
        assert "Secure" not in answer.headers["set-cookie"]


def test_attempts_that_succeed_are_not_counted(service: Service) -> None:
    statuses = {sign_in(service).status_code for _ in range(12)}
    assert statuses == {201}


def test_a_device_s_token_counts_as_a_failure(service: Service) -> None:
    token = service.device_token()
    statuses = [sign_in(service, token).status_code for _ in range(11)]
    assert statuses == [403] * 10 + [429]


@pytest.mark.parametrize(
    ("origin", "status"),
    [("https://faces.example.org", 201), ("http://localhost:8000", 201), ("https://x.org", 403)],
)
def test_the_public_address_is_the_same_origin(tmp_path: Path, origin: str, status: int) -> None:
    """Test a proxy that forwards requests under another host name."""
    with service_on(tmp_path, public_url="https://faces.example.org/") as service:
        answer = service.http.post(
            "http://localhost:8000/v1/session",
            json={"token": service.admin_token},
            headers={"origin": origin},
        )
        assert answer.status_code == status


@pytest.mark.parametrize("back", [timedelta(hours=2), timedelta(days=400)])
def test_a_locked_sign_in_waits_a_minute_also_when_the_clock_is_set_back(
    service: Service, clock: SettableClock, back: timedelta
) -> None:
    for _ in range(10):
        sign_in(service, "wrong")
    clock.move(timedelta(seconds=20))
    assert sign_in(service).headers["retry-after"] == "40"
    clock.jump(-back)
    clock.move(timedelta(seconds=40))
    assert sign_in(service).status_code == 201


def test_a_locked_sign_in_waits_a_minute_also_where_the_process_is_frozen(
    service: Service, clock: SettableClock
) -> None:
    """Test a monotonic clock that stands still while the time of day advances."""
    for _ in range(10):
        sign_in(service, "wrong")
    assert sign_in(service).headers["retry-after"] == "60"
    clock.jump(timedelta(minutes=1))
    assert sign_in(service).status_code == 201


def test_a_jump_of_the_clock_ends_no_session_for_good(
    service: Service, clock: SettableClock
) -> None:
    sign_in(service)
    early = dict(service.http.cookies)
    clock.jump(timedelta(days=400))
    assert not works(service)
    sign_in(service)
    assert works(service)
    clock.jump(-timedelta(days=400))
    service.http.cookies.clear()
    service.http.cookies.update(early)
    assert works(service)


def test_a_session_opened_while_the_clock_was_ahead_does_not_outlive_its_hours(
    service: Service, clock: SettableClock, tmp_path: Path
) -> None:
    def kept() -> int:
        with closing(sqlite3.connect(tmp_path / "data" / "recognizer.db")) as database:
            return int(database.execute("SELECT count(*) FROM sessions").fetchone()[0])

    clock.jump(timedelta(days=400))
    sign_in(service)
    assert works(service)
    clock.jump(-timedelta(days=400))
    assert not works(service)
    for _ in range(2):
        clock.move(timedelta(days=1))
        sign_in(service)
    assert works(service)
    assert kept() == 1


def test_a_small_correction_of_the_clock_ends_no_session(
    service: Service, clock: SettableClock
) -> None:
    sign_in(service)
    clock.jump(-timedelta(seconds=59))
    assert works(service)
