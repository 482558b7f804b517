"""Numbers: a string and a boolean are no numbers."""

from __future__ import annotations

import json
from collections.abc import Iterator
from copy import deepcopy
from typing import Any

from PIL import Image

from facecore.contract import ErrorCode
from facecore.models import catalogue
from tests.contract.test_bad_input import multipart
from tests.contract.test_device_status import PATH, REPORT
from tests.contract.test_times import bearer
from tests.contract.test_tracks import REPORT as TRACK
from tests.contract.test_videos import announcement
from tests.support import pictures
from tests.support.api import Api

POINTS = ("left_eye", "right_eye", "nose", "mouth_left", "mouth_right")
CROP: dict[str, Any] = {
    "box": {"x": 1, "y": 1, "width": 90, "height": 90},
    "landmarks": {name: {"x": 1, "y": 1} for name in POINTS},
    "score": 1,
    "frame_width": 640,
    "frame_height": 480,
}
BODIES: dict[tuple[str, str], dict[str, Any]] = {
    ("PUT", PATH): REPORT.model_dump(mode="json") | {"temperature_c": 50},
    ("PUT", "/v1/tracks/t1"): TRACK.model_dump(mode="json"),
    ("POST", "/v1/videos"): announcement(b"segment").model_dump(mode="json"),
}


def with_each_number(body: dict[str, Any], make: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the body once for each number in it, with ``make`` of that number in its place."""
    for path in numbers(body):
        changed = deepcopy(body)
        place: Any = changed
        for part in path[:-1]:
            place = place[part]
        place[path[-1]] = make(place[path[-1]])
        yield ".".join(map(str, path)), changed


def numbers(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    if isinstance(value, int | float) and not isinstance(value, bool):
        yield path
    elif isinstance(value, dict | list):
        parts = value.items() if isinstance(value, dict) else enumerate(value)
        for name, one in parts:
            yield from numbers(one, (*path, name))


def of_crop(api: Api, metadata: str) -> int:
    side = catalogue.embedder().input_size
    crop = pictures.png(Image.new("RGB", (side, side)))
    body, headers = multipart(("crop", crop))
    # A field, not a file.
    field = f'--cut\r\nContent-Disposition: form-data; name="metadata"\r\n\r\n{metadata}\r\n'
    answer = api.raw("POST", "/v1/recognitions", content=field.encode() + body, headers=headers)
    return answer.status_code


def test_a_text_and_a_truth_value_are_no_number(api: Api) -> None:
    device = bearer(api, "gate")
    for (method, path), body in BODIES.items():
        assert api.raw(method, path, token=None, headers=device, json=body).is_success
        for make in (str, lambda _: True, lambda _: [1], lambda _: ""):
            for name, changed in with_each_number(body, make):
                answer = api.raw(method, path, token=None, headers=device, json=changed)
                outcome = (answer.status_code, answer.json().get("code"))
                assert outcome == (422, ErrorCode.VALIDATION_FAILED), (path, name, changed)
    assert of_crop(api, json.dumps([CROP])) == 200
    for make in (str, lambda _: True):
        for name, changed in with_each_number(CROP, make):
            assert of_crop(api, json.dumps([changed])) == 422, name


def test_a_number_is_no_truth_value(api: Api) -> None:
    device = bearer(api, "gate")
    for stopped in (1, 0, "true", "yes"):
        body = REPORT.model_dump(mode="json") | {"stopped": stopped}
        answer = api.raw("PUT", PATH, token=None, headers=device, json=body)
        assert answer.status_code == 422, stopped


def test_a_fraction_may_be_written_as_a_whole_number_and_not_the_other_way(api: Api) -> None:
    device = bearer(api, "gate")
    body = REPORT.model_dump(mode="json")
    whole = body | {"interval_s": 60, "uptime_s": 3600}
    assert api.raw("PUT", PATH, token=None, headers=device, json=whole).status_code == 204
    broken = body | {"disk": {"free_bytes": 1.0, "total_bytes": 2}}
    assert api.raw("PUT", PATH, token=None, headers=device, json=broken).status_code == 422


def test_an_attribute_stays_what_it_was(api: Api) -> None:
    attributes = {
        "text": "1000",
        "truth": [True, False],
        "numbers": [1, 0.5, -0.0, 5e-324, 1e308],
        "all": [True, 1, "1", 1.5, None],
        "yes": True,
        "one": 1,
        "none": None,
    }
    body = {"name": "Ada", "attributes": attributes}
    assert api.raw("PUT", "/v1/people/ada", json=body).status_code == 201
    kept = api.raw("GET", "/v1/people/ada").json()["attributes"]
    assert repr(kept) == repr(attributes)


def test_a_whole_number_in_a_query_is_digits(api: Api) -> None:
    for path in ("/v1/sightings?limit=", "/v1/statistics?days=", "/v1/tracks?device=door&limit="):
        assert api.raw("GET", f"{path}5").status_code == 200
        for text in (
            "true",
            "1e1",
            "%205",
            "5%20",
            "%2B5",
            "5.0",
            "1_0",
            "0x5",
            "05",
            "",
            "\u0665",
        ):
            answer = api.raw("GET", f"{path}{text}")
            assert answer.status_code == 422, (path, text)


def test_a_face_smaller_than_a_pixel_is_refused(api: Api) -> None:
    for size in (5e-324, 1e-200, 1e-3, 0.99):
        tiny = CROP | {"box": {"x": 1, "y": 1, "width": size, "height": size}}
        assert of_crop(api, json.dumps([tiny, tiny])) == 422
        assert of_crop(api, json.dumps([tiny])) == 422
    small = CROP | {"box": {"x": 1, "y": 1, "width": 1, "height": 1}}
    assert of_crop(api, json.dumps([small])) == 200


def test_a_place_far_outside_of_any_picture_breaks_nothing(api: Api) -> None:
    picture = pictures.without_face()
    for numbers_ in ("99,99,9,9", "-10,-10,10,10", "10,10,0.000001,0.000001", "0,0,0,0"):
        answer = api.raw(
            "POST",
            f"/v1/recognitions?tracks=a:{numbers_}",
            content=picture,
            headers={"content-type": "image/jpeg"},
        )
        assert answer.status_code in {200, 422}, numbers_
