"""Test the page of data: how long things are kept, and who changed what."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from facecore.contract import PersonUpdate
from services.recognizer.tests.console.conftest import Console, serious, tidy
from tests.support import pictures
from tests.support.pictures import Portraits


def opened(page: Page, query: str = "") -> None:
    page.goto(f"{page.url.partition('#')[0]}#/data{query}")
    expect(page.get_by_role("heading", name="Who changed what")).to_be_visible()


def rows(page: Page) -> list[str]:
    """Return operation, subject and outcome of each entry shown."""
    found = page.locator("table.audit tbody tr").all()
    return [" | ".join(row.locator("td").nth(n).inner_text() for n in (1, 2, 4)) for row in found]


def test_it_shows_how_long_things_are_kept(page: Page) -> None:
    opened(page)
    kept = page.get_by_role("region", name="How long things are kept")
    for what, long in (
        ("Records and photos", "until you delete the person"),
        ("Sightings", "90 days"),
        ("Recorded videos", "30 days; the oldest are deleted earlier if all videos take more than"),
        ("The audit log", "400 days"),
        ("Your sign-in", "12 hours"),
    ):
        row = kept.get_by_role("row").filter(has=page.get_by_role("rowheader", name=what))
        expect(row).to_contain_text(long)
    assert tidy(page) == []
    assert serious(page) == []


@pytest.mark.layout
def test_every_change_is_listed_in_words(
    console: Console, page: Page, portraits: Portraits
) -> None:
    api = console.api
    console.allowed.add(404)  # the list of people, opened first, may request a thumbnail too late
    api.enrol("obama", portraits.obama, "Barack Obama")
    api.raw(
        "POST",
        "/v1/people/obama/photos",
        content=pictures.without_face(),
        headers={"content-type": "image/jpeg"},
    )
    api.admin.delete_person("obama")
    opened(page)
    expect(page.locator("table.audit tbody tr").first).to_be_visible()
    assert rows(page)[:4] == [
        "Person deleted 1 photo | obama | done",
        "Photo added | obama | refused, nothing changed",
        "Photo added 1 photo | obama | done",
        "Person added | obama | done",
    ]
    audit = page.get_by_role("region", name="Who changed what")
    expect(audit).not_to_contain_text("Barack")
    expect(audit.get_by_text("Admin, in the console")).not_to_have_count(0)  # the sign-in
    expect(audit.get_by_text("Admin, by a token")).not_to_have_count(0)
    assert tidy(page) == []
    assert serious(page) == []


def test_entries_are_filtered_and_the_address_keeps_the_filter(
    console: Console, page: Page
) -> None:
    for label in ("ada", "bob"):
        console.api.admin.put_person(label, PersonUpdate(name=label))
    console.api.admin.delete_person("bob")
    opened(page)
    entries = page.locator("table.audit tbody tr")
    page.get_by_label("Person's label or camera").press_sequentially("bob")
    expect(entries).to_have_count(2)
    expect(page).to_have_url(re.compile(r"#/data\?subject=bob$"))
    page.get_by_label("What", exact=True).select_option("Person deleted")
    expect(entries).to_have_count(1)
    page.reload()
    expect(entries).to_have_count(1)
    expect(page.get_by_label("Person's label or camera")).to_have_value("bob")
    page.get_by_label("To", exact=True).fill("2020-01-01")
    expect(page.get_by_text("No change matches these filters.")).to_be_visible()
    page.get_by_label("To", exact=True).fill("")
    expect(entries).to_have_count(1)
    page.get_by_label("From").fill("2999-12-31")
    expect(entries).to_have_count(0)
    page.get_by_label("From").fill("")
    page.get_by_label("Person's label or camera").fill("no such label, of course")
    expect(page.get_by_text("This can't be a label")).to_be_visible()
    assert tidy(page) == []
    assert serious(page) == []
    page.get_by_label("Person's label or camera").fill("")
    page.get_by_label("What", exact=True).select_option("Anything")
    page.get_by_role("link", name="ada").click()
    expect(entries).to_have_count(1)


@pytest.mark.exhaustive
def test_more_entries_are_shown_when_asked_for(console: Console, desk: Page) -> None:
    for _ in range(60):
        console.api.admin.put_person("ada", PersonUpdate(name="Ada"))
    opened(desk, "?subject=ada")
    entries = desk.locator("table.audit tbody tr")
    expect(entries).to_have_count(50)
    desk.get_by_role("button", name="Show more").click()
    expect(entries).to_have_count(60)
    expect(desk.get_by_role("button", name="Show more")).to_have_count(0)


@pytest.mark.exhaustive
def test_a_page_of_this_kind_is_found_by_keyboard_alone(console: Console, desk: Page) -> None:
    console.api.admin.put_person("ada", PersonUpdate(name="Ada"))
    desk.get_by_role("link", name="Data").focus()
    desk.keyboard.press("Enter")
    expect(desk.get_by_role("heading", name="Who changed what")).to_be_visible()
    label = desk.get_by_label("Person's label or camera")
    for _ in range(20):
        desk.keyboard.press("Tab")
        if label.evaluate("one => one === document.activeElement"):
            break
    desk.keyboard.type("ada")
    expect(desk.locator("table.audit tbody tr")).to_have_count(1)
