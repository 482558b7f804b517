"""Sessions of the console: a cookie in place of the admin's token, and who may use it."""

from __future__ import annotations

from http.cookies import Morsel, SimpleCookie

import httpx
import pytest

from facecore.contract import ErrorCode, Session
from tests.support.api import Api

JPEG = {"content-type": "image/jpeg"}


def sign_in(api: Api, token: str | None = None, **headers: str) -> httpx.Response:
    """Sign in as a browser does; the client keeps the cookie."""
    given = {"token": api.admin_token if token is None else token}
    return api.raw("POST", "/v1/session", token=None, json=given, headers=headers)


def opened(api: Api) -> Session:
    answer = sign_in(api)
    assert answer.status_code == 201, answer.text
    return Session.model_validate(answer.json())


def cookie(answer: httpx.Response) -> Morsel[str]:
    (morsel,) = SimpleCookie(answer.headers["set-cookie"]).values()
    return morsel


def outcome(answer: httpx.Response) -> tuple[int, str]:
    assert answer.headers["content-type"] == "application/problem+json"
    return answer.status_code, answer.json()["code"]


def test_the_admin_s_token_opens_a_session(api: Api) -> None:
    answer = sign_in(api)
    assert answer.status_code == 201
    assert answer.headers["cache-control"] == "no-store"
    given = cookie(answer)
    assert given["httponly"] is True
    assert given["samesite"].lower() == "strict"
    assert (given["path"], given["max-age"], given["domain"]) == ("/", str(12 * 3600), "")
    assert given.value not in answer.text
    assert len(Session.model_validate(answer.json()).csrf_token) == 64


def test_a_session_stands_for_the_token(api: Api) -> None:
    csrf = {"x-csrf-token": opened(api).csrf_token}
    record = {"name": "Ada"}
    made = api.raw("PUT", "/v1/people/ada", token=None, json=record, headers=csrf)
    assert made.status_code == 201, made.text
    assert api.raw("GET", "/v1/people/ada", token=None).json()["name"] == "Ada"
    assert api.raw("DELETE", "/v1/people/ada", token=None, headers=csrf).status_code == 200
    assert api.raw(
        "POST", "/v1/devices", token=None, json={"name": "gate"}, headers=csrf
    ).is_success


def test_a_reloaded_page_gets_the_same_session(api: Api) -> None:
    session = opened(api)
    answer = api.raw("GET", "/v1/session", token=None)
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    assert Session.model_validate(answer.json()) == session


def test_no_browser_keeps_what_an_answer_says(api: Api) -> None:
    opened(api)
    api.admin.add_device("gate")
    for path in ("/v1/people", "/v1/devices", "/v1/people/nobody", "/v1/nowhere"):
        answer = api.raw("GET", path, token=None)
        assert answer.headers["cache-control"] == "no-store", path
        assert answer.headers["x-content-type-options"] == "nosniff", path


def test_two_sessions_are_two(api: Api) -> None:
    first, second = opened(api), opened(api)
    assert first.csrf_token != second.csrf_token
    wrong = {"x-csrf-token": first.csrf_token}
    assert api.raw("DELETE", "/v1/session", token=None, headers=wrong).status_code == 403


def test_whoever_signs_out_is_out_at_once(api: Api) -> None:
    given = cookie(sign_in(api))
    csrf = api.raw("GET", "/v1/session", token=None).json()["csrf_token"]
    answer = api.raw("DELETE", "/v1/session", token=None, headers={"x-csrf-token": csrf})
    assert answer.status_code == 204
    assert (cookie(answer).key, cookie(answer).value) == (given.key, "")
    assert cookie(answer)["max-age"] == "0"
    kept = {"cookie": f"{given.key}={given.value}", "x-csrf-token": csrf}
    for method, path in (("GET", "/v1/people"), ("GET", "/v1/session"), ("DELETE", "/v1/session")):
        refused = api.raw(method, path, token=None, headers=kept)
        assert outcome(refused) == (401, ErrorCode.UNAUTHENTICATED)


