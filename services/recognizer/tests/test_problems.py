"""Test errors as HTTP problems: one table, no leaks, and each can be found in the log."""

from __future__ import annotations

import inspect
import json
import logging
import re
from pathlib import Path
from typing import Any

import pytest

from facecore import errors as facecore_errors
from facecore.contract import ErrorCode
from facecore.contract.reasons import reason
from recognizer.domain import errors
from recognizer.entrypoints.http import problems
from services.recognizer.tests.service import JPEG, Service, service_on
from tests.support.fake_vision import FakeVision, picture_of

CHECKED_BY_HAND = ('"^(19', '"^[A-Za-z0-9_\\\\-]{1,128}$', '"^[0-9]')
"""Patterns of the schema whose check has a message of its own: a time, a token, digits."""

NOT_ANSWERED_BY_HTTP = {
    errors.RecognizerError,  # a base class
    errors.PhotoRefused,  # a base class
    errors.GalleryMoved,  # retried inside
    errors.SettingsInvalid,  # at the start
    facecore_errors.ImageError,  # a base class
}


def test_every_error_has_its_place_in_the_table() -> None:
    ours = [
        e for _, e in inspect.getmembers(errors, inspect.isclass) if e.__module__ == errors.__name__
    ]
    pictures = facecore_errors.ImageError.__subclasses__()
    answered = {*ours, *pictures, facecore_errors.CropError} - NOT_ANSWERED_BY_HTTP
    placed = {error for error in answered if problems.TABLE.keys() & set(error.__mro__)}
    assert answered - placed == set()


def test_no_two_errors_share_a_code_but_those_of_a_value() -> None:
    codes = [kind.code for kind in problems.TABLE.values()]
    twice = {code for code in codes if codes.count(code) > 1}
    assert twice <= {ErrorCode.MALFORMED_BODY, ErrorCode.VALIDATION_FAILED}


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/v1/people"),
        ("GET", "/v1/sightings"),
        ("GET", "/v1/videos"),
        ("POST", "/v1/recognitions"),
    ],
)
@pytest.mark.parametrize("query", ["after=a&after=b", "track=a&track=b", "limitt=5", "%ff=%00"])
def test_a_query_that_is_unknown_or_said_twice_is_refused(
    service: Service, method: str, path: str, query: str
) -> None:
    answer = service.call(method, f"{path}?{query}", content=picture_of(1), headers=JPEG)
    assert (answer.status_code, answer.json()["code"]) == (422, "validation_failed")


def test_an_unexpected_error_is_a_problem_without_details(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    def fail() -> None:
        raise RuntimeError("the secret cause")

    with service_on(tmp_path, FakeVision(while_looking=fail)) as service:
        with caplog.at_level(logging.INFO):
            answer = service.call("POST", "/v1/recognitions", content=picture_of(1), headers=JPEG)
        assert (answer.status_code, answer.json()["code"]) == (500, "internal")
        assert "secret cause" not in answer.text
        assert "the secret cause" in caplog.text
        assert answer.json()["request_id"] == answer.headers["x-request-id"]
        assert service.call("GET", "/v1/health").status_code == 200


def test_a_problem_is_found_again_by_its_request_id(service: Service) -> None:
    answer = service.call("GET", "/v1/people/nobody")
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert problem["request_id"] == answer.headers["x-request-id"]
    assert problem["type"].endswith("person_not_found")
    assert (problem["status"], problem["code"]) == (404, "person_not_found")
    assert "'nobody'" in problem["detail"]


def test_a_wrong_method_is_answered_with_the_allowed_ones(service: Service) -> None:
    answer = service.call("POST", "/v1/people/ada")
    assert (answer.status_code, answer.json()["code"]) == (405, "method_not_allowed")
    assert answer.headers["allow"] == "DELETE, GET, PUT"


@pytest.mark.parametrize("path", ["/v1", "/v2/health", "/v1/people/", "/v1/people/a/b/c"])
def test_a_path_that_leads_nowhere_is_a_problem(service: Service, path: str) -> None:
    answer = service.call("GET", path)
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 422),
        (b"{", 400),
        (b"\xff", 400),
        (b"[" * 60_000, 400),
        (b'{"name": "x", "attributes": {"a": ' + b"9" * 5000 + b"}}", 400),
        (b'{"name": NaN}', 422),
        (b'{"name": "\\ud800"}', 422),
        (b'{"name": "x", "attributes": {"\\ud800": 1}}', 422),
        (b'{"name": "a\\u0000b"}', 422),
        (b'{"name": "a\\u001b[2J"}', 422),
        (b'{"name": "x", "attributes": {"a": "\\u0000"}}', 422),
        (b'{"name": "x", "attributes": {"a": 1e400}}', 422),
        (b'{"name": "x", "attributes": {"a": [' + b"{}," * 20_000 + b"{}]}}", 422),
        (b'{"name": "x", "attributes": {"a": "' + b"x" * 60_000 + b'"}}', 422),
        (json.dumps({"name": "x", "attributes": {str(n): {} for n in range(5000)}}).encode(), 422),
    ],
    ids=range(15),
)
def test_bad_json_is_a_problem_of_bounded_size(service: Service, body: bytes, status: int) -> None:
    answer = service.call(
        "PUT", "/v1/people/x", content=body, headers={"content-type": "application/json"}
    )
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert len(answer.content) < 16 * 1024
    assert service.call("GET", "/v1/people").json()["people"] == []


