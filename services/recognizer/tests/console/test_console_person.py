"""Test one person's page: the record with its attributes, hostile texts, the deletion."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from facecore.contract import Attributes, PersonUpdate
from services.recognizer.tests.console.conftest import Console, serious, tidy
from services.recognizer.tests.console.people_pages import cards, open_person, people, save
from tests.support.api import NOW
from tests.support.pictures import Portraits

TYPED: Attributes = {
    "major": "Völkerrecht 法学",
    "year": 1991,
    "grade": 1.25,
    "present": True,
    "nickname": "",
    "advisor": None,
    "courses": ["torts", 7, False, ""],
    "note": "two\nlines",
}
HOSTILE = {
    "script": "<script>document.title = 'taken'</script>",
    "markup": "<img src=x onerror=\"document.title = 'taken'\">",
    "right_to_left": "\u202eمحمد علي\u202c العربي",
    "endless": "W" * 200,
}


@pytest.mark.exhaustive
def test_an_untouched_attribute_keeps_its_type(console: Console, page: Page) -> None:
    console.api.admin.put_person("ada", PersonUpdate(name="Ada", attributes=TYPED))
    open_person(page, "ada")
    expect(page.get_by_role("button", name="Undo changes")).to_be_hidden()
    page.get_by_label("Name", exact=True).fill("Ada Lovelace")
    save(page)
    ada = console.api.admin.person("ada")
    assert (ada.name, list(ada.attributes.items())) == ("Ada Lovelace", list(TYPED.items()))
    assert {type(value) for value in ada.attributes.values()} == {
        type(value) for value in TYPED.values()
    }
    expect(page.get_by_role("heading", name="Ada Lovelace")).to_be_visible()
    expect(page.get_by_role("button", name="Undo changes")).to_be_hidden()
    assert tidy(page) == []
    assert serious(page) == []


@pytest.mark.exhaustive
def test_attributes_are_renamed_retyped_removed_and_added(console: Console, desk: Page) -> None:
    console.api.admin.put_person("ada", PersonUpdate(name="Ada", attributes=TYPED))
    open_person(desk, "ada")
    rows = desk.locator(".attribute")
    rows.nth(0).get_by_label("Attribute's name").fill("field of study")
    desk.get_by_label("year", exact=True).fill("1992,5")
    desk.get_by_label("Kind of grade").select_option("Text")
    desk.get_by_label("present", exact=True).select_option("No")
    desk.get_by_role("button", name="Remove nickname").click()
    desk.get_by_role("button", name="Remove courses, entry 2").click()
    desk.get_by_label("courses, entry 1", exact=True).fill("tort law")
    desk.get_by_role("button", name="Add an entry").click()
    desk.keyboard.type("last")
    desk.get_by_role("button", name="Add an attribute").click()
    desk.keyboard.type("class")
    desk.get_by_label("class", exact=True).fill("7B")
    save(desk)
    assert console.api.admin.person("ada").attributes == {
        "field of study": "Völkerrecht 法学",
        "year": 1992.5,
        "grade": "1.25",
        "present": False,
        "advisor": None,
        "courses": ["tort law", False, "", "last"],
        "note": "two\nlines",
        "class": "7B",
    }


def test_an_invalid_record_is_reported_and_nothing_is_lost(console: Console, page: Page) -> None:
    console.allowed.add(422)
    console.api.admin.put_person("ada", PersonUpdate(name="Ada", attributes={"year": 1815}))
    open_person(page, "ada")
    page.get_by_label("year", exact=True).fill("eighteen")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("year: “eighteen” is not a number.")).to_be_visible()
    page.get_by_label("year", exact=True).fill("1" + "0" * 20)
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("whole numbers must lie within")).to_be_visible()
    page.get_by_label("year", exact=True).fill("1816")
    page.get_by_role("button", name="Add an attribute").click()
    page.keyboard.type("year")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Two attributes are called “year”.")).to_be_visible()
    assert tidy(page) == []
    assert serious(page) == []
    page.get_by_role("button", name="Undo changes").click()
    expect(page.get_by_label("year", exact=True)).to_have_value("1815")
    assert console.api.admin.person("ada").attributes == {"year": 1815}


def test_leaving_with_changes_asks_first(console: Console, desk: Page) -> None:
    people(console, "Ada", "Bob")
    open_person(desk, "ada")
    desk.get_by_label("Name", exact=True).fill("Ada L")
    window = desk.get_by_role("dialog", name="Leave without saving?")
    for leave in (desk.go_back, desk.get_by_role("link", name="Cameras").click):
        leave()
        window.get_by_role("button", name="Cancel").click()
        expect(desk).to_have_url(re.compile("#/person/ada$"))
        expect(desk.get_by_label("Name", exact=True)).to_have_value("Ada L")
    desk.get_by_role("link", name="People").first.click()
    window.get_by_role("button", name="Leave").click()
    expect(desk.get_by_role("heading", name="People")).to_be_visible()
    assert console.api.admin.person("ada").name == "Ada"
    open_person(desk, "ada")
    desk.get_by_label("Name", exact=True).fill("Ada L")
    save(desk)
    open_person(desk, "bob")  # no change, so no question
    expect(desk.get_by_role("dialog")).to_have_count(0)


@pytest.mark.layout
def test_hostile_texts_are_shown_as_texts(console: Console, page: Page) -> None:
    long = "x" * 10_000
    attributes: Attributes = {HOSTILE["markup"]: long, HOSTILE["right_to_left"][:60]: [long[:999]]}
    for label, name in HOSTILE.items():
        console.api.admin.put_person(label, PersonUpdate(name=name, attributes=attributes))
    page.reload()
    expect(cards(page)).to_have_count(len(HOSTILE))
    expect(page.get_by_text(HOSTILE["script"], exact=True)).to_be_visible()
    assert tidy(page) == []
    assert serious(page) == []
    for label, name in HOSTILE.items():
        open_person(page, label)
        expect(page.locator("h1")).to_have_text(name)
        expect(page.get_by_label(HOSTILE["markup"], exact=True)).to_have_value(long)
        assert tidy(page) == []
        assert serious(page) == []
        assert page.title() != "taken"
    page.get_by_role("button", name="Delete this person").click()
    expect(page.get_by_role("heading", name=f"Delete {HOSTILE['endless']}?")).to_be_visible()
    expect(page.get_by_text("Recorded videos stay, without the name: 30 days")).to_be_visible()
    assert tidy(page) == []
    search = "#/people?search=" + "%3Cscript%3E"
    page.keyboard.press("Escape")
    page.evaluate("(to) => { location.hash = to; }", search)
    expect(cards(page)).to_have_count(1)


def test_a_person_s_sightings_are_a_click_away(console: Console, desk: Page) -> None:
    people(console, "Ada")
    open_person(desk, "ada")
    link = desk.get_by_role("link", name="Sightings of this person")
    assert link.get_attribute("href") == "#/sightings?label=ada"


@pytest.mark.parametrize(
    "label",
    [
        "nobody",
        "..",
        pytest.param("a%20b", marks=pytest.mark.exhaustive),
        pytest.param("%2E%2E%2Fdevices", marks=pytest.mark.exhaustive),
    ],
)
def test_a_missing_person_is_reported(console: Console, desk: Page, label: str) -> None:
    console.allowed.update({404, 422})
    desk.evaluate("(label) => { location.hash = `#/person/${label}`; }", label)
    expect(desk.get_by_role("heading", name="Nobody has this label")).to_be_visible()
    desk.get_by_role("link", name="Go to People").click()
    expect(desk.get_by_role("heading", name="People")).to_be_visible()


def test_a_deletion_shows_what_it_will_remove_and_has_removed(
    console: Console, page: Page, portraits: Portraits
) -> None:
    people(console, "Bob")
    console.api.enrol("ada", portraits.obama, "Ada")
    for seconds in range(3):
        at = NOW + timedelta(seconds=seconds)
        console.api.device.recognize(portraits.obama_again, captured_at=at)
    page.reload()
    open_person(page, "ada")
    page.get_by_label("Name", exact=True).fill("not saved")
    page.get_by_role("button", name="Delete this person").click()
    window = page.get_by_role("dialog", name="Delete Ada?")
    expect(window).to_contain_text("all sightings of this person")
    window.get_by_role("button", name="Cancel").click()
    assert console.api.admin.person("ada").name == "Ada"
    page.get_by_role("button", name="Delete this person").click()
    window.get_by_role("button", name="Delete all of it").click()
    expect(page.get_by_role("heading", name="Ada is deleted")).to_be_focused()
    for row in ("Records 1", "Photos 1", "Sightings 3"):
        expect(page.get_by_role("row", name=row)).to_be_visible()
    assert tidy(page) == []
    assert serious(page) == []
    page.get_by_role("link", name="Go to People").click()  # and no change is left to save
    expect(cards(page)).to_have_count(1)
    assert [one.label for one in console.api.admin.iter_people()] == ["bob"]
