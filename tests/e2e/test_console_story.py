"""The console from `make run` to a deletion, as an admin uses it.

The real command in a terminal, the demo recorder, and a browser that follows the printed link.
"""

from __future__ import annotations

import csv
import io
import json
import re
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import FilePayload, Page, expect

from tests.e2e.running import free_port, in_a_terminal, processes_that_mention
from tests.support.browser import CHROMIUM, NO_CHROMIUM, chromium, opened
from tests.support.pictures import without_face

pytestmark = [
    pytest.mark.exhaustive,  # the console has tests of its own, and so has `make run`
    pytest.mark.skipif(CHROMIUM is None, reason=NO_CHROMIUM),
]


@pytest.fixture(scope="module")
def link(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Return the console's link, as `make run` prints it once the clip is over."""
    folder = tmp_path_factory.mktemp("story")
    command = (sys.executable, "tools/run.py", "--port", str(free_port()))
    with in_a_terminal(folder, *command) as terminal:
        output = terminal.read_until("until Ctrl-C")
        found = re.search(r"http://127\.0\.0\.1:\d+/#/sign-in/\S+", output)
        assert found, output
        yield found[0]
        terminal.ctrl_c()
    assert processes_that_mention(folder) == []


@pytest.fixture(scope="module")
def page(link: str) -> Iterator[Page]:
    """Open one page for the whole story; the refusals that it provokes are allowed."""
    with chromium() as browser, opened(browser, link, allowed={401, 404, 422}) as page:
        yield page


def test_the_link_signs_in_and_the_demo_people_are_there(page: Page) -> None:
    expect(page.get_by_role("heading", name="People", exact=True)).to_be_visible()
    for name in ("Barack Obama", "Eileen Collins", "Joe Biden"):
        expect(page.get_by_role("link", name=re.compile(name))).to_be_visible()
    assert "sign-in" not in page.url, "the token does not stay in the address"


def test_somebody_is_added_and_a_photo_without_a_face_is_refused_with_advice(page: Page) -> None:
    page.get_by_role("button", name="Add a person").click()
    window = page.get_by_role("dialog")
    window.get_by_label("Name").first.fill("Katherine Johnson")
    expect(window.get_by_label("Label")).to_have_value("katherine_johnson")
    window.get_by_role("button", name="Add", exact=True).click()
    expect(page.get_by_role("heading", name="Katherine Johnson", level=1)).to_be_visible()
    room = FilePayload(name="room.jpg", mimeType="image/jpeg", buffer=without_face())
    page.locator("input[type=file]").set_input_files(room)
    expect(page.get_by_text("room.jpg")).to_be_visible()
    expect(page.get_by_text(re.compile("no face", re.IGNORECASE)).first).to_be_visible()


def test_the_unknown_person_of_the_clip_is_one_row_and_gets_a_name(page: Page) -> None:
    page.get_by_role("link", name="Unknown people").click()
    unknown_people = page.locator("li.unknown-person")
    expect(unknown_people).to_have_count(1)
    unknown_people.get_by_role("button", name="Name this person").click()
    window = page.get_by_role("dialog")
    window.get_by_label("Name").first.fill("Grace Hopper")
    window.get_by_role("button", name="Save").click()
    expect(page.get_by_text(re.compile("Grace Hopper is known now"))).to_be_visible()
    expect(unknown_people).to_have_count(0)


def test_the_visits_have_the_name_now_and_go_into_a_spreadsheet(page: Page) -> None:
    page.get_by_role("link", name="Sightings").click()
    expect(page.locator("li.visit", has_text="Barack Obama").first).to_be_visible()
    expect(page.locator("li.visit", has_text="Grace Hopper").first).to_be_visible()
    expect(page.locator("li.visit", has_text="Unknown person")).to_have_count(0)
    page.get_by_text("Export CSV").click()
    with page.expect_download() as download:
        page.get_by_role("button", name="Attendance").click()
    text = Path(download.value.path()).read_text("utf-8-sig")
    present = {row["name"] for row in csv.DictReader(io.StringIO(text))}
    assert present == {"Barack Obama", "Joe Biden", "Eileen Collins", "Grace Hopper"}


def test_the_video_plays_with_the_name_over_the_face(page: Page) -> None:
    page.get_by_role("link", name="Sightings").first.click()
    page.locator("li.visit", has_text="Grace Hopper").last.get_by_role("link", name="Play").click()
    expect(page.locator(".overlay .face", has_text="Grace Hopper")).to_be_visible()
    assert page.locator("video").evaluate("v => v.videoWidth") == 640


def test_everything_about_a_person_is_exported(page: Page) -> None:
    page.goto(page.url.partition("#")[0] + "#/person/grace_hopper")
    with page.expect_download() as download:
        page.get_by_role("button", name="Download everything about this person").click()
    with zipfile.ZipFile(download.value.path()) as whole:
        names = whole.namelist()
        (record,) = [name for name in names if name.endswith("record.json")]
        assert json.loads(whole.read(record))["name"] == "Grace Hopper"
    assert any(name.endswith(".jpg") for name in names)
    assert any("sightings" in name for name in names)


def test_a_deletion_answers_with_a_receipt_and_nothing_is_left(page: Page) -> None:
    page.get_by_role("button", name="Delete this person").click()
    page.get_by_role("dialog").get_by_role("button", name="Delete all of it").click()
    expect(page.get_by_role("heading", name="Grace Hopper is deleted")).to_be_visible()
    photos = page.get_by_role("row", name=re.compile("^Photos"))
    assert int(photos.get_by_role("cell").inner_text()) >= 1
    page.get_by_role("link", name="Sightings").click()
    expect(page.locator("li.visit").first).to_be_visible()
    expect(page.locator("li.visit", has_text="Grace Hopper")).to_have_count(0)
    page.get_by_role("link", name="Data").click()
    expect(page.get_by_role("cell", name="grace_hopper").first).to_be_visible()


def test_health_and_cameras_show_the_run(page: Page) -> None:
    page.get_by_role("link", name="Health").click()
    expect(page.get_by_text(re.compile(r"\d+ recognitions on"))).to_be_visible()
    page.get_by_role("link", name="Cameras").click()
    expect(page.get_by_role("heading", name="make-run")).to_be_visible()


def test_signing_out_closes_the_door(page: Page) -> None:
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_label("Admin token")).to_be_visible()
    page.reload()
    expect(page.get_by_label("Admin token")).to_be_visible()
