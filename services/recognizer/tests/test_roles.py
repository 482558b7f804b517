"""Test who may call what: every call of the application, by every kind of caller.

A new call must be added to ``CALLS``, with those who may make it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from enum import Enum
from typing import Any

import httpx
import pytest
from fastapi.routing import APIRoute
from starlette.routing import Route

from facecore.contract import AuditAction
from recognizer.bootstrap import reset_admin_token
from recognizer.domain.errors import DeviceNotFound, PersonNotFound
from recognizer.domain.ports import AuditFilter, SightingFilter, TrackFilter, VideoFilter
from recognizer.entrypoints.http import app as application
from recognizer.entrypoints.http.app import bare_app
from services.recognizer.tests.service import JPEG, NOON, Service, SettableClock, service_on
from tests.support.fake_vision import picture_of

COOKIE = "__Host-recognizer-session"
ID = "0" * 32
GET = "GET"


class Who(Enum):
    """Who may make a call."""

    ANYBODY = "anybody"
    ADMIN = "the admin, by the token or a session"
    DEVICE = "a device, or the admin in its place"
    DEVICE_ITSELF = "a device, and nobody in its place"
    SESSION = "whoever is signed in"


@dataclass(frozen=True)
class Call:
    """One call, with a request that is the same for every caller.

    Attributes:
        route: as the application knows it, with its parameters.
        status: of an allowed call's answer; several where the first call changes it.
    """

    method: str
    route: str
    who: Who
    status: tuple[int, ...]
    json: Any = None
    content: bytes | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    query: str = ""

    def path(self) -> str:
        """Return the route with parameters filled in that name nothing existing."""
        path = self.route.replace("{label}", "ghost").replace("{name}", "ghost")
        path = path.replace("{track}", "t1").replace("{path:path}", "x").replace("{key:path}", "x")
        path = path.replace("{key:video_key}", "vidinput/ghost/a.mp4")
        for name in ("photo_id", "sighting_id", "unknown_person_id"):
            path = path.replace(f"{{{name}}}", ID)
        return path + self.query


SINCE = NOON.isoformat().replace("+00:00", "Z")
PART = {"state": "on", "since": SINCE}
REPORT = {
    "version": "1",
    "interval_s": 60,
    "uptime_s": 1,
    "camera": {**PART, "kind": "demo"},
    "recognition": PART,
    "uploads": PART,
}
TRACK = {
    "started_at": SINCE,
    "ended_at": SINCE,
    "frame_width": 640,
    "frame_height": 480,
    "boxes": [{"offset_ms": 0, "x": 1, "y": 1, "width": 10, "height": 10}],
}
VIDEO = {"started_at": SINCE, "duration_ms": 1000, "size_bytes": 9, "sha256": "a" * 64}
LINK = "?expires=1&signature=x"
PERSON, PHOTO = "/v1/people/{label}", "/v1/people/{label}/photos/{photo_id}"
SEEN, UNKNOWN_PERSON = "/v1/sightings/{sighting_id}", "/v1/unknown-people/{unknown_person_id}"

CALLS = [
    Call(GET, "/", Who.ANYBODY, (200,)),
    Call(GET, "/console/{path:path}", Who.ANYBODY, (404,)),
    Call(GET, "/openapi.json", Who.ANYBODY, (200,)),
    Call(GET, "/docs", Who.ANYBODY, (200,)),
    Call(GET, "/docs/{name}", Who.ANYBODY, (404,)),
    Call(GET, "/v1/health", Who.ANYBODY, (200,)),
    Call("POST", "/v1/session", Who.ANYBODY, (422,), json={}),
    # A link needs no token; this one is forged.
    Call("PUT", "/v1/uploads/{key:path}", Who.ANYBODY, (403,), content=b"", query=LINK),
    Call(GET, "/v1/playback/{key:path}", Who.ANYBODY, (403,), query=LINK),
    Call(GET, "/v1/session", Who.SESSION, (200,)),
    Call("DELETE", "/v1/session", Who.SESSION, (204,)),
    Call("POST", "/v1/recognitions", Who.DEVICE, (200,), content=picture_of(1), headers=JPEG),
    Call("POST", "/v1/videos", Who.DEVICE, (200, 201), json=VIDEO),
    Call("PUT", "/v1/devices/self/status", Who.DEVICE_ITSELF, (204,), json=REPORT),
    Call("PUT", "/v1/tracks/{track}", Who.DEVICE_ITSELF, (204,), json=TRACK),
    Call(GET, "/v1/people", Who.ADMIN, (200,)),
    Call(GET, PERSON, Who.ADMIN, (404,)),
    Call("PUT", PERSON, Who.ADMIN, (201,), json={"name": "Ghost"}),
    Call("DELETE", PERSON, Who.ADMIN, (404,)),
    Call("POST", f"{PERSON}/merge", Who.ADMIN, (404,), json={"into": "nobody"}),
    Call(GET, f"{PERSON}/export", Who.ADMIN, (404,)),
    Call(GET, f"{PERSON}/portrait", Who.ADMIN, (404,)),
    Call(GET, f"{PERSON}/photos", Who.ADMIN, (404,)),
    Call("POST", f"{PERSON}/photos", Who.ADMIN, (404,), content=picture_of(1), headers=JPEG),
    Call("DELETE", PHOTO, Who.ADMIN, (404,)),
    Call(GET, f"{PHOTO}/picture", Who.ADMIN, (404,)),
    Call(GET, f"{PHOTO}/portrait", Who.ADMIN, (404,)),
    Call(GET, "/v1/sightings", Who.ADMIN, (200,)),
    Call(GET, f"{SEEN}/crop", Who.ADMIN, (404,)),
    Call("POST", f"{SEEN}/not-this-person", Who.ADMIN, (404,)),
    Call(GET, "/v1/visits", Who.ADMIN, (200,)),
    Call(GET, "/v1/visits.csv", Who.ADMIN, (200,)),
    Call(GET, "/v1/attendance.csv", Who.ADMIN, (200,)),
    Call(GET, "/v1/tracks", Who.ADMIN, (200,), query="?device=door"),
    Call(GET, "/v1/unknown-people", Who.ADMIN, (200,)),
    Call(GET, "/v1/unknown-people/ignored", Who.ADMIN, (200,)),
    Call(GET, UNKNOWN_PERSON, Who.ADMIN, (404,)),
    Call(
        "POST",
        f"{UNKNOWN_PERSON}/name",
        Who.ADMIN,
        (404,),
        json={"label": "ghost", "name": "Ghost"},
    ),
    Call("POST", f"{UNKNOWN_PERSON}/assign", Who.ADMIN, (404,), json={"label": "ghost"}),
    Call("POST", f"{UNKNOWN_PERSON}/ignore", Who.ADMIN, (404,)),
    Call("DELETE", f"{UNKNOWN_PERSON}/ignore", Who.ADMIN, (404,)),
    Call(GET, f"{UNKNOWN_PERSON}/ignore/crop", Who.ADMIN, (404,)),
    Call(GET, "/v1/videos", Who.ADMIN, (200,)),
    Call(GET, "/v1/videos/{key:path}/url", Who.ADMIN, (404,)),
    Call("DELETE", "/v1/videos/{key:video_key}", Who.ADMIN, (404,)),
    Call(GET, "/v1/devices", Who.ADMIN, (200,)),
    Call("POST", "/v1/devices", Who.ADMIN, (201,), json={"name": "new"}),
    Call("DELETE", "/v1/devices/{name}", Who.ADMIN, (404,)),
    Call("POST", "/v1/device-setup", Who.ADMIN, (200,), json={"token": "frd_x"}),
    Call(GET, "/v1/statistics", Who.ADMIN, (200,)),
    Call(GET, "/v1/audit", Who.ADMIN, (200,)),
    Call(GET, "/v1/retention", Who.ADMIN, (200,)),
]
IDS = [f"{call.method} {call.route}" for call in CALLS]


def test_every_call_of_the_application_is_in_the_table() -> None:
    app = bare_app()
    own = [route for route in app.routes if isinstance(route, Route)]
    listed = [route for module in application._ROUTERS for route in module.router.routes]
    assert all(isinstance(route, APIRoute) for route in listed)
    there = {
        (method, route.path)
        for route in (*own, *listed)
        if isinstance(route, Route)
        for method in (route.methods or set()) - {"HEAD"}
    }
    described = {
        (method.upper(), path)
        for path, methods in app.openapi()["paths"].items()
        for method in methods
    }
    tabled = {(call.method, call.route) for call in CALLS}
    assert there == tabled
    assert described <= {(method, re.sub(r":\w+}", "}", path)) for method, path in tabled}


Headers = Mapping[str, bytes]


@dataclass
class Callers:
    """All kinds of callers, each as the headers of its calls."""

    service: Service
    clock: SettableClock
    tokens: dict[str, str] = field(init=False)

    def __post_init__(self) -> None:
        removed, door = (self.service.device_token(name) for name in ("removed", "door"))
        self.service.call("DELETE", "/v1/devices/removed")
        replaced = self.service.admin_token
        admin = reset_admin_token(self.service.services.stores.admin_tokens)
        self.service.http.headers["authorization"] = f"Bearer {admin}"
        gate = self.service.device_token("gate")
        self.tokens = {"door": door, "gate": gate, "removed": removed, "replaced": replaced}
        self.tokens["admin"] = self.service.admin_token = admin
        del self.service.http.headers["authorization"]

    def unknown_people(self) -> Iterator[tuple[str, Headers]]:
        """Return callers without a valid token or session."""
        yield "nobody", {}
        for value in (b"", b"Bearer", b"Bearer wrong", b"Basic YTpi", b"Bearer \xfc", b"x"):
            yield repr(value), {"authorization": value}
        for name in ("removed", "replaced"):
            yield name, self._bearer(name)
        yield "forged cookie", {"cookie": f"{COOKIE}={'a' * 43}".encode()}
        yield "ended session", self._session(self._end)
        yield "expired session", self._session(self._expire)

    def devices(self) -> Iterator[tuple[str, Headers]]:
        for name in ("door", "gate"):
            yield name, self._bearer(name)

    def admin(self) -> tuple[str, Headers]:
        return "admin", self._bearer("admin")

    def session(self) -> tuple[str, Headers]:
        return "session", self._session()

    def cross_site(self) -> Iterator[tuple[str, Headers]]:
        """Return a valid session's cookie, as another site's page could make a browser send it."""
        _, whole = self.session()
        _, other = self.session()
        yield "without csrf", {"cookie": whole["cookie"]}
        yield "another's csrf", {**whole, "x-csrf-token": other["x-csrf-token"]}

    def _bearer(self, name: str) -> Headers:
        return {"authorization": f"Bearer {self.tokens[name]}".encode()}

    def _session(self, then: Callable[[Headers], None] | None = None) -> Headers:
        answer = self.send("POST", "/v1/session", {}, json={"token": self.tokens["admin"]})
        assert answer.status_code == 201, answer.text
        secret, csrf = answer.cookies[COOKIE], answer.json()["csrf_token"]
        headers = {"cookie": f"{COOKIE}={secret}".encode(), "x-csrf-token": csrf.encode()}
        if then is not None:
            then(headers)
        return headers

    def _end(self, headers: Headers) -> None:
        assert self.send("DELETE", "/v1/session", headers).status_code == 204

    def _expire(self, _: Headers) -> None:
        self.clock.move(timedelta(hours=12))

    def send(self, method: str, path: str, headers: Headers, **options: Any) -> httpx.Response:
        """Send with these headers, and without a cookie that an answer set."""
        self.service.http.cookies.clear()
        given = [(name.encode(), value) for name, value in headers.items()]
        return self.service.http.request(method, path, headers=given, **options)

    def make(self, call: Call, headers: Headers) -> httpx.Response:
        body = {"json": call.json} if call.json is not None else {"content": call.content}
        more = {name: value.encode() for name, value in call.headers.items()}
        return self.send(call.method, call.path(), {**headers, **more}, **body)


@pytest.fixture(scope="module")
def everybody(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callers]:
    """Open one service for all calls, as an application takes a second to make."""
    clock = SettableClock()
    with service_on(tmp_path_factory.mktemp("roles"), now=clock) as service:
        yield Callers(service, clock)


@pytest.fixture
def callers(everybody: Callers) -> Iterator[Callers]:
    """Return all callers of a service without the device to be added or the ghost."""
    yield everybody
    stores = everybody.service.services.stores
    with suppress(PersonNotFound):
        stores.people.delete("ghost")
    with suppress(DeviceNotFound):
        stores.devices.remove("new")


def refused_as(call: Call, callers: Callers) -> Iterator[tuple[str, Headers, str]]:
    """Return all who may not make this call, with the code of the refusal."""
    if call.who is Who.ANYBODY:
        return
    for name, headers in callers.unknown_people():
        yield name, headers, "unauthenticated"
    tokens = [*callers.devices(), callers.admin()]
    for name, headers in tokens:
        if call.who is Who.SESSION:
            yield name, headers, "unauthenticated"
        elif call.who is (Who.DEVICE_ITSELF if name == "admin" else Who.ADMIN):
            yield name, headers, "forbidden"
    for name, headers in (callers.session(), *callers.cross_site()):
        if call.who in {Who.DEVICE, Who.DEVICE_ITSELF}:
            yield name, headers, "unauthenticated"
        elif name != "session" and call.method != GET:
            yield name, headers, "csrf_token_invalid"


def let_in(call: Call, callers: Callers) -> Iterator[tuple[str, Headers]]:
    """Return all who may make this call."""
    if call.who in {Who.ADMIN, Who.DEVICE, Who.ANYBODY}:
        yield callers.admin()
    if call.who in {Who.DEVICE, Who.DEVICE_ITSELF, Who.ANYBODY}:
        yield from callers.devices()
    if call.who in {Who.ADMIN, Who.SESSION, Who.ANYBODY}:
        yield callers.session()
    if call.who is Who.ANYBODY:
        yield from callers.unknown_people()
    elif call.who in {Who.ADMIN, Who.SESSION} and call.method == GET:
        yield from callers.cross_site()


STATUS = {"unauthenticated": 401, "forbidden": 403, "csrf_token_invalid": 403}


@pytest.mark.parametrize("call", CALLS, ids=IDS)
def test_a_forbidden_call_is_refused_and_changes_nothing(call: Call, callers: Callers) -> None:
    before = everything(callers.service)
    for name, headers, code in refused_as(call, callers):
        answer = callers.make(call, headers)
        assert (answer.status_code, answer.json()["code"]) == (STATUS[code], code), name
        if code == "unauthenticated":
            assert answer.headers["www-authenticate"].startswith("Bearer"), name
    assert everything(callers.service) == before


@pytest.mark.parametrize("call", CALLS, ids=IDS)
def test_an_allowed_call_is_answered(call: Call, callers: Callers) -> None:
    statuses = [callers.make(call, headers).status_code for _, headers in let_in(call, callers)]
    first, *rest = statuses
    assert first in call.status
    there_by_now = {200, 409} if 201 in call.status else set()
    assert set(rest) <= {*call.status, *there_by_now}


def everything(service: Service) -> object:
    """Return all data that a call could change, without last-seen and sign-in times."""
    stores = service.services.stores
    audit = stores.audit.list(AuditFilter(), after=None, limit=10_000).entries
    sessions = {AuditAction.SIGNED_IN, AuditAction.SIGNED_OUT}
    return (
        stores.people.list(after=None, limit=100),
        [(device.name, device.status) for device in stores.devices.list()],
        stores.sightings.list(SightingFilter(), after=None, limit=100),
        stores.videos.list(VideoFilter(), after=None, limit=100),
        stores.tracks.list(TrackFilter("door"), after=None, limit=100),
        stores.ignored.list(),
        [one.id for one in audit if one.action not in sessions],
    )
