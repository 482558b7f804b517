"""Pictures of people: the thumbnail of the face, and the photos as they were sent."""

from __future__ import annotations

import io
from collections.abc import Callable
from functools import partial

import pytest
from PIL import Image

from facecore.client.responses import Picture
from facecore.contract import ErrorCode, PersonUpdate
from facecore.errors import ApiProblem
from tests.support import pictures
from tests.support.api import Api
from tests.support.pictures import Portraits


def test_a_photo_is_given_back_byte_for_byte_as_what_it_is(api: Api, portraits: Portraits) -> None:
    jpeg = api.enrol("obama", portraits.obama)
    assert api.admin.photo_picture("obama", jpeg.id) == Picture(portraits.obama, "image/jpeg")
    collins = pictures.png(Image.open(io.BytesIO(portraits.collins)))
    png = api.enrol("collins", collins)  # the client says JPEG; the bytes decide
    assert api.admin.photo_picture("collins", png.id) == Picture(collins, "image/png")


def test_the_thumbnail_shows_the_face_of_the_oldest_photo(api: Api, portraits: Portraits) -> None:
    first = api.enrol("obama", portraits.obama)
    portrait = api.admin.portrait("obama")
    assert portrait.content_type == "image/jpeg"
    assert len(portrait.data) < 15_000
    assert Image.open(io.BytesIO(portrait.data)).size == (160, 160)
    (face,) = api.analyzer.analyze(portrait.data).faces
    assert (face.box.x + face.box.width / 2, face.box.y + face.box.height / 2) == pytest.approx(
        (80, 80), abs=15
    )
    second = api.admin.add_photo("obama", portraits.obama_again)
    assert api.admin.portrait("obama") == portrait
    assert api.admin.photo_portrait("obama", first.id) == portrait
    assert api.admin.photo_portrait("obama", second.id) != portrait
    api.admin.delete_photo("obama", first.id)
    assert api.admin.portrait("obama") != portrait


def test_an_unchanged_picture_is_answered_without_bytes(api: Api, portraits: Portraits) -> None:
    photo = api.enrol("obama", portraits.obama)
    photos = "/v1/people/obama/photos"
    paths = [
        "/v1/people/obama/portrait",
        f"{photos}/{photo.id}/portrait",
        f"{photos}/{photo.id}/picture",
    ]
    for path in paths:
        whole = api.raw("GET", path)
        assert whole.status_code == 200
        assert whole.headers["cache-control"] == "private, no-cache"
        etag = whole.headers["etag"]
        for known in (etag, f"W/{etag}", f'"other", {etag}', "*"):
            again = api.raw("GET", path, headers={"if-none-match": known})
            assert (again.status_code, again.content) == (304, b"")
            assert again.headers["etag"] == etag
        assert api.raw("GET", path, headers={"if-none-match": '"other"'}).content == whole.content
        assert api.raw("GET", path, headers={"if-none-match": etag[1:-1]}).status_code == 200
    api.admin.delete_person("obama")
    for path in paths:
        gone = api.raw("GET", path, headers={"if-none-match": "*"})
        assert (gone.status_code, gone.json()["code"]) == (404, ErrorCode.PERSON_NOT_FOUND)


def test_where_there_is_no_photo_there_is_no_picture(api: Api, portraits: Portraits) -> None:
    api.admin.put_person("empty", PersonUpdate(name="Empty"))
    other = api.enrol("obama", portraits.obama)
    assert _refusal(lambda: api.admin.portrait("empty")) == (404, ErrorCode.PHOTO_NOT_FOUND)
    for call in (api.admin.photo_picture, api.admin.photo_portrait):
        refusal = _refusal(partial(call, "empty", other.id))
        assert refusal == (404, ErrorCode.PHOTO_NOT_FOUND)
    assert _refusal(lambda: api.admin.portrait("nobody")) == (404, ErrorCode.PERSON_NOT_FOUND)
    assert _refusal(lambda: api.admin.photo_picture("obama", "not an id")) == (
        422,
        ErrorCode.VALIDATION_FAILED,
    )


def test_pictures_are_the_admins(api: Api, portraits: Portraits) -> None:
    photo = api.enrol("obama", portraits.obama)
    for client, answer in (
        (api.device, (403, ErrorCode.FORBIDDEN)),
        (api.anonymous, (401, ErrorCode.UNAUTHENTICATED)),
    ):
        assert _refusal(partial(client.portrait, "obama")) == answer
        assert _refusal(partial(client.photo_portrait, "obama", photo.id)) == answer
        assert _refusal(partial(client.photo_picture, "obama", photo.id)) == answer


def _refusal(call: Callable[[], object]) -> tuple[int, str]:
    with pytest.raises(ApiProblem) as refused:
        call()
    return refused.value.status, refused.value.code
