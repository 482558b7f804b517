"""Test the page of unknown people: faces are seen, named, assigned, ignored; a wrong name."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from playwright.sync_api import Locator, Page, expect

from recognizer.domain.clock import utc_now
from services.recognizer.tests.console.conftest import Console, serious, tidy
from tests.support import pictures
from tests.support.pictures import Portraits

HOSTILE = "<script>alert(1)</script>\u202e" + "x" * 150


def seen(console: Console, *shown: bytes, ago: int = 60) -> None:
    """Send each picture in its own visit, a minute apart, the last ``ago`` minutes before now."""
    first = utc_now() - timedelta(minutes=ago + len(shown))
    for number, picture in enumerate(shown):
        at: datetime = first + timedelta(minutes=number)
        console.api.device.recognize(picture, captured_at=at, track=f"t{ago}-{number}")


def opened(page: Page) -> None:
    page.get_by_role("link", name="Unknown people").click()
    expect(page.get_by_role("heading", name="Unknown people", exact=True)).to_be_visible()
    expect(page.locator("main")).not_to_have_attribute("aria-busy", "true")


def rows(page: Page) -> Locator:
    return page.locator("li.unknown-person")


def faces(row: Locator) -> Locator:
    return row.locator(".unknown-person-faces img")


def labels(console: Console) -> list[str | None]:
    return [one.label for one in console.api.admin.sightings().sightings]


@pytest.mark.exhaustive
@pytest.mark.layout
def test_nobody_yet_says_what_is_kept(page: Page) -> None:
    opened(page)
    expect(page.get_by_role("heading", name="No unknown people")).to_be_visible()
    expect(page.get_by_text("kept for 7 days, and then deleted")).to_be_visible()
    assert tidy(page) == []
    assert serious(page) == []


def test_an_unknown_person_is_named_and_known_from_then_on(
    console: Console, page: Page, portraits: Portraits
) -> None:
    seen(console, portraits.obama, portraits.obama_again, portraits.hopper)
    opened(page)
    expect(rows(page)).to_have_count(2)
    obama = rows(page).nth(1)
    expect(faces(obama)).to_have_count(2)
    expect(obama.get_by_text("2 visits")).to_be_visible()
    assert faces(obama).first.evaluate("(image) => image.decode().then(() => image.naturalWidth)")
    assert tidy(page) == []
    assert serious(page) == []

    obama.get_by_role("button", name="Name this person").click()
    window = page.get_by_role("dialog", name="Name this person")
    window.get_by_label("Name", exact=True).fill("Barack Obama")
    expect(window.get_by_label("Label")).to_have_value("barack_obama")
    assert tidy(page) == []
    assert serious(page) == []
    window.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Barack Obama is known now: 2 photos, 2 sightings.")).to_be_visible()
    expect(rows(page)).to_have_count(1)
    expect(rows(page).first.get_by_role("heading")).to_be_focused()
    assert labels(console).count("barack_obama") == 2
    picture = pictures.shrunk(portraits.obama, 300)
    (face,) = console.api.device.recognize(picture, captured_at=utc_now()).faces
    assert face.person is not None
    assert face.person.name == "Barack Obama"


def test_an_unknown_person_is_assigned_to_a_known_one(
    console: Console, page: Page, portraits: Portraits
) -> None:
    seen(console, portraits.obama_again)
    console.api.enrol("obama", portraits.obama, name=HOSTILE)
    console.api.enrol("hopper", portraits.hopper)
    opened(page)
    row = rows(page).first
    expect(row.get_by_text("Looks like")).to_contain_text(HOSTILE[:25])
    expect(row.get_by_text("similarity 0.")).to_be_visible()
    assert tidy(page) == []
    row.get_by_role("button", name="This is").click()
    window = page.get_by_role("dialog", name="Who is this?")
    choices = window.locator("button.who-choice")
    expect(choices).to_have_count(2)
    expect(choices.first).to_contain_text(HOSTILE[:25])
    assert tidy(page) == []
    assert serious(page) == []
    console.allowed.add(409)
    window.get_by_role("searchbox").fill("hop")
    expect(choices).to_have_count(1)
    choices.first.click()
    expect(window.get_by_text("the face is that of 'obama'")).to_be_visible()
    window.get_by_role("searchbox").fill("")
    expect(choices).to_have_count(2)
    choices.first.press("Enter")
    expect(page.get_by_role("heading", name="No unknown people")).to_be_visible()
    assert labels(console) == ["obama"]
    assert console.api.admin.person("obama").photo_count == 2


def test_a_refused_face_shows_the_reason(
    console: Console, page: Page, portraits: Portraits
) -> None:
    seen(console, pictures.shrunk(portraits.obama, 240))
    opened(page)
    row = rows(page).first
    expect(row.get_by_text("it was too far away")).to_be_visible()
    expect(row.get_by_role("button")).to_have_text(["Ignore"])
    assert serious(page) == []


def test_an_ignored_person_is_shown_again_after_undo(
    console: Console, page: Page, portraits: Portraits
) -> None:
    seen(console, portraits.obama)
    opened(page)
    rows(page).first.get_by_role("button", name="Ignore").click()
    page.get_by_role("dialog").get_by_role("button", name="Ignore").click()
    expect(page.get_by_role("heading", name="No unknown people")).to_be_visible()
    seen(console, portraits.obama_again, ago=5)
    page.reload()
    expect(page.get_by_role("heading", name="No unknown people")).to_be_visible()
    page.get_by_text("Ignored (1)").click()
    again = page.get_by_role("button", name="Show again")
    expect(again).to_be_visible()
    assert tidy(page) == []
    assert serious(page) == []
    again.click()
    expect(rows(page)).to_have_count(1)
    expect(again).to_be_hidden()


@pytest.mark.exhaustive
def test_many_faces_are_shown_when_asked_for(
    console: Console, page: Page, portraits: Portraits
) -> None:
    seen(console, *[pictures.shrunk(portraits.obama, 400 + 20 * number) for number in range(8)])
    opened(page)
    expect(faces(rows(page).first)).to_have_count(6)
    page.get_by_role("button", name="Show all 8").click()
    expect(faces(rows(page).first)).to_have_count(8)
    expect(rows(page).first.locator(".unknown-person-faces a").first).to_be_focused()
    link = rows(page).first.locator(".unknown-person-faces a").first.get_attribute("href")
    assert link is not None
    assert link.startswith("#/playback/door?at=20")


def test_an_unknown_person_is_named_by_keyboard_alone(
    console: Console, desk: Page, portraits: Portraits
) -> None:
    seen(console, portraits.hopper)
    opened(desk)
    desk.get_by_role("button", name="Name this person").focus()
    desk.keyboard.press("Enter")
    window = desk.get_by_role("dialog", name="Name this person")
    expect(window.get_by_label("Name", exact=True)).to_be_focused()
    desk.keyboard.type("Grace Hopper")
    desk.keyboard.press("Enter")
    expect(desk.get_by_role("heading", name="No unknown people")).to_be_visible()
    assert [person.label for person in console.api.admin.iter_people()] == ["grace_hopper"]


_BUTTON = """async (visit) => {
    const files = document.querySelector("script[type=module]").src;
    const {wrongMatchButton} = await import(new URL("sightings/wrong_match.js", files));
    const place = document.getElementById("main");
    const then = () => place.append("corrected");
    place.append(wrongMatchButton(visit, {then}));
    return wrongMatchButton({label: null}) === null;
}"""


def test_a_wrong_name_is_taken_away(console: Console, page: Page, portraits: Portraits) -> None:
    console.api.enrol("obama", portraits.obama, "Barack Obama")
    seen(console, portraits.obama_again)
    opened(page)
    expect(rows(page)).to_have_count(0)
    (wrong,) = console.api.admin.sightings().sightings
    assert page.evaluate(_BUTTON, {"label": "obama", "best": {"id": wrong.id}})
    page.get_by_role("button", name="Not this person").click()
    window = page.get_by_role("dialog", name="Not this person?")
    expect(window.get_by_text("Barack Obama")).to_be_visible()
    window.get_by_role("button", name="Remove the name").click()
    expect(page.get_by_text("corrected")).to_be_visible()
    expect(page.get_by_text("The name was removed from 1 sighting.")).to_be_visible()
    assert labels(console) == [None]
    page.reload()
    expect(rows(page)).to_have_count(1)
