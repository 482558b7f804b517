"""Photos: one usable face each, of the person it is enrolled for."""

from __future__ import annotations

import pytest

from facecore.contract import ErrorCode, PersonUpdate
from facecore.errors import ApiProblem
from tests.support import pictures
from tests.support.api import Api
from tests.support.pictures import Portraits


def test_a_photo_is_enrolled_listed_and_removed(api: Api, portraits: Portraits) -> None:
    api.admin.put_person("obama", PersonUpdate(name="Barack Obama"))
    photo = api.admin.add_photo("obama", portraits.obama)
    assert photo.quality.accepted
    assert photo.label == "obama"
    assert api.admin.photos("obama").photos == [photo]
    assert api.admin.person("obama").photo_count == 1

    api.admin.delete_photo("obama", photo.id)
    assert api.admin.photos("obama").photos == []
    with pytest.raises(ApiProblem) as refused:
        api.admin.delete_photo("obama", photo.id)
    assert refused.value.code == ErrorCode.PHOTO_NOT_FOUND


def test_the_same_photo_twice_is_one_photo(api: Api, portraits: Portraits) -> None:
    api.admin.put_person("obama", PersonUpdate(name="Barack Obama"))
    first = api.admin.add_photo("obama", portraits.obama)
    assert api.admin.add_photo("obama", portraits.obama) == first
    assert api.admin.photos("obama").photos == [first]


def test_a_photo_needs_a_person(api: Api, portraits: Portraits) -> None:
    with pytest.raises(ApiProblem) as refused:
        api.admin.add_photo("nobody", portraits.obama)
    assert refused.value.code == ErrorCode.PERSON_NOT_FOUND


def test_unusable_photos_are_refused_with_the_reason(api: Api, portraits: Portraits) -> None:
    api.admin.put_person("obama", PersonUpdate(name="Barack Obama"))
    refusals = {
        ErrorCode.NO_FACE: pictures.without_face(),
        ErrorCode.SEVERAL_FACES: pictures.side_by_side(portraits.obama, portraits.biden),
        ErrorCode.FACE_TOO_SMALL: pictures.shrunk(portraits.obama, 160),
        ErrorCode.FACE_BLURRED: pictures.blurred(portraits.obama, 12),
    }
    for code, data in refusals.items():
        with pytest.raises(ApiProblem) as refused:
            api.admin.add_photo("obama", data)
        assert (refused.value.status, refused.value.code) == (422, code)
    assert api.admin.photos("obama").photos == []


def test_a_photo_of_somebody_else_is_refused_by_name(api: Api, portraits: Portraits) -> None:
    api.enrol("obama", portraits.obama)
    api.admin.put_person("biden", PersonUpdate(name="Joe Biden"))
    with pytest.raises(ApiProblem) as refused:
        api.admin.add_photo("biden", portraits.obama_again)
    assert (refused.value.status, refused.value.code) == (409, ErrorCode.FACE_OF_ANOTHER_PERSON)
    assert "obama" in refused.value.detail
    assert api.admin.photos("biden").photos == []


def test_a_photo_that_resembles_somebody_else_is_kept_and_says_so(
    api: Api, portraits: Portraits
) -> None:
    """The flag follows the present people: it appears and disappears with the other person."""
    alike = _between(api, portraits.obama, portraits.biden)
    before = api.enrol("biden", alike)
    assert before.look_alike is None
    api.enrol("obama", portraits.obama)
    (photo,) = api.admin.photos("biden").photos
    assert photo.look_alike is not None
    assert photo.look_alike.label == "obama"
    thresholds = api.analyzer.thresholds
    assert thresholds.uncertain <= photo.look_alike.similarity < thresholds.match
    (other,) = api.admin.photos("obama").photos
    assert other.look_alike is not None
    assert other.look_alike.label == "biden"
    assert other.look_alike.similarity == pytest.approx(photo.look_alike.similarity, abs=1e-5)

    api.admin.delete_photo("biden", photo.id)
    assert api.admin.photos("obama").photos[0].look_alike is None
    added = api.admin.add_photo("biden", alike)
    assert added.look_alike == photo.look_alike
    assert api.admin.add_photo("biden", alike) == added  # the same again
    api.admin.delete_person("obama")
    assert api.admin.photos("biden").photos[0].look_alike is None


def _between(api: Api, first: bytes, second: bytes) -> bytes:
    boxes = [api.analyzer.analyze(picture).faces[0].box for picture in (first, second)]
    return pictures.between(first, boxes[0], second, boxes[1], 0.6)