def test_only_the_admin_s_token_opens_one(api: Api) -> None:
    device = api.admin.add_device("gate").token.get_secret_value()
    assert outcome(sign_in(api, device)) == (403, ErrorCode.FORBIDDEN)
    assert outcome(sign_in(api, "fra_wrong")) == (401, ErrorCode.UNAUTHENTICATED)
    assert outcome(api.raw("GET", "/v1/session", token=None)) == (401, ErrorCode.UNAUTHENTICATED)


def test_a_token_alone_is_no_session(api: Api) -> None:
    for method in ("GET", "DELETE"):
        assert outcome(api.raw(method, "/v1/session")) == (401, ErrorCode.UNAUTHENTICATED)


@pytest.mark.one_transport
@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 422),
        (b"{", 400),
        (b"[]", 422),
        (b"{}", 422),
        (b'{"token": ""}', 422),
        (b'{"token": 7}', 422),
        (b'{"token": null}', 422),
        (b'{"token": "\\ud800"}', 422),
        (b'{"token": "x", "more": 1}', 422),
        (b'{"token": "' + b"x" * 513 + b'"}', 422),
        (b'{"token": "' + b"x" * 70_000 + b'"}', 413),
    ],
    ids=range(11),
)
def test_what_is_no_sign_in_is_refused(api: Api, body: bytes, status: int) -> None:
    headers = {"content-type": "application/json"}
    answer = api.raw("POST", "/v1/session", token=None, content=body, headers=headers)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert "xxxx" not in answer.text
    assert "set-cookie" not in answer.headers


def test_a_form_of_another_page_can_t_sign_in(api: Api) -> None:
    """A form may send these media types to another site without CORS."""
    for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data"):
        body = b'{"token": "%b"}' % api.admin_token.encode()
        headers = {"content-type": kind}
        answer = api.raw("POST", "/v1/session", token=None, content=body, headers=headers)
        assert outcome(answer) == (415, ErrorCode.UNSUPPORTED_MEDIA_TYPE)


@pytest.mark.one_transport
@pytest.mark.parametrize("shown", [None, "", "0" * 64, "ü"])
@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("PUT", "/v1/people/ada"),
        ("DELETE", "/v1/people/ada"),
        ("POST", "/v1/people/ada/photos"),
        ("POST", "/v1/devices"),
        ("DELETE", "/v1/session"),
    ],
)
def test_a_change_needs_the_csrf_token(api: Api, method: str, path: str, shown: str | None) -> None:
    opened(api)
    headers = {} if shown is None else {"x-csrf-token": shown}
    answer = api.raw(method, path, token=None, json={"name": "x"}, headers=headers)
    assert outcome(answer) == (403, ErrorCode.CSRF_TOKEN_INVALID)
    assert api.admin.people().people == []


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "https://attacker.example"},
        {"origin": "null"},
        {"origin": "http://127.0.0.1:1"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
    ],
    ids=str,
)
def test_another_site_s_page_can_do_nothing(api: Api, headers: dict[str, str]) -> None:
    assert outcome(sign_in(api, **headers)) == (403, ErrorCode.FORBIDDEN)
    csrf = {"x-csrf-token": opened(api).csrf_token}
    for method, path in (("GET", "/v1/people"), ("PUT", "/v1/people/a"), ("DELETE", "/v1/session")):
        answer = api.raw(method, path, token=None, json={"name": "x"}, headers=csrf | headers)
        assert outcome(answer) == (403, ErrorCode.FORBIDDEN)
    same_origin = csrf | {"origin": api.url, "sec-fetch-site": "same-origin"}
    assert api.raw("DELETE", "/v1/session", token=None, headers=same_origin).status_code == 204


