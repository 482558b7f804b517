"""Test the page of the service's health: counts, times, refusals with advice, costs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta

import pytest
from fastapi import FastAPI
from playwright.sync_api import Page, expect

from facecore.errors import ApiProblem
from recognizer.domain.ports import DayCounters
from recognizer.use_cases.request_counters import STAGES, class_of
from services.recognizer.tests.console.conftest import Console, serious, tidy
from tests.support.pictures import Portraits, without_face

Count = Callable[[int, Mapping[str, int]], None]


@pytest.fixture
def count(console: Console, app: FastAPI) -> Count:
    """Return a function that puts counts of so many days ago into the server's store."""
    today = console.clock().date()

    def put(days: int, counts: Mapping[str, int]) -> None:
        app.state.services.stores.counters.add(DayCounters(today - timedelta(days=days), counts))

    return put


def opened(page: Page, name: str) -> None:
    page.locator("summary", has_text=name).press("Enter")


def test_the_counts_are_shown_in_plain_words(console: Console, portraits: Portraits) -> None:
    now = datetime.now(UTC)
    console.api.enrol("obama", portraits.obama)
    console.api.device.recognize(portraits.obama_again, captured_at=now)
    console.api.device.recognize(portraits.hopper, captured_at=now)
    with pytest.raises(ApiProblem):
        console.api.admin.add_photo("obama", without_face())
    with console.page("#/health") as page:
        expect(page.get_by_text("1 photo of 1 person")).to_be_visible()
        expect(page.get_by_text("2 recognitions on 30 days; at most 2 on one day.")).to_be_visible()
        row = page.get_by_role("row").filter(has_text="Finding the faces")
        expect(row.get_by_role("cell")).to_have_count(3)
        expect(row).to_contain_text("ms")
        refused = page.get_by_role("row").filter(has_text="No face was found")
        expect(refused).to_contain_text("Take a photo that shows the face from the front")
        expect(page.get_by_text("On your own machine: nothing.")).to_be_visible()
        opened(page, "The same as a table")
        today = page.get_by_role("region", name="Recognitions a day").get_by_role("row").nth(1)
        expect(today.get_by_role("cell")).to_have_text(["2", "1", "0", "1", "0"])
        opened(page, "Line by line")
        expect(page.get_by_role("row").filter(has_text="Lambda: requests")).to_be_visible()


@pytest.mark.exhaustive
@pytest.mark.layout
def test_a_year_of_many_days_fits_every_width(
    console: Console, count: Count, at_phone: bool
) -> None:
    times = {f"ms_{stage}_{class_of(40)}": 12_345 for stage in STAGES}
    poor = {"face_blurred": 123_456, "face_turned_away": 7, "photo_face_of_another_person": 3}
    for days in range(365):
        seen = {"recognitions": 10_000 + days, "faces_match": 9_000, "faces_refused": 1000}
        count(days, {"requests": 20_000, "billed_ms": 800_000, **seen, **times, **poor})
    with console.page("#/health?days=365", phone=at_phone) as page:
        expect(page.get_by_label("Time")).to_have_value("365")
        expect(page.get_by_text("on 365 days; at most 10,364 on one day.")).to_be_visible()
        expect(page.locator(".bars rect")).to_have_count(365)
        opened(page, "The same as a table")
        opened(page, "Line by line")
        assert tidy(page) == []
        assert serious(page) == []


def test_the_days_are_chosen_by_keyboard_and_kept_in_the_address(
    console: Console, count: Count
) -> None:
    count(20, {"recognitions": 5})
    with console.page("#/health") as page:
        expect(page.get_by_text("5 recognitions on 30 days")).to_be_visible()
        page.get_by_label("Time").focus()
        page.keyboard.press("ArrowUp")
        expect(page.get_by_text("Nothing was recognised in this period.")).to_be_visible()
        assert page.url.endswith("#/health?days=7")
        page.get_by_role("button", name="Refresh").press("Enter")
        expect(page.get_by_text("Nothing was refused in this period.")).to_be_visible()
        assert serious(page) == []


@pytest.mark.exhaustive
def test_a_day_is_the_same_wherever_the_browser_is(console: Console, count: Count) -> None:
    count(0, {"recognitions": 1})
    day = console.clock().date()
    with console.page("#/health?days=1") as page:
        opened(page, "The same as a table")
        shown = page.get_by_role("region", name="Recognitions a day").get_by_role("rowheader")
        expect(shown).to_contain_text(f"{day.day}, {day.year}")