@pytest.mark.parametrize(
    ("method", "path", "body", "message"),
    [
        ("PUT", "/v1/people/two%20words", {"name": "x"}, "path.label: give 1 to 64 letters"),
        ("GET", "/v1/videos?device=%C3%BC", None, "query.device: give 1 to 64 letters"),
        ("GET", "/v1/videos/a%20b/url", None, "path.key: give a video's key"),
        ("POST", "/v1/devices", {"name": "a b"}, "body.name: give 1 to 64 letters"),
        ("POST", "/v1/devices", {"name": "admin"}, "body.name: the name 'admin' is reserved"),
        ("PUT", "/v1/people/x", {"name": "a\x00"}, "body.name: give one line of text"),
        (
            "PUT",
            "/v1/people/x",
            {"name": "x", "attributes": {"a": "\x00"}},
            "body.attributes.a: give text without control characters, a finite number",
        ),
        (
            "PUT",
            "/v1/people/x",
            {"name": "x", "attributes": {"a": {}}},
            "body.attributes.a: give text without control characters, a finite number",
        ),
        (
            "DELETE",
            "/v1/people/x/photos/nope",
            None,
            "give an id: 32 lower-case hexadecimal digits",
        ),
    ],
)
def test_the_message_says_once_in_words_what_is_allowed(
    service: Service, method: str, path: str, body: dict[str, Any] | None, message: str
) -> None:
    answer = service.call(method, path, json=body)
    assert (answer.status_code, answer.json()["code"]) == (422, "validation_failed")
    detail = answer.json()["detail"]
    assert message in detail
    assert len(answer.json()["errors"]) == 1
    assert not re.search(r"Value error|pattern|\^|constrained", answer.text)


def test_every_pattern_of_the_api_has_a_description(service: Service) -> None:
    found = service.call("GET", "/openapi.json").text
    for pattern in set(re.findall(r'"pattern":\s*("(?:[^"\\]|\\.)*")', found)):
        detail = {"type": "string_pattern_mismatch", "ctx": {"pattern": json.loads(pattern)}}
        if not pattern.startswith(CHECKED_BY_HAND):
            assert reason(detail).startswith("give "), pattern


@pytest.mark.parametrize("kind", ["", "text/plain", "application/octet-stream"])
def test_a_body_of_another_type_is_answered_with_the_right_one(service: Service, kind: str) -> None:
    body = json.dumps({"name": "x"})
    answer = service.call("PUT", "/v1/people/x", content=body, headers={"content-type": kind})
    assert (answer.status_code, answer.json()["code"]) == (415, "unsupported_media_type")
    assert "application/json" in answer.json()["detail"]
