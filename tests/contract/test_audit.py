"""The audit log has every change with actor, action and subject, but no personal data."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from facecore.contract import AuditAction, AuditDetail, AuditOutcome, ErrorCode, PersonUpdate
from facecore.errors import ApiProblem
from tests.support import pictures
from tests.support.api import Api
from tests.support.pictures import Portraits
from tests.support.transports import ThroughLambda

Logged = tuple[str, str | None, AuditOutcome]


def logged(api: Api, **wanted: str) -> list[Logged]:
    """Return the entries, oldest first, without the fixture's device."""
    found = [e for e in api.admin.iter_audit(**wanted) if e.subject != "door"]  # type: ignore[arg-type]  # free keywords
    return [(e.action, e.subject, e.outcome) for e in reversed(found)]


def test_every_change_is_logged(api: Api, portraits: Portraits) -> None:
    photo = api.enrol("obama", portraits.obama, "Barack Obama", {"major": "law"})
    api.admin.add_photo("obama", portraits.obama)  # the same again adds nothing
    api.admin.put_person("obama", PersonUpdate(name="B. O."))
    with pytest.raises(ApiProblem):
        api.admin.add_photo("obama", pictures.without_face())
    api.admin.delete_photo("obama", photo.id)
    list(api.admin.export_person("obama"))
    api.admin.merge_person("obama", "barack")
    api.admin.delete_person("barack")
    with pytest.raises(ApiProblem):
        api.admin.delete_person("barack")
    api.admin.add_device("gate")
    api.admin.remove_device("gate")
    done, refused = AuditOutcome.DONE, AuditOutcome.REFUSED
    assert logged(api) == [
        (AuditAction.PERSON_CREATED, "obama", done),
        (AuditAction.PHOTO_ADDED, "obama", done),
        (AuditAction.PHOTO_ADDED, "obama", done),
        (AuditAction.PERSON_CHANGED, "obama", done),
        (AuditAction.PHOTO_ADDED, "obama", refused),
        (AuditAction.PHOTO_REMOVED, "obama", done),
        (AuditAction.PERSON_EXPORTED, "obama", done),
        (AuditAction.PERSON_MERGED, "obama", done),
        (AuditAction.PERSON_DELETED, "barack", done),
        (AuditAction.PERSON_DELETED, "barack", refused),
        (AuditAction.DEVICE_ADDED, "gate", done),
        (AuditAction.DEVICE_REMOVED, "gate", done),
    ]
    entries = list(api.admin.iter_audit())
    assert {(e.actor, e.via) for e in entries} == {("admin", "token")}
    added = [e.detail for e in entries if e.action == AuditAction.PHOTO_ADDED]
    assert added[1:] == [
        AuditDetail(photo=photo.id, photos=0),
        AuditDetail(photo=photo.id, photos=1),
    ]
    (merged,) = [e.detail for e in entries if e.action == AuditAction.PERSON_MERGED]
    assert merged == AuditDetail(into="barack", photos=0, sightings=0)
    deleted = next(e.detail for e in reversed(entries) if e.action == AuditAction.PERSON_DELETED)
    assert deleted == AuditDetail(records=1, photos=0, embeddings=0, sightings=0)


def test_sign_ins_sign_outs_and_refused_sign_ins_are_logged(api: Api) -> None:
    api.raw("POST", "/v1/session", token=None, json={"token": "fra_wrong"})
    signed_in = api.raw("POST", "/v1/session", token=None, json={"token": api.admin_token})
    csrf = {"x-csrf-token": signed_in.json()["csrf_token"]}
    api.raw("PUT", "/v1/people/ada", token=None, json={"name": "Ada"}, headers=csrf)
    api.raw("DELETE", "/v1/session", token=None, headers=csrf)
    entries = [e for e in api.admin.iter_audit() if e.subject != "door"]
    assert [(e.action, e.actor, e.via, e.outcome) for e in reversed(entries)] == [
        (AuditAction.SIGN_IN_REFUSED, "somebody", "session", AuditOutcome.REFUSED),
        (AuditAction.SIGNED_IN, "admin", "session", AuditOutcome.DONE),
        (AuditAction.PERSON_CREATED, "admin", "session", AuditOutcome.DONE),
        (AuditAction.SIGNED_OUT, "admin", "session", AuditOutcome.DONE),
    ]


