"""Test face crops that a device aligned and sends as a form: accepted and refused."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import cv2
import pytest

from facecore.contract import MAX_CROPS
from facecore.vision.analyzer import FaceAnalyzer
from services.recognizer.tests.service import Service, service_on
from tests.support.fake_vision import picture_of

POINT = {"x": 1, "y": 1}
METADATA = {
    "box": {"x": 0, "y": 0, "width": 100, "height": 120},
    "landmarks": dict.fromkeys(
        ["left_eye", "right_eye", "nose", "mouth_left", "mouth_right"], POINT
    ),
    "score": 0.9,
}


def file(data: bytes) -> tuple[str, tuple[str, bytes, str]]:
    return ("crop", ("crop.png", data, "image/png"))


def send(service: Service, files: list[Any], **form: Any) -> tuple[int, Mapping[str, Any]]:
    answer = service.call("POST", "/v1/recognitions", files=files, data=form)
    return answer.status_code, answer.json()


def test_crops_are_identified_like_the_whole_picture(
    tmp_path: Path, analyzer: FaceAnalyzer, portraits: Mapping[str, bytes]
) -> None:
    (face,) = analyzer.analyze(portraits["obama2"]).faces
    crop = cv2.imencode(".png", cv2.cvtColor(face.crop, cv2.COLOR_RGB2BGR))[1].tobytes()
    described = {
        "box": face.box.model_dump(),
        "landmarks": face.landmarks.model_dump(),
        "score": face.score,
    }
    with service_on(tmp_path, analyzer) as service:
        service.enrol("obama", portraits["obama"])
        (whole,) = service.recognize(portraits["obama2"])
        status, answer = send(service, [file(crop)], metadata=json.dumps([described]))
    assert status == 200, answer
    (named,) = answer["faces"]
    assert named["person"]["label"] == "obama"
    assert named["similarity"] == pytest.approx(whole["similarity"], abs=1e-3)
    assert (answer["image_width"], answer["image_height"]) == (0, 0)


def test_crops_and_metadata_belong_together(
    tmp_path: Path, analyzer: FaceAnalyzer, portraits: Mapping[str, bytes]
) -> None:
    with service_on(tmp_path, analyzer) as service:
        one = [file(portraits["obama"])]
        for files, metadata in [
            (one, []),
            (one, [METADATA, METADATA]),
            (one, [METADATA]),  # not of the model's size
            (one * (MAX_CROPS + 1), [METADATA] * (MAX_CROPS + 1)),
        ]:
            small = [file(b"x") for _ in files] if len(files) > 1 else files
            status, answer = send(service, small, metadata=json.dumps(metadata))
            assert (status, answer["code"]) == (422, "crop_invalid")
        assert service.sightings() == []


@pytest.mark.parametrize(
    "metadata",
    ["", "x", "{}", "[1]", '[{"box": 1}]', "[" * 30_000, json.dumps([{**METADATA, "more": 1}])],
    ids=range(7),
)
def test_invalid_metadata_is_refused(service: Service, metadata: str) -> None:
    status, answer = send(service, [file(picture_of(1))], metadata=metadata)
    assert (status, answer["code"]) == (422, "crop_invalid")


def test_other_parts_are_refused(service: Service) -> None:
    good = json.dumps([METADATA])
    status, answer = send(service, [file(picture_of(1)), ("other", ("a", b"b"))], metadata=good)
    assert (status, answer["code"]) == (422, "crop_invalid")
    status, answer = send(service, [file(picture_of(1)), ("metadata", ("a", good.encode()))])
    assert (status, answer["code"]) == (422, "crop_invalid")
    status, answer = send(service, [file(picture_of(1))] * (MAX_CROPS + 2), metadata=good)
    assert (status, answer["code"]) == (400, "malformed_body")


@pytest.mark.parametrize(
    "kind",
    ["multipart/form-data", "multipart/form-data; boundary=x", 'multipart/form-data; boundary="'],
)
@pytest.mark.parametrize(
    "body", [b"", b"garbage", b"--x\r\n\r\n", b"--x\r\nContent-Dis\xff: \x00\r\n\r\nz\r\n--x--"]
)
def test_a_garbled_form_is_a_problem(service: Service, kind: str, body: bytes) -> None:
    answer = service.call("POST", "/v1/recognitions", content=body, headers={"content-type": kind})
    assert answer.status_code in {400, 422}
    assert answer.json()["code"] in {"malformed_body", "crop_invalid"}
