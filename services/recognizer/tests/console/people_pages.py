"""Helpers for the tests of the people's pages."""

from __future__ import annotations

from playwright.sync_api import FilePayload, Locator, Page, expect

from facecore.contract import PersonUpdate
from services.recognizer.tests.console.conftest import Console


def people(console: Console, *names: str) -> None:
    """Enrol people whose labels are their names in lower case."""
    for name in names:
        console.api.admin.put_person(name.lower(), PersonUpdate(name=name))


def cards(page: Page) -> Locator:
    return page.locator(".grid.people li")


def open_person(page: Page, label: str) -> None:
    page.evaluate("(label) => { location.hash = `#/person/${label}`; }", label)
    expect(page.get_by_role("heading", name="Record")).to_be_visible()


def save(page: Page) -> None:
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved", exact=True)).to_be_visible()


def photos(page: Page) -> Locator:
    return page.locator(".grid.photos li")


def refusals(page: Page) -> Locator:
    return page.get_by_role("list", name="Photos that were not accepted").get_by_role("listitem")


def choose(page: Page, **files: bytes) -> None:
    """Choose files by the button; the browser derives the type from the name."""
    payloads: list[FilePayload] = [
        {"name": f"{name}.jpg", "mimeType": "image/jpeg", "buffer": data}
        for name, data in files.items()
    ]
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Choose files").click()
    chooser.value.set_files(payloads)