def test_it_holds_nothing_of_a_person(api: Api, portraits: Portraits) -> None:
    api.enrol("obama", portraits.obama, "Barack Obama", {"major": "Völkerrecht"})
    api.admin.delete_person("obama")
    token = api.admin.add_device("gate").token.get_secret_value()
    text = api.raw("GET", "/v1/audit").text
    for secret in ("Barack", "major", "lkerrecht", token, api.admin_token):
        assert secret not in text


def test_reads_are_not_logged(api: Api, portraits: Portraits) -> None:
    api.enrol("obama", portraits.obama)
    before = logged(api)
    api.admin.people()
    api.admin.person("obama")
    api.admin.photos("obama")
    api.device.recognize(portraits.obama_again, captured_at=datetime.now(UTC))
    api.admin.sightings()
    api.admin.audit()
    api.admin.retention()
    with pytest.raises(ApiProblem):
        api.device.delete_person("obama")
    with pytest.raises(ApiProblem):
        api.anonymous.delete_person("obama")
    assert logged(api) == before


def test_entries_are_found_by_whom_what_and_when_and_read_in_pages(api: Api) -> None:
    for label in ("ada", "bob", "eve"):
        api.admin.put_person(label, PersonUpdate(name=label))
    api.admin.delete_person("bob")
    assert [subject for _, subject, _ in logged(api, subject="bob")] == ["bob", "bob"]
    assert [subject for _, subject, _ in logged(api, action=AuditAction.PERSON_DELETED)] == ["bob"]
    assert logged(api, subject="bob", action=AuditAction.PERSON_MERGED) == []
    entries = list(api.admin.iter_audit())
    assert entries == sorted(entries, key=lambda e: (e.at, e.id), reverse=True)
    first = api.admin.audit(limit=2)
    assert len(first.entries) == 2
    assert first.next is not None
    again = api.admin.audit(limit=2, after=first.next)
    assert [e.id for e in first.entries + again.entries] == [e.id for e in entries[:4]]
    middle = entries[1].at
    assert {e.id for e in api.admin.iter_audit(since=middle)} == {
        e.id for e in entries if e.at >= middle
    }
    assert list(api.admin.iter_audit(until=middle - timedelta(days=1))) == []


@pytest.mark.one_transport
@pytest.mark.parametrize(
    "query",
    [
        "action=nothing",
        "subject=../x",
        "since=yesterday",
        "limit=0",
        "limit=501",
        "after=!!!",
        "after=eA",
        "actor=admin",
        "limit=1&limit=2",
    ],
)
def test_a_contradictory_query_is_refused(api: Api, query: str) -> None:
    answer = api.raw("GET", f"/v1/audit?{query}")
    assert answer.status_code == 422
    assert answer.json()["code"] == ErrorCode.VALIDATION_FAILED
    assert answer.json()["detail"]


def test_retention_is_listed(api: Api, tmp_path: Path) -> None:
    kept = api.admin.retention()
    assert (kept.sighting_days, kept.audit_days) == (90, 400)
    if isinstance(api.transport, ThroughLambda):  # there the bucket's rule removes videos
        assert (kept.video_days, kept.video_gb) == (None, None)
    else:
        half_of_the_disk = shutil.disk_usage(tmp_path).total / 2 / 1e9
        assert kept.video_days == 30
        assert kept.video_gb == pytest.approx(half_of_the_disk, abs=0.001)


def test_a_device_may_ask_neither(api: Api) -> None:
    for call in (api.device.audit, api.device.retention):
        with pytest.raises(ApiProblem) as refused:
            call()
        assert (refused.value.status, refused.value.code) == (403, ErrorCode.FORBIDDEN)
    for path in ("/v1/audit", "/v1/retention"):
        assert api.raw("GET", path, token=None).status_code == 401
        for method in ("POST", "PUT", "DELETE"):
            assert api.raw(method, path, json={}).status_code == 405  # nobody can change it
