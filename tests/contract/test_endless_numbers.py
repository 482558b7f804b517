"""Numbers of thousands of digits, which Python refuses to parse: always a 4xx."""

from __future__ import annotations

import base64

import pytest

from facecore.contract import ErrorCode
from tests.support.api import Api

DIGITS = "9" * 5000
CURSOR = base64.urlsafe_b64encode(f"{DIGITS} key".encode()).decode().rstrip("=")
QUERIES = (
    f"/v1/people?limit={DIGITS}",
    f"/v1/sightings?after={CURSOR}",
    f"/v1/visits?after={CURSOR}",
    f"/v1/tracks?after={CURSOR}",
    f"/v1/videos?after={CURSOR}",
    f"/v1/audit?after={CURSOR}",
    f"/v1/statistics?days={DIGITS}",
    f"/v1/uploads/vidinput/door/x.mp4?expires={DIGITS}&signature=x",
)


@pytest.mark.one_transport
@pytest.mark.parametrize("path", QUERIES)
def test_in_a_query(api: Api, path: str) -> None:
    answer = api.raw("PUT" if "uploads" in path else "GET", path)
    assert answer.status_code // 100 == 4, answer.text
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.one_transport
@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("PUT", "/v1/people/x", '{"name": "x", "attributes": {"year": %s}}'),
        ("POST", "/v1/videos", '{"duration_ms": %s}'),
        ("PUT", "/v1/devices/self/status", '{"queued": %s}'),
    ],
)
@pytest.mark.parametrize("digits", [DIGITS, DIGITS[:4000]])
def test_in_a_body(api: Api, method: str, path: str, body: str, digits: str) -> None:
    json = {"content-type": "application/json"}
    answer = api.raw(method, path, content=(body % digits).encode(), headers=json)
    assert answer.status_code // 100 == 4, answer.text
    assert answer.headers["content-type"] == "application/problem+json"


def test_in_a_length(api: Api) -> None:
    if api.transport is None:
        pytest.skip("uvicorn's parser refuses such a head by itself")
    headers = {"content-type": "image/jpeg", "content-length": DIGITS}
    answer = api.raw("POST", "/v1/recognitions", content=b"x", headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (413, ErrorCode.BODY_TOO_LARGE)
