"""A person's export: all stored data, in zips that any transport can carry."""

from __future__ import annotations

import base64
import csv
import io
import json
import zipfile
from datetime import timedelta
from urllib.parse import quote

import pytest

from facecore.contract import (
    MAX_IMAGE_BYTES,
    Attributes,
    AuditAction,
    AuditOutcome,
    ErrorCode,
    Person,
    PersonUpdate,
    Photo,
    Sighting,
)
from facecore.errors import ApiProblem
from tests.support.api import NOW, Api
from tests.support.pictures import Portraits

HOSTILE = '<script>alert("x")</script> ../../etc/passwd \u202egnp.exe'


def files(*parts: bytes) -> dict[str, bytes]:
    """Return the files of all parts; no name is in two of them."""
    found: dict[str, bytes] = {}
    for part in parts:
        with zipfile.ZipFile(io.BytesIO(part)) as one:
            assert one.testzip() is None
            assert not found.keys() & set(one.namelist())
            found |= {name: one.read(name) for name in one.namelist()}
    return found


def test_an_export_holds_everything_as_it_is_kept(api: Api, portraits: Portraits) -> None:
    photo = api.enrol("obama", portraits.obama, "Barack Obama", {"major": "Völkerrecht 法学"})
    api.enrol("biden", portraits.biden)
    for minute in range(2):
        api.device.recognize(portraits.obama_again, captured_at=NOW + timedelta(minutes=minute))
    api.device.recognize(portraits.biden, captured_at=NOW)
    (part,) = api.admin.export_person("obama")
    found = files(part)
    crops = [name for name in found if name.startswith("crops/")]
    assert list(found) == [
        "README.txt",
        "record.json",
        f"photos/{photo.id}.jpg",
        f"photos/{photo.id}.json",
        *crops,
        "sightings/0001.json",
        "sightings/0001.csv",
    ]
    seen = {one.id for one in api.admin.sightings(label="obama").sightings}
    assert {json.loads(found[name])["sighting"] for name in crops if "json" in name} <= seen
    assert all(found[name].startswith(b"\xff\xd8") for name in crops if "jpg" in name)
    assert len(crops) >= 2
    assert Person.model_validate_json(found["record.json"]) == api.admin.person("obama")
    assert found[f"photos/{photo.id}.jpg"] == portraits.obama
    assert Photo.model_validate_json(found[f"photos/{photo.id}.json"]) == photo
    sightings = [Sighting.model_validate(one) for one in json.loads(found["sightings/0001.json"])]
    assert sightings == api.admin.sightings(label="obama").sightings
    rows = list(csv.DictReader(io.StringIO(found["sightings/0001.csv"].decode())))
    assert [row["id"] for row in rows] == [one.id for one in sightings]
    assert {row["label"] for row in rows} == {"obama"}
    assert b"biden" not in part


def test_what_is_kept_alike_is_exported_alike(api: Api, portraits: Portraits) -> None:
    api.enrol("obama", portraits.obama)
    assert list(api.admin.export_person("obama")) == list(api.admin.export_person("obama"))


def test_a_person_of_whom_there_is_only_a_record(api: Api) -> None:
    api.admin.put_person("x", PersonUpdate(name="X"))
    assert set(files(*api.admin.export_person("x"))) == {"README.txt", "record.json"}


def test_no_file_is_called_as_somebody_wished(api: Api, portraits: Portraits) -> None:
    attributes: Attributes = {"../../x": HOSTILE, "C:\\x": "\\\\host\\x"}
    photo = api.enrol("x..", portraits.obama, HOSTILE, attributes)
    answer = api.raw("GET", "/v1/people/x../export")
    assert answer.headers["content-disposition"] == 'attachment; filename="x..-1.zip"'
    found = files(answer.content)
    assert set(found) == {
        "README.txt",
        "record.json",
        f"photos/{photo.id}.jpg",
        f"photos/{photo.id}.json",
    }
    assert json.loads(found["record.json"])["name"] == HOSTILE


def test_the_largest_photos_come_one_a_part(api: Api, portraits: Portraits) -> None:
    """A Lambda's answer has at most 6 MB, including the zip as base64."""
    sent = [
        data + b"\0" * (MAX_IMAGE_BYTES - len(data))
        for data in (portraits.obama, portraits.obama_again)
    ]
    photos = [api.enrol("obama", data) for data in sent]
    parts = list(api.admin.export_person("obama"))
    assert len(parts) == 2
    assert all(len(part) * 4 / 3 < 6 * 1024 * 1024 - 64 * 1024 for part in parts)
    found = files(*parts)
    assert [found[f"photos/{photo.id}.jpg"] for photo in photos] == sent


def test_who_is_not_there_can_not_be_exported(api: Api) -> None:
    with pytest.raises(ApiProblem) as refused:
        list(api.admin.export_person("nobody"))
    assert (refused.value.status, refused.value.code) == (404, ErrorCode.PERSON_NOT_FOUND)


@pytest.mark.one_transport
@pytest.mark.parametrize("after", ["x", "!!", "e30x", "é", "eyJwYXJ0IjowfQ", "eyJ4IjoxfQ", "W10"])
def test_a_cursor_that_no_part_gave_is_refused(api: Api, after: str) -> None:
    api.admin.put_person("x", PersonUpdate(name="X"))
    answer = api.raw("GET", f"/v1/people/x/export?after={quote(after)}")
    assert (answer.status_code, answer.json()["code"]) == (422, ErrorCode.VALIDATION_FAILED)
    for query in ("part=1", "after=e30&after=e30"):
        assert api.raw("GET", f"/v1/people/x/export?{query}").status_code == 422


def test_no_part_of_an_export_goes_without_an_entry(api: Api) -> None:
    """This holds for any cursor: made up, of another person, or old."""
    api.admin.put_person("x", PersonUpdate(name="X"))
    made_up = base64.urlsafe_b64encode(b'{"part":1,"stage":"photos"}').decode().rstrip("=")
    paths = [f"/v1/people/x/export{query}" for query in ("", f"?after={made_up}", "?after=!!")]
    answers = [api.raw("GET", path) for path in (*paths, "/v1/people/nobody/export?after=e30")]
    assert [answer.status_code for answer in answers] == [200, 200, 422, 404]
    found = reversed(list(api.admin.iter_audit(action=AuditAction.PERSON_EXPORTED)))
    done, refused = AuditOutcome.DONE, AuditOutcome.REFUSED
    assert [(one.subject, one.outcome) for one in found] == [
        ("x", done),
        ("x", done),
        ("x", refused),
        ("nobody", refused),
    ]


def test_a_device_may_not_export(api: Api) -> None:
    api.admin.put_person("x", PersonUpdate(name="X"))
    with pytest.raises(ApiProblem) as refused:
        list(api.device.export_person("x"))
    assert (refused.value.status, refused.value.code) == (403, ErrorCode.FORBIDDEN)
    assert api.raw("GET", "/v1/people/x/export", token=None).status_code == 401
