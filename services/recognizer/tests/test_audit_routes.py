"""Test that every call that changes data, or exports a person's, leaves an audit entry.

The table is complete: a new call that changes data must be put into one of its two halves.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator
from typing import Any

import pytest

from facecore.contract import AuditAction
from recognizer.entrypoints.http import routes as api
from recognizer.entrypoints.http import session_cookie
from services.recognizer.tests.service import JPEG, Service
from tests.support.fake_vision import picture_of

ID = "0" * 32
NAMED = {"label": "ada", "name": "Ada"}
AUDITED: dict[str, tuple[str, dict[str, Any], AuditAction]] = {
    "export_person": ("GET /v1/people/ada/export", {}, AuditAction.PERSON_EXPORTED),
    "put_person": ("PUT /v1/people/ada", {"json": {"name": "A"}}, AuditAction.PERSON_CREATED),
    "delete_person": ("DELETE /v1/people/ada", {}, AuditAction.PERSON_DELETED),
    "merge_person": (
        "POST /v1/people/ada/merge",
        {"json": {"into": "bob"}},
        AuditAction.PERSON_MERGED,
    ),
    "add_photo": (
        "POST /v1/people/ada/photos",
        {"content": picture_of(1), "headers": JPEG},
        AuditAction.PHOTO_ADDED,
    ),
    "delete_photo": (f"DELETE /v1/people/ada/photos/{ID}", {}, AuditAction.PHOTO_REMOVED),
    "not_this_person": (
        f"POST /v1/sightings/{ID}/not-this-person",
        {},
        AuditAction.SIGHTING_CORRECTED,
    ),
    "name_unknown_person": (
        f"POST /v1/unknown-people/{ID}/name",
        {"json": NAMED},
        AuditAction.UNKNOWN_PERSON_NAMED,
    ),
    "assign_unknown_person": (
        f"POST /v1/unknown-people/{ID}/assign",
        {"json": {"label": "ada"}},
        AuditAction.UNKNOWN_PERSON_NAMED,
    ),
    "ignore_unknown_person": (
        f"POST /v1/unknown-people/{ID}/ignore",
        {},
        AuditAction.UNKNOWN_PERSON_IGNORED,
    ),
    "show_unknown_person_again": (
        f"DELETE /v1/unknown-people/{ID}/ignore",
        {},
        AuditAction.UNKNOWN_PERSON_SHOWN_AGAIN,
    ),
    "remove_video": ("DELETE /v1/videos/vidinput/door/a.mp4", {}, AuditAction.VIDEO_REMOVED),
    "add_device": ("POST /v1/devices", {"json": {"name": "gate"}}, AuditAction.DEVICE_ADDED),
    "remove_device": ("DELETE /v1/devices/gate", {}, AuditAction.DEVICE_REMOVED),
    "sign_in": (
        "POST /v1/session",
        {"json": {"token": "fra_wrong"}},
        AuditAction.SIGN_IN_REFUSED,
    ),
    "sign_out": ("DELETE /v1/session", {}, AuditAction.SIGNED_OUT),
}
NOT_AUDITED = {
    "recognize": "a device's observation",
    "announce_video": "a device's recording",
    "upload": "likewise",
    "report_status": "a device about itself",
    "report_track": "a device's observation",
    "device_setup": "changes nothing",
}


def changing() -> Iterator[str]:
    """Return the calls of the service that may change data, by name."""
    for found in pkgutil.iter_modules(api.__path__):
        module = importlib.import_module(f"{api.__name__}.{found.name}")
        for route in module.router.routes if hasattr(module, "router") else ():
            if set(route.methods) - session_cookie.SAFE_METHODS:
                yield route.operation_id or route.name


def test_every_call_that_changes_something_is_in_the_table() -> None:
    assert {*changing(), "export_person"} == AUDITED.keys() | NOT_AUDITED.keys()


@pytest.mark.parametrize("name", AUDITED)
def test_a_refused_call_leaves_an_entry_too(service: Service, name: str) -> None:
    call, options, action = AUDITED[name]
    method, _, path = call.partition(" ")
    if name == "sign_out":
        options = {"headers": signed_in(service)}
    answer = service.call(method, path, **options)
    assert answer.status_code not in {400, 403, 405, 415, 422}, answer.text
    entries = service.call("GET", "/v1/audit").json()["entries"]
    assert action in {entry["action"] for entry in entries}


def signed_in(service: Service) -> dict[str, str]:
    """Return the console's headers; they carry the session instead of the token."""
    answer = service.call("POST", "/v1/session", json={"token": service.admin_token})
    cookie = answer.headers["set-cookie"].partition(";")[0]
    return {"cookie": cookie, "x-csrf-token": answer.json()["csrf_token"]}