def test_a_link_that_somebody_typed_is_read(api: Api) -> None:
    csrf = {"x-csrf-token": opened(api).csrf_token}
    typed = {"sec-fetch-site": "none"}
    assert api.raw("GET", "/v1/people", token=None, headers=typed).status_code == 200
    answer = api.raw("DELETE", "/v1/session", token=None, headers=csrf | typed)
    assert outcome(answer) == (403, ErrorCode.FORBIDDEN)


def test_a_session_is_no_device(api: Api) -> None:
    csrf = {"x-csrf-token": opened(api).csrf_token}
    answer = api.raw("POST", "/v1/recognitions", token=None, content=b"x", headers=JPEG | csrf)
    assert outcome(answer) == (401, ErrorCode.UNAUTHENTICATED)


@pytest.mark.parametrize("value", ["", "x", "a" * 43, "ü" * 43, '"', "a" * 5000])
def test_a_forged_cookie_opens_nothing(api: Api, value: str) -> None:
    name = cookie(sign_in(api)).key
    forged = {"cookie": f"{name}={value}", "x-csrf-token": "0" * 64}
    for method, path in (("GET", "/v1/people"), ("PUT", "/v1/people/ada"), ("GET", "/v1/session")):
        answer = api.raw(method, path, token=None, json={"name": "x"}, headers=forged)
        assert outcome(answer) == (401, ErrorCode.UNAUTHENTICATED)


def test_a_token_that_is_sent_counts_whatever_the_cookie_says(api: Api) -> None:
    opened(api)
    headers = {"authorization": "Bearer fra_wrong"}
    answer = api.raw("GET", "/v1/people", token=None, headers=headers)
    assert outcome(answer) == (401, ErrorCode.UNAUTHENTICATED)
    assert api.raw("PUT", "/v1/people/ada", json={"name": "Ada"}).status_code == 201, "no cookie"


def test_off_loopback_the_cookie_travels_by_tls_alone(api: Api) -> None:
    for host in ("faces.example.org", "faces.example.org:8443", "192.0.2.7", "localhost.evil.org"):
        given = cookie(sign_in(api, host=host))
        assert given.key == "__Host-recognizer-session", host
        assert given["secure"] is True
        assert (given["path"], given["domain"]) == ("/", "")
        held = {"host": host, "cookie": f"{given.key}={given.value}"}
        assert api.raw("GET", "/v1/people", token=None, headers=held).status_code == 200


def test_on_loopback_there_is_no_tls_and_each_port_has_its_own(api: Api) -> None:
    for host, port in (("localhost:8000", 8000), ("127.0.0.1:8001", 8001), ("localhost", 80)):
        given = cookie(sign_in(api, host=host))
        assert given.key == f"recognizer-session-{port}"
        assert not given["secure"]


def test_a_cookie_that_another_host_could_set_is_ignored_off_loopback(api: Api) -> None:
    given = cookie(sign_in(api, host="faces.example.org"))
    for name in ("recognizer-session", "recognizer-session-80", "recognizer-session-443"):
        held = {"host": "faces.example.org", "cookie": f"{name}={given.value}"}
        assert api.raw("GET", "/v1/people", token=None, headers=held).status_code == 401


def test_guessing_is_rate_limited(api: Api) -> None:
    """The limit holds whatever address a header claims."""
    claimed = ({"x-forwarded-for": f"203.0.113.{n}"} for n in range(20))
    for _ in range(10):
        assert outcome(sign_in(api, "fra_wrong", **next(claimed))) == (
            401,
            ErrorCode.UNAUTHENTICATED,
        )
    answer = sign_in(api, **next(claimed))
    assert outcome(answer) == (429, ErrorCode.TOO_MANY_ATTEMPTS)
    assert 0 < int(answer.headers["retry-after"]) <= 60
    assert "set-cookie" not in answer.headers
    assert api.raw("GET", "/v1/people").status_code == 200, "who has signed in goes on"
