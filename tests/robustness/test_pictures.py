"""Damaged pictures against the running application: an answer or a problem, never a 500."""

from __future__ import annotations

import io

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from tests.support.api import Api
from tests.support.pictures import Portraits

SMALL = 96


def seeds(portrait: bytes) -> list[bytes]:
    """Return the same small portrait in each accepted format."""
    image = Image.open(io.BytesIO(portrait)).convert("RGB").resize((SMALL, SMALL))
    encoded = []
    for kind, options in (("JPEG", {}), ("JPEG", {"progressive": True}), ("PNG", {}), ("WEBP", {})):
        out = io.BytesIO()
        image.save(out, kind, **options)
        encoded.append(out.getvalue())
    return encoded


@settings(suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_a_damaged_picture_never_breaks_the_service(
    data: st.DataObject, running: Api, portraits: Portraits
) -> None:
    original = data.draw(st.sampled_from(seeds(portraits.hopper)))
    cut = data.draw(st.integers(0, len(original)))
    damaged = bytearray(original[:cut] if data.draw(st.booleans()) else original)
    for _ in range(data.draw(st.integers(0, 8)) if damaged else 0):
        damaged[data.draw(st.integers(0, len(damaged) - 1))] = data.draw(st.integers(0, 255))
    answer = running.raw(
        "POST",
        "/v1/recognitions",
        content=bytes(damaged),
        headers={"content-type": "image/jpeg"},
    )
    assert answer.status_code == 200 or 400 <= answer.status_code < 500
    if answer.status_code != 200:
        assert answer.json()["code"].startswith("image_")
