"""Enrol a person and recognize them, through a function over a local AWS."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime

from PIL import Image

from facecore import samples
from facecore.client import RecognizerClient
from facecore.contract import PersonUpdate, Recognition
from recognizer.use_cases.authentication import hash_token, new_admin_token
from tests.support.local_lambda import LocalLambda
from tests.support.transports import ThroughLambda

_HOST = "recognizer.localhost"
_TOKEN = new_admin_token()
_LONGEST_SIDE = 640


def token_setting() -> Mapping[str, str]:
    """Return the variable that makes ``client``'s token the admin token."""
    return {"RECOGNIZER_ADMIN_TOKEN_SHA256": hash_token(_TOKEN)}


@contextmanager
def client(function: LocalLambda, token: str = _TOKEN) -> Iterator[RecognizerClient]:
    """Yield the recorder's client for the function's API."""
    way = ThroughLambda(function, _HOST)
    with RecognizerClient(f"http://{_HOST}", token, deadline_s=60, transport=way) as opened:
        yield opened


def enrol_and_recognise(function: LocalLambda) -> Recognition:
    """Enrol one person; return the function's recognition of another picture of them."""
    with client(function) as admin:
        admin.put_person("obama", PersonUpdate(name="Barack Obama"))
        admin.add_photo("obama", portrait("obama"))
        device = admin.add_device("door")
    with client(function, device.token.get_secret_value()) as door:
        return door.recognize(portrait("obama2"), captured_at=datetime.now(UTC))


def portrait(name: str) -> bytes:
    """Return a portrait with the height of a camera's frame."""
    picture = Image.open(samples.ensure()[name]).convert("RGB")
    picture.thumbnail((_LONGEST_SIDE, _LONGEST_SIDE))
    written = io.BytesIO()
    picture.save(written, "JPEG", quality=92)
    return written.getvalue()
