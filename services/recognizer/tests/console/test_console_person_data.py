"""Test a person's data on the person's page: export, merge, change of label."""

from __future__ import annotations

import json
import re
import zipfile
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from facecore.contract import MAX_IMAGE_BYTES, PersonUpdate
from services.recognizer.tests.console.conftest import Console, serious, tidy
from tests.support.api import NOW
from tests.support.pictures import Portraits

HOSTILE = "<script>alert(1)</script> \u202egnp.exe " + "x" * 150


def opened(page: Page, label: str) -> Locator:
    """Open the page and return its section of data."""
    page.goto(f"{page.url.partition('#')[0]}#/person/{label}")
    page.reload()
    section = page.get_by_role("region", name="Data")
    expect(section).to_be_visible()
    return section


def test_everything_is_downloaded_as_one_file(
    console: Console, page: Page, portraits: Portraits, tmp_path: Path
) -> None:
    """Test an export in several parts, which the browser joins."""
    sent = [
        data + b"\0" * (MAX_IMAGE_BYTES - len(data))
        for data in (portraits.obama, portraits.obama_again)
    ]
    photos = [console.api.enrol("obama", data, HOSTILE) for data in sent]
    console.api.device.recognize(portraits.obama_again, captured_at=NOW)
    section = opened(page, "obama")
    with page.expect_download() as downloading:
        section.get_by_role("button", name="Download everything").click()
    assert downloading.value.suggested_filename == "obama.zip"
    file = tmp_path / "obama.zip"
    downloading.value.save_as(file)
    expect(section.get_by_role("status")).to_contain_text("README.txt")
    with zipfile.ZipFile(file) as whole:
        assert whole.testzip() is None
        assert json.loads(whole.read("record.json"))["name"] == HOSTILE
        assert [whole.read(f"photos/{photo.id}.jpg") for photo in photos] == sent
        assert len(json.loads(whole.read("sightings/0001.json"))) == 1
        assert len(set(whole.namelist())) == len(whole.namelist()) >= 8


def test_two_people_are_merged_after_a_choice_and_a_confirmation(
    console: Console, page: Page, portraits: Portraits
) -> None:
    api = console.api
    api.enrol("obama", portraits.obama, HOSTILE, {"year": 1991})
    api.enrol("barack", portraits.hopper, "Barack")
    api.admin.put_person("other", PersonUpdate(name="Somebody else"))
    api.device.recognize(portraits.obama_again, captured_at=NOW + timedelta(minutes=1))
    opened(page, "obama").get_by_role("button", name="Merge with another person").click()
    window = page.get_by_role("dialog", name="Merge with another person")
    expect(window.get_by_role("listitem")).to_have_count(2)  # the list omits this person
    assert tidy(page) == []
    assert serious(page) == []
    window.get_by_role("searchbox").press_sequentially("bara")
    expect(window.get_by_role("listitem")).to_have_count(1)
    window.get_by_role("button", name="Barack").click()
    question = page.get_by_role("dialog", name="Merge these two?")
    expect(question).to_contain_text(re.compile(r"become those of \W?Barack\W? \(barack\)"))
    assert tidy(page) == []
    assert serious(page) == []
    question.get_by_role("button", name="Cancel").click()
    expect(question).to_have_count(0)
    assert api.admin.person("obama").photo_count == 1
    window.get_by_role("button", name="Barack").click()
    question.get_by_role("button", name="Merge").click()
    receipt = page.get_by_role("dialog", name="are now one person")
    for fact in ("1 photo moved", "1 sighting moved", "1 attribute added", "the label obama"):
        expect(receipt).to_contain_text(fact)
    assert tidy(page) == []
    assert serious(page) == []
    receipt.get_by_role("button", name="Go to this person").click()
    expect(page.get_by_role("heading", name="Barack", level=1)).to_be_visible()
    assert api.admin.person("barack").photo_count == 2


def test_the_label_is_changed_and_no_other_person_is_hit(
    console: Console, page: Page, portraits: Portraits
) -> None:
    console.allowed.add(404)  # the page checks whether the label is free
    console.api.enrol("obama", portraits.obama, HOSTILE)
    console.api.admin.put_person("taken", PersonUpdate(name="Another"))
    opened(page, "obama").get_by_role("button", name="Change the label").click()
    window = page.get_by_role("dialog", name="Change the label")
    label, change = (
        window.get_by_label("New label"),
        window.get_by_role("button", name="Change the label"),
    )
    expect(label).to_be_focused()
    change.click()
    expect(window.get_by_text("This already is the label.")).to_be_visible()
    label.fill("not a label")
    change.click()
    assert label.evaluate("one => one.validity.patternMismatch")
    label.fill("taken")
    change.click()
    expect(window.get_by_text("taken is another person's label")).to_be_visible()
    assert tidy(page) == []
    assert serious(page) == []
    label.fill("barack.obama")
    label.press("Enter")
    receipt = page.get_by_role("dialog", name="now has the label barack.obama")
    expect(receipt).to_contain_text("1 photo moved")
    page.keyboard.press("Escape")
    expect(page.get_by_text("barack.obama ·")).to_be_visible()
    assert console.api.admin.person("barack.obama").name == HOSTILE
    assert console.api.admin.person("taken").name == "Another"


@pytest.mark.layout
def test_it_is_tidy_and_accessible(console: Console, page: Page) -> None:
    console.api.admin.put_person("x", PersonUpdate(name=HOSTILE))
    section = opened(page, "x")
    expect(section.get_by_role("button")).to_have_count(3)
    assert tidy(page) == []
    assert serious(page) == []
