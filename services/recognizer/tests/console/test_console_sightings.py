"""Test the timeline of visits: its rows, filters, pages and exports."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Locator, Page, expect

from facecore.contract import Box, Decision, PersonUpdate, Sighting
from recognizer.domain.ports import Stores
from recognizer.use_cases import visit_tables
from services.recognizer.tests.console.conftest import Console, serious, tidy
from services.recognizer.tests.console.recorded import START

HOSTILE = '=<script>alert(1)</script>\u202e"RTL", ' + "long" * 40


@pytest.fixture
def stores(console: Console, app: object) -> Stores:
    """Return the server's stores, to write what would take a camera days."""
    stores: Stores = app.state.services.stores  # type: ignore[attr-defined]  # of Starlette
    return stores


@pytest.fixture(autouse=True)
def seen(console: Console, stores: Stores) -> None:
    """Store Ada for two days, Bob for one, an unknown person and an uncertain one; newest last."""
    console.allowed.add(404)  # without thumbnail and crop the page shows an outline
    for label, name in (("ada", "Ada Lovelace"), ("bob", HOSTILE)):
        console.api.admin.put_person(label, PersonUpdate(name=name))
    console.api.device_named("gate")
    stores.sightings.add(
        [
            *(sighting(n, "ada", minutes=n, track="a", similarity=0.7 + n / 10) for n in range(3)),
            sighting(3, "bob", minutes=30, track="b", similarity=0.61, device="gate"),
            sighting(4, None, minutes=60, track="c", similarity=0.2),
            sighting(5, None, minutes=90, track="d", similarity=0.4, uncertain=True),
            sighting(6, "ada", minutes=24 * 60, track="e", similarity=0.66),
        ]
    )


def sighting(
    number: int,
    label: str | None,
    *,
    minutes: float,
    track: str,
    similarity: float = 0.5,
    device: str = "door",
    uncertain: bool = False,
) -> Sighting:
    at = START + timedelta(minutes=minutes)
    without = Decision.UNCERTAIN if uncertain else Decision.UNKNOWN
    return Sighting(
        id=f"{number:032x}",
        device=device,
        captured_at=at,
        received_at=datetime.now(UTC),
        decision=Decision.MATCH if label else without,
        label=label,
        similarity=similarity,
        margin=None,
        box=Box(x=1, y=1, width=90, height=90),
        video=None,
        offset_ms=None,
        track=track,
        took_ms=41.5,
    )


def rows(page: Page) -> Locator:
    return page.locator(".visit")


def shows(page: Page, *names: str) -> None:
    expect(rows(page).locator(".name")).to_have_text([re.compile(re.escape(n)) for n in names])


ADA, BOB, UNKNOWN_PERSON, UNSURE = (
    "Ada Lovelace",
    "=<script>alert(1)",
    "Unknown person",
    "Not sure who",
)


@pytest.fixture
def listed(console: Console, seen: None, at_phone: bool) -> Iterator[Page]:
    """Open the page without a filter."""
    with console.page("#/sightings", phone=at_phone) as page:
        shows(page, ADA, UNSURE, UNKNOWN_PERSON, BOB, ADA)
        yield page


def test_one_row_a_visit_under_its_day(listed: Page, console: Console) -> None:
    expect(listed.get_by_role("heading", level=2)).to_have_count(2)
    long = rows(listed).last
    expect(long).to_contain_text("similarity 0.90")
    expect(long).to_contain_text("answered in 42 ms")
    expect(long).to_contain_text("seen 3 times")
    expect(long.locator(".badge")).to_have_text("recognized")
    expect(long.locator(".time")).to_have_count(2)
    expect(rows(listed).nth(2).locator(".badge")).to_have_text("unknown")
    link = long.get_by_role("link", name=ADA)
    expect(link).to_have_attribute("href", "#/person/ada")
    play = long.get_by_role("link", name=re.compile("Play"))
    address = urlsplit(str(play.get_attribute("href")).removeprefix("#"))
    assert address.path == "/playback/door"
    (at,) = parse_qs(address.query)["at"]
    assert at.startswith("2026-03-14T09:26:53")


@pytest.mark.layout
def test_it_is_tidy_and_accessible_whatever_people_are_called(listed: Page) -> None:
    assert tidy(listed) == []
    assert serious(listed) == []
    assert listed.evaluate("document.scripts.length") == 1
    assert rows(listed).nth(3).bounding_box()["height"] < 260  # type: ignore[index]  # is drawn


def test_filters_narrow_the_list_and_are_kept_in_the_address(listed: Page) -> None:
    listed.get_by_label("Who").select_option("not sure")
    shows(listed, UNSURE)
    assert "decision=uncertain" in listed.url
    listed.reload()
    shows(listed, UNSURE)
    expect(listed.get_by_label("Who")).to_have_value("uncertain")
    listed.get_by_role("button", name="Clear the filters").click()
    shows(listed, ADA, UNSURE, UNKNOWN_PERSON, BOB, ADA)
    listed.get_by_label("Camera").select_option("gate")
    shows(listed, BOB)
    listed.get_by_label("Camera").select_option("All cameras")
    listed.get_by_label("From").fill("2026-03-15")
    shows(listed, ADA)
    listed.get_by_label("To").fill("2026-03-14")
    expect(listed.get_by_role("heading", name="Nobody was seen like this")).to_be_visible()
    listed.get_by_role("button", name="Show everything").click()
    shows(listed, ADA, UNSURE, UNKNOWN_PERSON, BOB, ADA)
    assert listed.url.endswith("#/sightings")


