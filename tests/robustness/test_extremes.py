"""Extreme numbers and times against the running application: an answer or a problem, never a 500.

The generated requests of ``test_openapi.py`` seldom have the limits of floats and the calendar.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tests.contract.test_numbers import BODIES, CROP, of_crop, with_each_number
from tests.contract.test_times import LISTS, bearer, bodies
from tests.support.api import Api

EXTREME = ("5e-324", "1e-310", "1e-30", "-0.0", "0.5", "1e30", "1e308", "-1e308", "1e999",
           "-1e999", "NaN", "Infinity", "-Infinity", "9" * 400, "9007199254740993")  # fmt: skip
ABOUT_A_DEVICE = ("/v1/devices", "/v1/videos", "/v1/tracks?device={}", "/v1/sightings")


@pytest.fixture(scope="module")
def device(running: Api) -> Iterator[dict[str, str]]:
    """Return a device's header; afterwards every list of what it sent must still be answered."""
    yield bearer(running, "extreme") | {"content-type": "application/json"}
    for path in ABOUT_A_DEVICE:
        assert running.raw("GET", path.format("extreme")).status_code == 200, path


def everywhere(value: Any) -> Any:
    """Return the value with the placeholder in place of each number."""
    if isinstance(value, dict):
        return {name: everywhere(one) for name, one in value.items()}
    return "#"


def corrupted(body: dict[str, Any], number: str) -> Iterator[tuple[str, str]]:
    """Yield the body as JSON, once for each number in it, with this one in its place."""
    for name, changed in with_each_number(body, lambda _: "#"):
        yield name, json.dumps(changed).replace('"#"', number)


@pytest.mark.parametrize("number", EXTREME, ids=lambda number: number[:12])
def test_no_extreme_number_breaks_the_service(
    running: Api, device: dict[str, str], number: str
) -> None:
    for (method, path), body in BODIES.items():
        for name, text in corrupted(body, number):
            answer = running.raw(method, path, token=None, headers=device, content=text)
            assert answer.status_code in {200, 201, 204, 400, 422}, (path, name)
    for name, text in corrupted(CROP, number):
        assert of_crop(running, f"[{text}]") in {200, 422}, name
    for part in ("box", "landmarks"):
        whole = CROP | {part: everywhere(CROP[part])}
        assert of_crop(running, f"[{json.dumps(whole)}]".replace('"#"', number)) in {200, 422}, part


FLOATS = st.floats(allow_nan=False, allow_infinity=False) | st.sampled_from([0.0, 1.0, 1e6, 5e-324])


@settings(suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_no_crop_s_numbers_together_break_the_service(data: st.DataObject, running: Api) -> None:
    point = st.fixed_dictionaries({"x": FLOATS, "y": FLOATS})
    box = st.fixed_dictionaries(dict.fromkeys(("x", "y", "width", "height"), FLOATS))
    landmarks = st.fixed_dictionaries(dict.fromkeys(CROP["landmarks"], point))
    changed = CROP | data.draw(st.fixed_dictionaries({}, optional={"box": box}))
    changed |= data.draw(st.fixed_dictionaries({}, optional={"landmarks": landmarks}))
    assert of_crop(running, json.dumps([changed])) in {200, 422}


@st.composite
def times(draw: st.DrawFn) -> str:
    """Return times in RFC 3339, some of days that do not exist."""
    year = draw(st.sampled_from([1, 1969, 1970, 2026, 2999, 3000, 9999]))
    day = draw(st.sampled_from(["01-01", "02-29", "02-30", "12-31"]))
    clock = draw(st.sampled_from(["00:00:00", "23:59:59.999999999", "23:59:60", "24:00:00"]))
    offset = draw(st.sampled_from(["Z", "+00:00", "-23:59", "+23:59", "+24:00", "-00:00"]))
    return f"{year:04}-{day}T{clock}{offset}"


@settings(suppress_health_check=list(HealthCheck))
@given(time=times())
@example(time="2999-12-31T23:59:59-23:59")
@example(time="1970-01-01T00:00:00+23:59")
def test_no_time_breaks_the_service(time: str, running: Api, device: dict[str, str]) -> None:
    for (method, path), body in bodies(time).items():
        answer = running.raw(method, path, token=None, headers=device, json=body)
        assert answer.status_code in {200, 201, 204, 422}, path
    for path in LISTS:
        query = f"{'&' if '?' in path else '?'}since={time.replace('+', '%2B')}"
        assert running.raw("GET", path + query).status_code in {200, 422}, path
    assert running.raw("GET", "/v1/devices").status_code == 200
