"""The console's files: a page at ``/``, and its parts at addresses that never change."""

from __future__ import annotations

import hashlib
import re
from importlib.resources import files
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from facecore.contract import ErrorCode, VideoAnnouncement
from tests.support.api import NOW, Api

LINK = re.compile(r'(?:href|src)="([^"#]+)"')
IMPORT = re.compile(r'(?:^import [^"]*|\bimport\()"([^"]+)"', re.MULTILINE)
STATIC_IMPORT = re.compile(r'^import [^"]*"([^"]+)"', re.MULTILINE)
FILES = Path(str(files("recognizer.entrypoints.http") / "console" / "static"))


def test_the_page_is_open_to_all_and_kept_by_nobody(api: Api) -> None:
    answer = api.raw("GET", "/", token=None)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert answer.headers["cross-origin-opener-policy"] == "same-origin"
    assert answer.headers["cross-origin-resource-policy"] == "same-origin"
    assert answer.headers["permissions-policy"].startswith("camera=(self)")
    assert "<!doctype html>" in answer.text


def test_everything_that_the_page_is_made_of_is_there(api: Api) -> None:
    """Each file is served byte for byte at the address that the page's links use."""
    (main,) = (
        link for link in LINK.findall(api.raw("GET", "/", token=None).text) if "main.js" in link
    )
    folder = main.removesuffix("main.js")
    for path in sorted(FILES.rglob("*")):
        if path.suffix not in {".js", ".css", ".svg"}:
            continue
        answer = api.raw("GET", folder + path.relative_to(FILES).as_posix(), token=None)
        assert answer.content == path.read_bytes(), path
        assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
        assert answer.headers["x-content-type-options"] == "nosniff"
        kind = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml"}[path.suffix]
        assert answer.headers["content-type"].split(";")[0] == kind


def test_the_page_s_links_lead_somewhere(api: Api) -> None:
    links = LINK.findall(api.raw("GET", "/", token=None).text)
    assert len(links) >= 3
    for link in links:
        assert link.startswith("/console/"), "so that all of them change together"
        assert api.raw("GET", link, token=None).status_code == 200, link


def test_what_every_page_is_made_of_is_fetched_at_once(api: Api) -> None:
    """Modules are not first fetched when another module imports them."""
    page = api.raw("GET", "/", token=None).text
    fetched = re.findall(r'rel="modulepreload" href="/console/\w+/([^"]+)"', page)
    needed: set[str] = set()
    waiting = ["main.js"]
    while waiting:
        module = FILES / waiting.pop()
        for name in STATIC_IMPORT.findall(module.read_text()):
            found = (module.parent / name).resolve().relative_to(FILES.resolve()).as_posix()
            waiting += {found} - needed
            needed.add(found)
    assert sorted(fetched) == sorted(needed)


def test_the_policy_lets_in_nothing_but_our_own(api: Api) -> None:
    policy = api.raw("GET", "/", token=None).headers["content-security-policy"]
    directives = dict(part.strip().partition(" ")[::2] for part in policy.split(";"))
    for name in ("default-src", "base-uri", "form-action", "frame-ancestors", "trusted-types"):
        assert directives[name] == "'none'"
    for name in ("script-src", "style-src", "font-src", "connect-src"):
        assert directives[name] == "'self'"
    assert directives["require-trusted-types-for"] == "'script'"
    assert "unsafe" not in policy
    assert "*" not in policy


def test_the_policy_lets_the_videos_in_wherever_their_links_lead(api: Api, tmp_path: Path) -> None:
    segment = tmp_path / "segment.mp4"
    segment.write_bytes(b"a segment")
    ticket = api.device.announce_video(
        VideoAnnouncement(
            started_at=NOW,
            duration_ms=1000,
            size_bytes=9,
            sha256=hashlib.sha256(b"a segment").hexdigest(),
        )
    )
    assert ticket.upload is not None
    api.device.upload(ticket.upload, segment)
    link = urlsplit(api.admin.video_link(ticket.key).url)
    policy = api.raw("GET", "/", token=None).headers["content-security-policy"]
    media = re.search(r"media-src ([^;]+)", policy)
    assert media is not None
    allowed = [*media[1].split(), api.url]  # what 'self' is
    assert f"{link.scheme}://{link.netloc}" in allowed


@pytest.mark.one_transport
@pytest.mark.parametrize(
    "path",
    [
        "/console/",
        "/console/main.js",
        "/console/0000000000000000/main.js",
        "/console/{digest}/",
        "/console/{digest}/none.js",
        "/console/{digest}/index.html",
        "/console/{digest}/__init__.py",
        "/console/{digest}/../assets.py",
        "/console/{digest}/%2e%2e/assets.py",
        "/console/{digest}/lib",
        "/index.html",
    ],
)
def test_what_is_no_file_of_the_console_is_a_problem(api: Api, path: str) -> None:
    digest = LINK.findall(api.raw("GET", "/", token=None).text)[0].split("/")[2]
    answer = api.raw("GET", path.format(digest=digest), token=None)
    assert (answer.status_code, answer.json()["code"]) == (404, ErrorCode.NOT_FOUND)


def test_the_page_is_read_and_nothing_else(api: Api) -> None:
    answer = api.raw("POST", "/", token=None)
    assert (answer.status_code, answer.headers["allow"]) == (405, "GET")


def test_modules_name_each_other_relative_to_themselves() -> None:
    """An address that begins with a slash would leave the folder whose name is the digest."""
    found = [
        (path, name) for path in FILES.rglob("*.js") for name in IMPORT.findall(path.read_text())
    ]
    assert found
    for path, name in found:
        assert name.startswith("."), (path, name)
