"""Recognition names enrolled people and answers unknown for everybody else."""

from __future__ import annotations

from datetime import timedelta

import pytest

from facecore.contract import CropMetadata, Decision, ErrorCode, PersonUpdate
from facecore.errors import ApiProblem
from facecore.vision.image import decode
from tests.support import pictures
from tests.support.api import NOW, Api
from tests.support.pictures import Portraits


def test_a_person_is_named_from_another_picture_with_the_record(
    api: Api, portraits: Portraits
) -> None:
    api.enrol("obama", portraits.obama, name="Barack Obama", attributes={"year": 1991})
    answer = api.device.recognize(portraits.obama_again, captured_at=NOW)
    (face,) = answer.faces
    assert face.decision is Decision.MATCH
    assert face.person is not None
    assert (face.person.label, face.person.name) == ("obama", "Barack Obama")
    assert face.person.attributes == {"year": 1991}
    assert face.similarity is not None
    assert face.similarity <= 1
    assert answer.captured_at == NOW
    assert answer.times.total_ms > 0


def test_who_is_not_enrolled_is_unknown(api: Api, portraits: Portraits) -> None:
    empty = api.device.recognize(portraits.biden, captured_at=NOW)
    assert [f.decision for f in empty.faces] == [Decision.UNKNOWN]
    assert empty.faces[0].similarity is None

    api.enrol("obama", portraits.obama)
    for unknown_person in (portraits.biden, portraits.collins, portraits.hopper):
        (face,) = api.device.recognize(unknown_person, captured_at=NOW).faces
        assert face.decision is Decision.UNKNOWN
        assert face.person is None


def test_several_people_are_named_at_once_the_largest_first(api: Api, portraits: Portraits) -> None:
    api.enrol("obama", portraits.obama)
    api.enrol("biden", portraits.biden)
    group = pictures.side_by_side(portraits.obama_again, portraits.biden, portraits.hopper)
    faces = api.device.recognize(group, captured_at=NOW).faces
    named = {f.person.label for f in faces if f.person}
    assert named == {"obama", "biden"}
    assert sorted(f.decision for f in faces) == ["match", "match", "unknown"]
    areas = [f.box.width * f.box.height for f in faces]
    assert areas == sorted(areas, reverse=True)


def test_nobody_is_named_twice_in_a_frame(api: Api, portraits: Portraits) -> None:
    api.enrol("obama", portraits.obama)
    twice = pictures.side_by_side(portraits.obama, portraits.obama_again)
    faces = api.device.recognize(twice, captured_at=NOW).faces
    assert len(faces) == 2
    assert [f.person.label for f in faces if f.person] == ["obama"]


def test_half_a_face_is_never_somebody_else(api: Api, portraits: Portraits) -> None:
    api.enrol("obama", portraits.obama)
    api.enrol("biden", portraits.biden)
    for face in api.device.recognize(portraits.obama_half_face, captured_at=NOW).faces:
        assert face.person is None or face.person.label == "obama"


def test_a_picture_without_a_face_answers_an_empty_list(api: Api) -> None:
    assert api.device.recognize(pictures.without_face(), captured_at=NOW).faces == []


def test_crops_aligned_on_the_device_are_named_as_the_frame_is(
    api: Api, portraits: Portraits
) -> None:
    api.enrol("obama", portraits.obama)
    frame = pictures.side_by_side(portraits.obama_again, portraits.hopper)
    there = api.device.recognize(frame, captured_at=NOW).faces
    here = api.analyzer.analyze_image(decode(frame)).faces
    answer = api.device.recognize_crops(
        [pictures.png_of(face.crop) for face in here],
        [CropMetadata(box=f.box, landmarks=f.landmarks, score=f.score) for f in here],
        captured_at=NOW,
    )
    assert [f.decision for f in answer.faces] == [f.decision for f in there]
    assert [f.person for f in answer.faces] == [f.person for f in there]
    assert answer.image_width == 0


def test_of_crops_the_device_says_how_large_its_frame_is(api: Api, portraits: Portraits) -> None:
    (face,) = api.analyzer.analyze(portraits.hopper).faces
    crop = pictures.png_of(face.crop)
    measured = CropMetadata(box=face.box, landmarks=face.landmarks, score=face.score)
    sized = measured.model_copy(update={"frame_width": 1280, "frame_height": 720})
    for second, metadata in enumerate((measured, sized)):
        moment = NOW + timedelta(seconds=second)
        api.device.recognize_crops([crop], [metadata], captured_at=moment)
    sizes = [(one.image_width, one.image_height) for one in api.admin.sightings().sightings]
    assert sizes == [(1280, 720), (None, None)]
    wrong = measured.model_copy(update={"frame_width": 0})
    with pytest.raises(ApiProblem) as refused:
        api.device.recognize_crops([crop], [wrong], captured_at=NOW)
    assert refused.value.code == ErrorCode.CROP_INVALID
    assert "frame_width" in str(refused.value)


def test_a_changed_record_is_answered_at_once(api: Api, portraits: Portraits) -> None:
    api.enrol("obama", portraits.obama, name="Old")
    api.admin.put_person("obama", PersonUpdate(name="New"))
    (face,) = api.device.recognize(portraits.obama_again, captured_at=NOW).faces
    assert face.person is not None
    assert face.person.name == "New"


def test_a_removed_photo_no_longer_names_anybody(api: Api, portraits: Portraits) -> None:
    photo = api.enrol("obama", portraits.obama)
    api.admin.delete_photo("obama", photo.id)
    (face,) = api.device.recognize(portraits.obama_again, captured_at=NOW).faces
    assert face.decision is Decision.UNKNOWN
