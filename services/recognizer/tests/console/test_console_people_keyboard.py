"""Test adding a person with a photo and deleting the person, without a mouse."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from services.recognizer.tests.console.conftest import Console
from services.recognizer.tests.console.people_pages import photos
from tests.support.pictures import Portraits


def test_a_person_with_a_photo_is_added_by_keyboard_alone(
    console: Console, desk: Page, portraits: Portraits
) -> None:
    console.allowed.add(404)  # the page checks whether the label is free
    keys = desk.keyboard

    def reach(name: str) -> None:
        """Press Tab until the element of this name has the focus."""
        wanted = desk.get_by_label(name, exact=True).or_(
            desk.get_by_role("button", name=name, exact=True)
        )
        for _ in range(80):
            keys.press("Tab")
            if wanted.evaluate_all("(all) => all.includes(document.activeElement)"):
                assert desk.evaluate("getComputedStyle(document.activeElement).outlineWidth") != "0"
                return
        raise AssertionError(f"{name} is not reached by the keyboard")

    expect(desk.get_by_role("heading", name="Nobody is known yet")).to_be_visible()
    reach("Add a person")
    keys.press("Enter")
    expect(desk.get_by_label("Name", exact=True)).to_be_focused()
    keys.type("Barack Obama")
    reach("Add an attribute")
    keys.press("Enter")
    keys.type("year")
    reach("Add")
    keys.press("Enter")
    expect(desk.get_by_role("heading", name="Barack Obama")).to_be_visible()
    with desk.expect_file_chooser() as chooser:
        reach("Choose files")
        keys.press("Enter")
    chooser.value.set_files({"name": "a.jpg", "mimeType": "image/jpeg", "buffer": portraits.obama})
    expect(photos(desk)).to_have_count(1)
    reach("Name")
    keys.press("End")
    keys.type("!")
    keys.press("Enter")
    expect(desk.get_by_text("Saved", exact=True)).to_be_visible()
    person = console.api.admin.person("barack_obama")
    assert (person.name, person.photo_count) == ("Barack Obama!", 1)
    reach("Delete this person")
    keys.press("Enter")
    reach("Delete all of it")
    keys.press("Enter")
    expect(desk.get_by_role("heading", name="Barack Obama! is deleted")).to_be_focused()
