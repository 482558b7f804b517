"""Several visits in one picture: each sighting belongs to the track of its own face."""

from __future__ import annotations

from datetime import timedelta

import pytest

from facecore.contract import Box, CropMetadata, ErrorCode, Recognition, TrackInPicture
from tests.support import pictures
from tests.support.api import NOW, Api
from tests.support.pictures import Portraits


def two(portraits: Portraits) -> bytes:
    return pictures.side_by_side(portraits.obama_again, portraits.hopper)


def place(track: str, box: Box, answer: Recognition) -> TrackInPicture:
    width, height = answer.image_width, answer.image_height
    return TrackInPicture(
        track=track,
        x=box.x / width,
        y=box.y / height,
        width=box.width / width,
        height=box.height / height,
    )


def tracks_from_left(api: Api) -> list[str | None]:
    seen = api.admin.sightings().sightings
    of_now = [one for one in seen if one.captured_at == seen[0].captured_at]
    return [one.track for one in sorted(of_now, key=lambda one: one.box.x)]


def test_each_face_has_the_track_of_its_box(api: Api, portraits: Portraits) -> None:
    api.enrol("obama", portraits.obama)
    before = api.device.recognize(two(portraits), captured_at=NOW)
    assert tracks_from_left(api) == [None, None]
    left, right = (face.box for face in sorted(before.faces, key=lambda face: face.box.x))
    for second in (1, 2):
        api.device.recognize(
            two(portraits),
            captured_at=NOW + timedelta(seconds=second),
            tracks=[place("r", right, before), place("l", left, before)],
        )
        assert tracks_from_left(api) == ["l", "r"]
    stays = {one.track: one for one in api.admin.visits(since=NOW + timedelta(seconds=1)).visits}
    assert {track: (one.label, one.count) for track, one in stays.items()} == {
        "l": ("obama", 2),
        "r": (None, 2),
    }


def test_a_face_that_has_no_place_has_no_track(api: Api, portraits: Portraits) -> None:
    before = api.device.recognize(two(portraits), captured_at=NOW)
    right = max((face.box for face in before.faces), key=lambda box: box.x)
    elsewhere = right.model_copy(update={"y": right.y - 2 * right.height})
    api.device.recognize(
        two(portraits),
        captured_at=NOW + timedelta(seconds=1),
        tracks=[place("r", right, before), place("gone", elsewhere, before)],
    )
    assert tracks_from_left(api) == [None, "r"]


def test_a_crop_has_the_track_of_its_metadata_else_of_the_request(
    api: Api, portraits: Portraits
) -> None:
    analysis = api.analyzer.analyze(two(portraits))
    left, right = sorted(analysis.faces, key=lambda face: face.box.x)
    crops = [pictures.png_of(face.crop) for face in (right, left)]
    metadata = [
        CropMetadata(box=face.box, landmarks=face.landmarks, score=face.score, track=track)
        for face, track in ((right, "r"), (left, None))
    ]
    for second, track, expected in ((1, None, [None, "r"]), (2, "all", ["all", "r"])):
        api.device.recognize_crops(
            crops, metadata, captured_at=NOW + timedelta(seconds=second), track=track
        )
        assert tracks_from_left(api) == expected


@pytest.mark.one_transport
@pytest.mark.parametrize(
    "tracks",
    [
        "",
        "a",
        "a:0.1,0.1,0.2",
        "a:0.1,0.1,0.2,0.2;",
        "a:0.1,0.1,nan,0.2",
        "a:0.1,0.1,0,0.2",
        "a:0.1,0.1,0.2,-0.2",
        "a b:0.1,0.1,0.2,0.2",
        "a:0.1,0.1,0.2,0.2;a:0.5,0.1,0.2,0.2",
        ";".join(f"t{number}:0.1,0.1,0.2,0.2" for number in range(33)),
    ],
)
def test_places_that_are_none_are_refused(api: Api, portraits: Portraits, tracks: str) -> None:
    answer = recognize(api, portraits.hopper, tracks=tracks)
    assert answer == (422, ErrorCode.VALIDATION_FAILED, "query.tracks")


def test_one_track_and_several_are_not_given_together(api: Api, portraits: Portraits) -> None:
    answer = recognize(api, portraits.hopper, tracks="a:0.1,0.1,0.2,0.2", track="b")
    assert answer == (422, ErrorCode.VALIDATION_FAILED, "query")


def recognize(api: Api, picture: bytes, **query: str) -> tuple[int, str, str]:
    answer = api.raw(
        "POST",
        "/v1/recognitions",
        params=query,
        content=picture,
        headers={"content-type": "image/jpeg"},
    )
    (error,) = answer.json()["errors"]
    return answer.status_code, answer.json()["code"], error["field"]
