"""Test the function as AWS's runtime runs it: start, first and later requests, failed starts."""

from __future__ import annotations

import hashlib
import io
import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import httpx
import pytest
from PIL import Image

from facecore.models import catalogue
from recognizer.use_cases.authentication import hash_token
from tests.support.http_api import REQUEST_ID, Event, http_response
from tests.support.lambda_events import GATEWAY, JPEG, event, keep_warm
from tests.support.local_lambda import InitError, LocalLambda
from tests.support.moto import Moto, moto

__all__ = ["moto"]

TOKEN = "fra_of-this-test"


def environment(folder: Path, **more: str) -> dict[str, str]:
    return {
        **os.environ,
        "RECOGNIZER_DATA_DIR": str(folder),
        "RECOGNIZER_ADMIN_TOKEN_SHA256": hash_token(TOKEN),
        "RECOGNIZER_THREADS": "1",
        **more,
    }


@pytest.fixture(scope="module")
def function(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalLambda]:
    """Start the function on a folder; the contract tests run it on AWS."""
    with LocalLambda(environment(tmp_path_factory.mktemp("data"))) as function:
        yield function


def answered(function: LocalLambda, request: Event) -> Any:
    response = http_response(function.invoke(request))
    assert response.is_success, response.text
    return response.json()


def test_a_picture_is_answered_with_names(
    function: LocalLambda, portraits: Mapping[str, bytes]
) -> None:
    person = json.dumps({"name": "Barack Obama"}).encode()
    answered(function, event("PUT", "/v1/people/obama", TOKEN, person, "application/json"))
    answered(function, event("POST", "/v1/people/obama/photos", TOKEN, portraits["obama"], JPEG))
    path = "/v1/recognitions?captured_at=2026-11-22T11%3A00%3A00%2B01%3A00&track=t1"
    answer = answered(function, event("POST", path, TOKEN, portraits["obama2"], JPEG))
    assert answer["faces"][0]["person"]["label"] == "obama"
    assert answer["captured_at"] == "2026-11-22T10:00:00Z"


def test_the_gateway_s_request_id_is_kept(function: LocalLambda) -> None:
    answer = function.invoke(event("GET", "/v1/people/nobody", TOKEN))
    assert answer["headers"]["x-request-id"] == REQUEST_ID
    assert answer["headers"]["content-type"] == "application/problem+json"
    assert answer["isBase64Encoded"] is False
    assert json.loads(answer["body"])["request_id"] == REQUEST_ID


def test_a_video_travels_both_ways_bit_for_bit(function: LocalLambda) -> None:
    data = bytes(range(256)) * 10
    announcement = {
        "started_at": "2026-11-22T11:00:00Z",
        "duration_ms": 1000,
        "size_bytes": len(data),
        "sha256": hashlib.sha256(data).hexdigest(),
    }
    body = json.dumps(announcement).encode()
    ticket = answered(function, event("POST", "/v1/videos", TOKEN, body, "application/json"))
    up = event("PUT", ticket["upload"]["url"], None, data, "video/mp4")
    up["headers"].update({k.lower(): v for k, v in ticket["upload"]["headers"].items()})
    assert up["isBase64Encoded"] is True
    assert function.invoke(up)["statusCode"] == 200

    link = answered(function, event("GET", f"/v1/videos/{ticket['key']}/url", TOKEN))["url"]
    assert link.startswith("https://abcdefghij.execute-api.eu-central-1.amazonaws.com/v1/playback/")
    down = function.invoke(event("GET", link))
    assert down["isBase64Encoded"] is True
    assert http_response(down).content == data


def test_the_keep_warm_event_is_a_health_request(function: LocalLambda) -> None:
    answer = function.invoke(keep_warm())
    assert answer["statusCode"] == 200
    assert json.loads(answer["body"])["status"] == "ready"


@pytest.mark.parametrize("name", ["picture", pytest.param("crop", marks=pytest.mark.exhaustive)])
def test_the_first_invocation_finds_everything_made(
    tmp_path: Path, moto: Moto, portraits: Mapping[str, bytes], name: str
) -> None:
    """Test it on AWS, as it is deployed; so boto3's clients are made by then too."""
    moto.renew()
    kind, body = (JPEG, portraits["obama"]) if name == "picture" else one_crop()
    env = environment(tmp_path, PYTHONPATH=str(Path(__file__).parent), **moto.environment())
    request = event("POST", "/v1/recognitions", TOKEN, body, kind)
    with LocalLambda(env, handler="first_invocation.handler") as function:
        first = function.invoke(request)
    assert http_response(first["answer"]).json()["faces"][0]["decision"] == "unknown"
    assert first["imported"] == []
    assert first["kept_before"] == first["kept_after"] > 0


def one_crop() -> tuple[str, bytes]:
    """Return content type and body of a form with one crop of noise."""
    crop = io.BytesIO()
    side = catalogue.embedder().input_size
    Image.effect_noise((side, side), 80).convert("RGB").save(crop, "PNG")
    places = {"left_eye": (50, 60), "right_eye": (110, 60), "nose": (80, 90)}
    places |= {"mouth_left": (55, 120), "mouth_right": (105, 120)}
    about = {
        "box": {"x": 0, "y": 0, "width": 160, "height": 160},
        "landmarks": {point: {"x": x, "y": y} for point, (x, y) in places.items()},
        "score": 1,
    }
    form = httpx.Request(
        "POST",
        GATEWAY,
        data={"metadata": json.dumps([about])},
        files={"crop": ("crop.png", crop.getvalue(), "image/png")},
    )
    return form.headers["content-type"], form.read()


def test_a_setting_that_can_t_be_used_is_named_when_the_function_starts(tmp_path: Path) -> None:
    with (
        pytest.raises(InitError) as failed,
        LocalLambda(environment(tmp_path, RECOGNIZER_THREADS="many")),
    ):
        pass
    assert failed.value.kind == "SettingsInvalid"
    assert "RECOGNIZER_THREADS" in failed.value.message
    assert "RECOGNIZER_THREADS" in critical(failed.value.log)


def test_a_store_that_can_t_be_used_is_reported_when_the_function_starts(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"no folder")
    with pytest.raises(InitError) as failed, LocalLambda(environment(tmp_path / "file")):
        pass
    assert failed.value.kind == "StoreUnavailable"
    assert failed.value.message in critical(failed.value.log)


def critical(log: str) -> str:
    """Return the message of the one critical line."""
    lines = [json.loads(line) for line in log.splitlines() if line.startswith("{")]
    (message,) = [line["message"] for line in lines if line["level"] == "CRITICAL"]
    assert isinstance(message, str)
    return message
