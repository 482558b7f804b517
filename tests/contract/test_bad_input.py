"""Bad input: a 4xx problem with a stable code, nothing stored, the service keeps answering."""

from __future__ import annotations

import io
import struct
import zlib

import pytest
from PIL import Image

from facecore.contract import MAX_BODY_BYTES, MAX_CROPS, ErrorCode
from facecore.models import catalogue
from tests.support import pictures
from tests.support.api import Api
from tests.support.pictures import Portraits

JPEG = {"content-type": "image/jpeg"}
BLANK = pictures.without_face()


def png_header(width: int, height: int) -> bytes:
    """Return a PNG that claims a size and holds almost no data."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        body = kind + data
        return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))

    ihdr = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    idat = zlib.compress(b"\0" * 1000)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", ihdr) + chunk(b"IDAT", idat) + chunk(b"IEND", b"")


def gif() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (32, 32)).save(out, "GIF")
    return out.getvalue()


def jpeg_of_many_scans() -> bytes:
    """Return a progressive JPEG that repeats its last scan a hundred thousand times."""
    out = io.BytesIO()
    Image.new("RGB", (4000, 4000), (10, 200, 30)).save(out, "JPEG", progressive=True)
    data = out.getvalue()
    last = data.rindex(b"\xff\xda")
    scan = data[last:-2]
    return data[:-2] + scan * ((3 * 2**20 - len(data)) // len(scan)) + b"\xff\xd9"


BAD_PICTURES = {
    "empty": (b"", ErrorCode.IMAGE_EMPTY),
    "text": (b"this is not a picture", ErrorCode.IMAGE_UNSUPPORTED),
    "zeros": (b"\0" * 10_000, ErrorCode.IMAGE_UNSUPPORTED),
    "gif": (gif(), ErrorCode.IMAGE_UNSUPPORTED),
    "cut short": (BLANK[: len(BLANK) // 2], ErrorCode.IMAGE_TRUNCATED),
    "only a header": (BLANK[:200], ErrorCode.IMAGE_TRUNCATED),
    "pixel bomb": (png_header(60_000, 60_000), ErrorCode.IMAGE_TOO_MANY_PIXELS),
    "just too many pixels": (png_header(5001, 5000), ErrorCode.IMAGE_TOO_MANY_PIXELS),
    "a side too long": (png_header(1, 25_000_000), ErrorCode.IMAGE_TOO_MANY_PIXELS),
    "png without its pixels": (png_header(640, 480), ErrorCode.IMAGE_TRUNCATED),
}


@pytest.mark.one_transport
@pytest.mark.parametrize("name", BAD_PICTURES)
def test_a_bad_picture_is_a_problem_with_its_code(api: Api, name: str) -> None:
    data, code = BAD_PICTURES[name]
    answer = api.raw("POST", "/v1/recognitions", content=data, headers=JPEG)
    assert answer.headers["content-type"] == "application/problem+json"
    assert (answer.json()["code"], answer.status_code // 100) == (code, 4)
    assert answer.json()["detail"]
    assert api.admin.sightings().sightings == []


def test_a_jpeg_of_very_many_scans_is_refused(api: Api) -> None:
    answer = api.raw("POST", "/v1/recognitions", content=jpeg_of_many_scans(), headers=JPEG)
    assert answer.status_code == 415
    assert answer.json()["code"] == ErrorCode.IMAGE_UNSUPPORTED
    assert "scans" in answer.json()["detail"]


@pytest.mark.parametrize("path", ["/v1/recognitions", "/v1/people/x/photos", "/v1/people/x"])
def test_a_body_over_the_limit_is_refused(api: Api, path: str) -> None:
    method = "PUT" if path == "/v1/people/x" else "POST"
    body = b"\xff\xd8" + b"\0" * MAX_BODY_BYTES
    kind = "application/json" if method == "PUT" else "image/jpeg"
    answer = api.raw(method, path, content=body, headers={"content-type": kind})
    assert answer.status_code == 413
    assert answer.json()["code"] == ErrorCode.BODY_TOO_LARGE


@pytest.mark.one_transport
@pytest.mark.parametrize("kind", ["text/plain", "application/json", "video/mp4", ""])
def test_another_media_type_is_refused(api: Api, kind: str) -> None:
    answer = api.raw(
        "POST", "/v1/recognitions", content=BLANK, headers={"content-type": kind} if kind else {}
    )
    assert answer.status_code == 415
    assert answer.json()["code"] == ErrorCode.UNSUPPORTED_MEDIA_TYPE


@pytest.mark.one_transport
@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[" * 50_000,
        b'{"name": "\\ud800"}',
        b'{"name": NaN}',
        b'{"name": "x", "attributes": {"a": Infinity}}',
        b"\xff\xfe\x00",
        b'{"name": "x", "attributes": {"a": ' + b"9" * 5000 + b"}}",
        b"null",
    ],
)
def test_json_that_is_none_is_refused(api: Api, body: bytes) -> None:
    answer = api.raw(
        "PUT", "/v1/people/x", content=body, headers={"content-type": "application/json"}
    )
    assert answer.status_code in {400, 422}
    assert answer.json()["code"] in {ErrorCode.MALFORMED_BODY, ErrorCode.VALIDATION_FAILED}
    assert api.admin.people().people == []


@pytest.mark.one_transport
@pytest.mark.parametrize(
    "query",
    [
        "captured_at=yesterday",
        "captured_at=2026-11-22T10:00:00",
        "captured_at=0001-01-01T00:00:00%2B23:59",
        "captured_at=99999999999999999999",
        "offset_ms=-1",
        "offset_ms=1e99",
        "offset_ms=99999999999999999999999",
        "video=../../etc/passwd",
        "video=vidinput/door/../window/2026/11/22/a.mp4",
        "video=vidinput/door//a.mp4",
        "video=vidinput/door/",
        "track=%00",
        "track=" + "x" * 65,
        "track=%ff%fe",
    ],
)
def test_a_query_that_does_not_fit_is_refused(api: Api, query: str) -> None:
    answer = api.raw("POST", f"/v1/recognitions?{query}", content=BLANK, headers=JPEG)
    assert answer.status_code == 422
    assert answer.json()["code"] == ErrorCode.VALIDATION_FAILED
    (error,) = answer.json()["errors"]
    assert error["field"].startswith("query.")


def multipart(*parts: tuple[str, bytes]) -> tuple[bytes, dict[str, str]]:
    lines = b"".join(
        b'--cut\r\nContent-Disposition: form-data; name="%b"; filename="f"\r\n\r\n%b\r\n'
        % (name.encode(), data)
        for name, data in parts
    )
    return lines + b"--cut--\r\n", {"content-type": "multipart/form-data; boundary=cut"}


def test_crops_that_do_not_fit_are_refused(api: Api, portraits: Portraits) -> None:
    small = pictures.png(Image.new("RGB", (32, 32)))
    side = catalogue.embedder().input_size
    crop = pictures.png(Image.new("RGB", (side, side)))
    about = (
        b'{"box":{"x":0,"y":0,"width":90,"height":90},"score":1,"landmarks":{'
        + b",".join(
            b'"%b":{"x":1,"y":1}' % point
            for point in (b"left_eye", b"right_eye", b"nose", b"mouth_left", b"mouth_right")
        )
        + b"}}"
    )
    bodies = [
        multipart(),
        multipart(("metadata", b"[]")),
        multipart(("crop", crop)),
        multipart(("crop", crop), ("metadata", b"[]")),
        multipart(("crop", crop), ("metadata", b"{")),
        multipart(("crop", small), ("metadata", b"[" + about + b"]")),
        multipart(("crop", b"x"), ("metadata", b"[" + about + b"]")),
        multipart(
            *[("crop", crop)] * (MAX_CROPS + 1),
            ("metadata", b"[" + b",".join([about] * (MAX_CROPS + 1)) + b"]"),
        ),
        (b"--cut\r\nno headers", {"content-type": "multipart/form-data; boundary=cut"}),
        (b"anything", {"content-type": "multipart/form-data"}),
    ]
    for body, headers in bodies:
        answer = api.raw("POST", "/v1/recognitions", content=body, headers=headers)
        assert answer.status_code in {400, 413, 415, 422}, body[:80]
        assert answer.headers["content-type"] == "application/problem+json"
    assert api.admin.sightings().sightings == []


def test_what_does_not_exist_is_a_problem_too(api: Api) -> None:
    nowhere = api.raw("GET", "/v1/nowhere")
    assert (nowhere.status_code, nowhere.json()["code"]) == (404, ErrorCode.NOT_FOUND)
    wrong = api.raw("PATCH", "/v1/people")
    assert (wrong.status_code, wrong.json()["code"]) == (405, ErrorCode.METHOD_NOT_ALLOWED)
    assert "GET" in wrong.headers["allow"]


@pytest.mark.one_transport
@pytest.mark.parametrize(
    "query", ["limit=0", "limit=501", "limit=x", "after=%00", "after=not-a-cursor-of-ours"]
)
@pytest.mark.parametrize("path", ["/v1/sightings", "/v1/videos"])
def test_a_page_that_does_not_exist_is_refused(api: Api, path: str, query: str) -> None:
    answer = api.raw("GET", f"{path}?{query}")
    assert (answer.status_code, answer.json()["code"]) == (422, ErrorCode.VALIDATION_FAILED)


def test_the_service_goes_on_answering(api: Api, portraits: Portraits) -> None:
    for data, _ in BAD_PICTURES.values():
        api.raw("POST", "/v1/recognitions", content=data, headers=JPEG)
    api.enrol("obama", portraits.obama)
    assert api.raw("GET", "/v1/health").status_code == 200
    answer = api.raw("POST", "/v1/recognitions", content=portraits.obama_again, headers=JPEG)
    assert answer.json()["faces"][0]["person"]["label"] == "obama"
