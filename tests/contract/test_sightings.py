"""Sightings: each compared face leaves one, which is deleted with its person."""

from __future__ import annotations

from datetime import timedelta

from facecore.contract import Decision
from tests.support import pictures
from tests.support.api import NOW, Api
from tests.support.pictures import Portraits


def test_a_recognition_leaves_its_sightings(api: Api, portraits: Portraits) -> None:
    api.enrol("obama", portraits.obama)
    frame = pictures.side_by_side(portraits.obama_again, portraits.hopper)
    answer = api.device.recognize(
        frame, captured_at=NOW, video="vidinput/door/x.mp4", offset_ms=1500, track="visit-1"
    )
    seen = api.admin.sightings().sightings
    assert {s.id for s in seen} == {f.sighting_id for f in answer.faces}
    assert {(s.decision, s.label) for s in seen} == {("match", "obama"), ("unknown", None)}
    for sighting in seen:
        assert sighting.device == "door"
        assert sighting.captured_at == NOW
        assert (sighting.video, sighting.offset_ms) == ("vidinput/door/x.mp4", 1500)
        assert sighting.track == "visit-1"


def test_a_repeated_request_leaves_no_second_sighting(api: Api, portraits: Portraits) -> None:
    for _ in range(2):
        api.device.recognize(portraits.hopper, captured_at=NOW, track="visit-1")
    assert len(api.admin.sightings().sightings) == 1


def test_sightings_are_found_by_label_device_time_and_decision(
    api: Api, portraits: Portraits
) -> None:
    api.enrol("obama", portraits.obama)
    window = api.device_named("window")
    api.device.recognize(portraits.obama_again, captured_at=NOW)
    window.recognize(portraits.hopper, captured_at=NOW + timedelta(minutes=1))
    window.recognize(portraits.obama_again, captured_at=NOW + timedelta(minutes=2))

    def minutes(**wanted: object) -> list[int]:
        found = api.admin.sightings(**wanted).sightings  # type: ignore[arg-type]  # free keywords
        return [round((s.captured_at - NOW).total_seconds() / 60) for s in found]

    assert minutes() == [2, 1, 0]
    assert minutes(label="obama") == [2, 0]
    assert minutes(device="window") == [2, 1]
    assert minutes(decision=Decision.UNKNOWN) == [1]
    assert minutes(since=NOW + timedelta(seconds=30)) == [2, 1]
    assert minutes(until=NOW + timedelta(seconds=90)) == [1, 0]
    assert minutes(label="obama", device="door") == [0]


def test_a_sighting_holds_the_picture_s_size_and_the_duration(
    api: Api, portraits: Portraits
) -> None:
    answer = api.device.recognize(portraits.hopper, captured_at=NOW)
    (sighting,) = api.admin.sightings().sightings
    size = (answer.image_width, answer.image_height)
    assert (sighting.image_width, sighting.image_height) == size
    assert sighting.took_ms is not None
    assert answer.times.decode_ms < sighting.took_ms <= answer.times.total_ms


def test_sightings_are_read_in_pages(api: Api, portraits: Portraits) -> None:
    for second in range(5):
        api.device.recognize(portraits.hopper, captured_at=NOW + timedelta(seconds=second))
    first = api.admin.sightings(limit=2)
    assert len(first.sightings) == 2
    everything = [s.id for s in api.admin.iter_sightings()]
    assert len(everything) == len(set(everything)) == 5
    assert everything[:2] == [s.id for s in first.sightings]


def test_deleting_a_person_removes_everything_and_says_what(api: Api, portraits: Portraits) -> None:
    api.enrol("obama", portraits.obama)
    api.enrol("biden", portraits.biden)
    api.device.recognize(portraits.obama_again, captured_at=NOW)
    api.device.recognize(portraits.biden, captured_at=NOW + timedelta(seconds=1))

    receipt = api.admin.delete_person("obama")
    assert receipt.label == "obama"
    assert (receipt.records, receipt.photos, receipt.embeddings) == (1, 1, 1)
    assert receipt.sightings == 1

    assert [p.label for p in api.admin.people().people] == ["biden"]
    assert [s.label for s in api.admin.sightings().sightings] == ["biden"]
    (face,) = api.device.recognize(portraits.obama_again, captured_at=NOW).faces
    assert face.decision is Decision.UNKNOWN
