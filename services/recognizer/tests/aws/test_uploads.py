"""Test presigned requests: each allows one operation, and S3 refuses any other."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Literal

import httpx
import pytest

from facecore.contract import PresignedUpload, Video
from recognizer.bootstrap import assemble
from recognizer.domain.ports import Stores
from recognizer.entrypoints.http.app import create_app
from recognizer.settings import Settings
from services.recognizer.tests.stores.conftest import video
from tests.support.fake_vision import FakeVision
from tests.support.moto import CREDENTIALS, Moto
from tests.support.s3_links import refusal
from tests.support.transports import InProcess

CONTENT = b"a segment" * 1000
SECRET = CREDENTIALS["AWS_SECRET_ACCESS_KEY"]


def announced(content: bytes = CONTENT, number: int = 1) -> Video:
    right = {"size_bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
    return video(number).model_copy(update=right)


def put(upload: PresignedUpload, content: bytes = CONTENT, **changed: str) -> httpx.Response:
    headers = {
        **upload.headers,
        **{name.replace("_", "-"): value for name, value in changed.items()},
    }
    return httpx.put(upload.url, headers=headers, content=content)


def test_a_link_signs_every_header_that_an_upload_must_carry(stores: Stores) -> None:
    upload = stores.video_store.presign_upload(announced())
    signed = httpx.URL(upload.url).params["X-Amz-SignedHeaders"].split(";")
    assert sorted(signed) == sorted([*upload.headers, "host"])


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("content-length", "9001"),
        ("content-type", "text/html"),
        ("x-amz-checksum-sha256", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="),
        ("host", "elsewhere.example"),
    ],
)
def test_no_signed_header_can_be_another(stores: Stores, name: str, value: str) -> None:
    upload = stores.video_store.presign_upload(announced())
    headers = {**upload.headers, "host": httpx.URL(upload.url).netloc.decode()}
    assert refusal("PUT", upload.url, headers, SECRET) is None
    changed = {**headers, name: value}
    assert refusal("PUT", upload.url, changed, SECRET) == ("403 Forbidden", "SignatureDoesNotMatch")


def test_neither_key_nor_method_nor_expiry_can_be_another(stores: Stores) -> None:
    upload = stores.video_store.presign_upload(announced())
    headers = {**upload.headers, "host": httpx.URL(upload.url).netloc.decode()}
    wrong = ("403 Forbidden", "SignatureDoesNotMatch")
    assert refusal("GET", upload.url, headers, SECRET) == wrong
    for old, new in (("0001.mp4", "0002.mp4"), ("X-Amz-Expires=900", "X-Amz-Expires=901")):
        assert old in upload.url
        assert refusal("PUT", upload.url.replace(old, new), headers, SECRET) == wrong


def test_only_the_announced_bytes_are_taken(stores: Stores) -> None:
    segment = announced()
    upload = stores.video_store.presign_upload(segment)
    for refused in (
        put(upload, content=CONTENT[::-1]),
        put(upload, content_type="text/html"),
        put(upload, x_amz_acl="public-read"),
    ):
        assert refused.status_code in (400, 403), refused.text
        assert not stores.video_store.is_stored(segment)
    assert put(upload).status_code == 200
    assert stores.video_store.is_stored(segment)


@pytest.mark.parametrize("kind", ["SHA256", "CRC32"])
@pytest.mark.parametrize(
    ("content", "right"),
    [(CONTENT, True), (CONTENT[:-1], False), (CONTENT[::-1], False)],
    ids=["right", "size", "checksum"],
)
def test_the_stored_object_is_compared_as_far_as_s3_describes_it(
    stores: Stores, aws: Moto, content: bytes, right: bool, kind: Literal["SHA256", "CRC32"]
) -> None:
    """Test that an object without a SHA-256 is compared by its size alone."""
    bucket, key = aws.names.videos_bucket, announced().key
    aws.s3().put_object(Bucket=bucket, Key=key, Body=content, ChecksumAlgorithm=kind)
    same_size = len(content) == len(CONTENT)
    assert stores.video_store.is_stored(announced()) == (right if kind == "SHA256" else same_size)


def test_a_link_says_how_long_it_works(stores: Stores) -> None:
    link = stores.video_store.presign_playback(announced())
    query = httpx.URL(link.url).params
    assert query["X-Amz-Expires"] == "900"
    assert (link.expires_at.timestamp() - 900) % 60 == int(query["X-Amz-Date"][13:15])


def test_a_playback_link_is_for_reading_alone(stores: Stores) -> None:
    segment = announced()
    put(stores.video_store.presign_upload(segment))
    url = stores.video_store.presign_playback(segment).url
    assert httpx.get(url, headers={"range": "bytes=0-8"}).content == b"a segment"
    assert httpx.delete(url).status_code == 403
    assert httpx.put(url, content=b"other").status_code == 403
    assert stores.video_store.is_stored(segment)


def test_the_service_takes_and_gives_no_bytes_itself(stores: Stores) -> None:
    services = assemble(Settings(), FakeVision(), stores)
    link: Mapping[str, str] = {"expires": "1795341600", "signature": "0" * 64}
    with httpx.Client(
        transport=InProcess(create_app(services)), base_url="http://recognizer.test"
    ) as client:
        for method, path in (("PUT", "/v1/uploads/"), ("GET", "/v1/playback/")):
            answer = client.request(method, path + announced().key, params=link)
            assert (answer.status_code, answer.json()["code"]) == (403, "upload_link_invalid")
            assert "use the link it announced" in answer.json()["detail"]
