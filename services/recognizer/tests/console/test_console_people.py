"""Test the people's page: searching, paging, adding."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from facecore.contract import PersonUpdate
from services.recognizer.tests.console.conftest import Console, serious, tidy
from services.recognizer.tests.console.people_pages import cards, people


@pytest.mark.exhaustive
@pytest.mark.layout
def test_nobody_yet_leads_to_the_first_person(page: Page) -> None:
    expect(page.get_by_role("heading", name="Nobody is known yet")).to_be_visible()
    assert tidy(page) == []
    assert serious(page) == []
    page.get_by_role("button", name="Add a person").last.click()
    expect(page.get_by_role("dialog")).to_be_visible()


@pytest.mark.layout
def test_people_are_found_while_one_types(console: Console, page: Page) -> None:
    people(console, "Ada", "Bob", "Zoe_x")
    console.api.admin.put_person("zoe", PersonUpdate(name="Zoë", attributes={"class": "7B"}))
    page.reload()
    expect(cards(page)).to_have_count(4)
    search = page.get_by_role("searchbox", name="Search")
    search.press_sequentially("zoe")
    expect(cards(page)).to_have_count(2)
    expect(page).to_have_url(re.compile(r"#/people\?search=zoe$"))
    search.fill("7b")
    expect(cards(page)).to_have_text([re.compile("^Zoë")])
    expect(page.get_by_role("status").filter(has_text="1 person found")).to_be_visible()
    page.reload()
    expect(search).to_have_value("7b")
    expect(cards(page)).to_have_count(1)
    cards(page).get_by_role("link").click()
    expect(page.get_by_role("heading", name="Zoë")).to_be_visible()
    page.go_back()
    expect(search).to_have_value("7b")
    search.fill("nobody like this")
    expect(page.get_by_role("heading", name="Nobody is found")).to_be_visible()
    assert serious(page) == []
    search.fill("")
    expect(cards(page)).to_have_count(4)
    expect(page).to_have_url(re.compile(r"#/people$"))
    assert tidy(page) == []
    assert serious(page) == []


@pytest.mark.exhaustive
def test_more_people_are_shown_when_asked_for(console: Console, page: Page) -> None:
    people(console, *(f"Pupil{number:03}" for number in range(130)))
    page.reload()
    expect(cards(page)).to_have_count(60)
    more = page.get_by_role("button", name="Show more")
    more.click()
    expect(cards(page)).to_have_count(120)
    more.click()
    expect(cards(page)).to_have_count(130)
    expect(more).to_have_count(0)
    expect(cards(page).nth(120).get_by_role("link")).to_be_focused()


def test_a_person_is_added_with_a_label_made_of_the_name(console: Console, page: Page) -> None:
    console.allowed.add(404)  # the page checks whether the label is free
    page.get_by_role("button", name="Add a person").first.click()
    window = page.get_by_role("dialog", name="Add a person")
    window.get_by_label("Name", exact=True).fill("Zoë  Ångström-Weiß")
    expect(window.get_by_label("Label")).to_have_value("zoe_angstrom_weiss")
    window.get_by_role("button", name="Add an attribute").click()
    window.get_by_label("Attribute's name").fill("year")
    window.get_by_label("Kind of year").select_option("Number")
    window.get_by_label("year", exact=True).fill("2031")
    assert serious(page) == []
    assert tidy(page) == []
    window.get_by_role("button", name="Add", exact=True).click()
    expect(page.get_by_role("heading", name="Zoë Ångström-Weiß")).to_be_visible()
    added = console.api.admin.person("zoe_angstrom_weiss")
    assert (added.name, added.attributes) == ("Zoë  Ångström-Weiß", {"year": 2031})


@pytest.mark.exhaustive
def test_nobody_is_overwritten_by_adding(console: Console, desk: Page) -> None:
    console.allowed.update({404, 422})
    console.api.admin.put_person("ada", PersonUpdate(name="The first", attributes={"year": 1}))
    desk.get_by_role("button", name="Add a person").first.click()
    window = desk.get_by_role("dialog")
    window.get_by_label("Name", exact=True).fill("Ada")
    window.get_by_role("button", name="Add", exact=True).click()
    expect(window.get_by_text("Somebody has the label ada already")).to_be_visible()
    assert console.api.admin.person("ada").name == "The first"
    window.get_by_label("Label").fill("ada_2")
    window.get_by_role("button", name="Add", exact=True).click()
    expect(desk.get_by_role("heading", name="Ada", exact=True)).to_be_visible()
    assert [one.label for one in console.api.admin.iter_people()] == ["ada", "ada_2"]


@pytest.mark.exhaustive
def test_a_typed_label_is_not_overwritten_by_a_suggestion(desk: Page) -> None:
    desk.get_by_role("button", name="Add a person").first.click()
    window = desk.get_by_role("dialog")
    window.get_by_label("Label").fill("mine")
    window.get_by_label("Name", exact=True).fill("李小龍")
    expect(window.get_by_label("Label")).to_have_value("mine")
    desk.keyboard.press("Escape")
    expect(window).to_have_count(0)