def test_a_person_is_searched_by_name(listed: Page) -> None:
    person = listed.get_by_label("Person")
    person.fill("lovel")
    expect(listed.locator("#people-offered option")).to_have_count(1)
    person.fill("Ada Lovelace")
    person.press("Enter")
    shows(listed, ADA, ADA)
    assert "label=ada" in listed.url
    listed.reload()
    shows(listed, ADA, ADA)
    expect(listed.get_by_label("Person")).to_have_value("Ada Lovelace (ada)")
    person.fill("Nobody Here")
    person.press("Enter")
    shows(listed, ADA, ADA)
    said = person.evaluate("input => input.validationMessage")
    assert said.startswith("Nobody has this name")
    person.fill("")
    person.press("Enter")
    shows(listed, ADA, UNSURE, UNKNOWN_PERSON, BOB, ADA)


@pytest.mark.exhaustive
def test_older_visits_come_by_a_button(console: Console, stores: Stores) -> None:
    """Test visits of four sightings, two under way at any time."""
    stores.sightings.add(
        [
            sighting(100 + n * 4 + nth, "ada", minutes=-n - nth * 0.6, track=f"v{n}")
            for n in range(120)
            for nth in range(4)
        ]
    )
    with console.page("#/sightings?label=ada") as page:
        expect(rows(page).first).to_be_visible()
        seen = rows(page).count()
        assert seen < 122
        while (more := page.get_by_role("button", name="Show more")).count():
            more.click()
            expect(rows(page)).not_to_have_count(seen)
            seen = rows(page).count()
        assert seen == 122
        counts = rows(page).filter(has_text="seen 4 times")
        expect(counts).to_have_count(120)


def saved(page: Page, name: str) -> Iterator[list[str]]:
    page.get_by_text("Export CSV").click()
    with page.expect_download() as download:
        page.get_by_role("button", name=name).click()
    data = Path(download.value.path()).read_bytes()
    assert data.startswith(b"\xef\xbb\xbf")
    return csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""), strict=True)


def test_the_filtered_list_is_saved_for_a_spreadsheet(listed: Page) -> None:
    listed.get_by_label("To").fill("2026-03-14")
    shows(listed, UNSURE, UNKNOWN_PERSON, BOB, ADA)
    head, *found = saved(listed, "Every visit")
    assert head[:5] == ["day", "first seen", "last seen", "name", "label"]
    assert head[5:] == ["device", "decision", "similarity", "count"]
    expect(listed.get_by_text("Saved as visits.csv.")).to_be_visible()
    assert [row[4:] for row in found] == [
        ["", "door", "uncertain", "0.40", "1"],
        ["", "door", "unknown", "0.20", "1"],
        ["bob", "gate", "match", "0.61", "1"],
        ["ada", "door", "match", "0.90", "3"],
    ]
    assert found[2][3] == f"'{HOSTILE}"  # the name is text, not a formula
    zone = ZoneInfo(listed.evaluate("Intl.DateTimeFormat().resolvedOptions().timeZone"))
    begun, ended = (START + timedelta(minutes=minutes) for minutes in (0, 2))
    assert found[3][1:3] == [f"{time.astimezone(zone):%H:%M:%S}" for time in (begun, ended)]


def test_a_list_that_is_too_long_is_not_saved_in_part(
    console: Console, listed: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    console.allowed.add(422)
    monkeypatch.setattr(visit_tables, "MOST_VISITS", 4)
    listed.get_by_text("Export CSV").click()
    listed.get_by_role("button", name="Every visit").click()
    expect(listed.get_by_text("there are more than 4 visits; choose fewer days")).to_be_visible()


def test_attendance_is_one_row_a_person_and_day(listed: Page) -> None:
    head, *found = saved(listed, "Attendance")
    assert head == ["day", "name", "label", "present from", "present to", "visits"]
    assert [(row[0], row[2], row[5]) for row in found] == [
        ("2026-03-14", "bob", "1"),
        ("2026-03-14", "ada", "1"),
        ("2026-03-15", "ada", "1"),
    ]


def test_the_menu_says_that_a_photograph_is_recognised_too(listed: Page) -> None:
    listed.get_by_text("Export CSV").click()
    expect(listed.get_by_text("A photograph held to the camera is recognised too")).to_be_visible()


@pytest.mark.exhaustive
@pytest.mark.layout
def test_the_menu_lies_within_the_page(listed: Page) -> None:
    listed.get_by_text("Export CSV").click()
    menu = listed.locator(".menu ul").bounding_box()
    size = listed.viewport_size
    assert menu
    assert size
    assert menu["x"] >= 0
    assert menu["x"] + menu["width"] <= size["width"]
    assert serious(listed) == []


def test_it_is_used_by_keyboard_alone(listed: Page) -> None:
    listed.get_by_label("Person").focus()
    for _ in range(3):
        listed.keyboard.press("Shift+Tab")
        if listed.evaluate("document.activeElement.tagName") == "SUMMARY":
            break
    listed.keyboard.press("Enter")
    expect(listed.get_by_role("button", name="Attendance")).to_be_visible()
    listed.keyboard.press("Escape")
    expect(listed.get_by_role("button", name="Attendance")).to_be_hidden()


@pytest.mark.exhaustive
def test_an_empty_timeline_says_so(console: Console, stores: Stores) -> None:
    for label in ("ada", "bob"):
        console.api.admin.delete_person(label)
    console.clock.move(timedelta(days=3650))
    with console.page("#/sightings", signed_in=True) as page:
        expect(page.get_by_role("heading", name="Nobody was seen yet")).to_be_visible()
