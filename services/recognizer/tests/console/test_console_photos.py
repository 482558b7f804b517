"""Test a person's photos: chosen, dropped, taken by the camera; refused, flagged, deleted."""

from __future__ import annotations

import base64
import io
import re

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Locator, Page, expect

from services.recognizer.tests.console.conftest import Console, serious, tidy
from services.recognizer.tests.console.people_pages import (
    cards,
    choose,
    open_person,
    people,
    photos,
    refusals,
)
from tests.support import pictures
from tests.support.pictures import Portraits


def drop(page: Page, *files: bytes) -> None:
    encoded = [base64.b64encode(data).decode() for data in files]
    transfer = page.evaluate_handle(
        """(encoded) => {
            const transfer = new DataTransfer();
            encoded.forEach((data, number) => {
                const bytes = Uint8Array.from(atob(data), (letter) => letter.charCodeAt(0));
                transfer.items.add(new File([bytes], `dropped ${number}`, {type: "image/jpeg"}));
            });
            return transfer;
        }""",
        encoded,
    )
    for happening in ("dragenter", "dragover", "drop"):
        page.dispatch_event(".drop", happening, {"dataTransfer": transfer})


def is_drawn(picture: Locator) -> None:
    expect(picture).to_have_js_property("complete", value=True)
    assert picture.evaluate("(image) => image.naturalWidth") > 0


def test_chosen_photos_appear_at_once_with_the_face(
    console: Console, page: Page, portraits: Portraits
) -> None:
    people(console, "Obama")
    page.reload()
    open_person(page, "obama")
    choose(page, one=portraits.obama, two=portraits.obama_again)
    expect(photos(page)).to_have_count(2)
    expect(page.get_by_role("heading", name="Photos (2)")).to_be_visible()
    expect(page.get_by_text("2 added")).to_be_visible()
    for at in range(2):
        is_drawn(photos(page).nth(at).locator("img"))
    assert tidy(page) == []
    assert serious(page) == []
    photos(page).first.get_by_role("button", name="Show the photo").click()
    whole = page.get_by_role("img", name="The photo as it was sent")
    is_drawn(whole)
    assert tidy(page) == []
    assert serious(page) == []
    page.keyboard.press("Escape")
    page.get_by_role("link", name="People").last.click()
    expect(cards(page)).to_contain_text(["2 photos"])
    is_drawn(cards(page).locator("img"))


@pytest.mark.exhaustive
def test_dropped_photos_are_taken_one_after_the_other(
    console: Console, desk: Page, portraits: Portraits
) -> None:
    console.allowed.add(422)
    people(console, "Obama")
    open_person(desk, "obama")
    drop(desk, portraits.obama, pictures.without_face(), portraits.obama_again)
    expect(photos(desk)).to_have_count(2)
    expect(refusals(desk)).to_contain_text(["dropped 1: No face was found."])
    expect(desk.get_by_text("2 added, 1 not accepted")).to_be_visible()


@pytest.mark.layout
def test_each_refusal_stays_and_gives_advice(
    console: Console, page: Page, portraits: Portraits
) -> None:
    console.allowed.update({409, 415, 422})
    console.api.enrol("biden", portraits.biden)
    people(console, "Obama")
    open_person(page, "obama")
    choose(
        page,
        room=pictures.without_face(),
        two=pictures.side_by_side(portraits.obama, portraits.collins),
        far=pictures.shrunk(portraits.obama, 160),
        blurred=pictures.blurred(portraits.obama, 12),
        other=portraits.biden,
        damaged=portraits.obama[:5000],
        text=b"no picture at all",
    )
    expect(refusals(page)).to_have_count(7)
    for name, advice in {
        "room": "Take it from the front",
        "two": "only this person",
        "far": "Come closer",
        "blurred": "Hold the camera still",
        "other": "add the photo there, or merge the two",
        "damaged": "Copy the photo again",
        "text": "Save it again, as JPEG, PNG or WebP",
    }.items():
        expect(refusals(page).filter(has_text=f"{name}.jpg")).to_contain_text(advice)
    expect(photos(page)).to_have_count(0)
    assert tidy(page) == []
    assert serious(page) == []
    page.get_by_role("button", name="Dismiss room.jpg").click()
    expect(refusals(page)).to_have_count(6)


def test_a_photo_that_resembles_somebody_is_flagged_with_a_link(
    console: Console, page: Page, portraits: Portraits
) -> None:
    console.api.enrol("obama", portraits.obama, "Barack <b>Obama</b>")
    people(console, "Biden")
    faces = [portraits.obama, portraits.biden]
    boxes = [console.api.analyzer.analyze(face).faces[0].box for face in faces]
    between = pictures.between(faces[0], boxes[0], faces[1], boxes[1], 0.6)
    open_person(page, "biden")
    choose(page, between=between)
    expect(photos(page)).to_contain_text([re.compile(r"Look-alike.*similarity 0\.[34]\d\)")])
    assert tidy(page) == []
    assert serious(page) == []
    photos(page).get_by_role("link", name="Barack <b>Obama</b>").click()
    expect(page.get_by_role("heading", name="Barack <b>Obama</b>")).to_be_visible()
    expect(photos(page)).to_contain_text(["Look-alike"])  # the other person's page flags it too


def test_the_camera_takes_a_picture_and_is_released(console: Console, page: Page) -> None:
    console.allowed.add(422)  # Chromium's fake camera shows no face
    people(console, "Ada")
    open_person(page, "ada")
    page.get_by_role("button", name="Use the camera").click()
    window = page.get_by_role("dialog", name="Take a picture")
    shoot = window.get_by_role("button", name="Take the picture")
    expect(shoot).to_be_focused()
    stream = page.evaluate_handle("document.querySelector('video').srcObject")
    assert stream.evaluate("(stream) => stream.active")
    mirrored = page.locator("video").evaluate("(video) => getComputedStyle(video).transform")
    assert mirrored.startswith("matrix(-1,")
    assert tidy(page) == []
    assert serious(page) == []
    shoot.click()
    expect(page.locator("dialog")).to_have_count(0)
    assert not stream.evaluate("(stream) => stream.active")
    expect(refusals(page)).to_contain_text(["from the camera.jpg: No face was found."])


@pytest.mark.parametrize(
    "leave",
    [
        pytest.param("Escape", marks=pytest.mark.exhaustive),
        pytest.param("Close", marks=pytest.mark.exhaustive),
        "back",
    ],
)
def test_the_camera_is_released_however_the_page_is_left(
    console: Console, desk: Page, leave: str
) -> None:
    people(console, "Ada")
    open_person(desk, "ada")
    desk.get_by_role("button", name="Use the camera").click()
    expect(desk.get_by_role("button", name="Take the picture")).to_be_enabled()
    stream = desk.evaluate_handle("document.querySelector('video').srcObject")
    if leave == "Escape":
        desk.keyboard.press("Escape")
    elif leave == "Close":
        desk.get_by_role("button", name="Close").click()
    else:
        desk.go_back()
        expect(desk.get_by_role("heading", name="People")).to_be_visible()
    # Wait until it is closed, not only hidden: it is hidden before the page gets its close event.
    expect(desk.locator("dialog")).to_have_count(0)
    assert not stream.evaluate("(stream) => stream.active")


@pytest.mark.exhaustive
def test_a_photo_too_large_is_made_smaller_instead_of_refused(
    console: Console, desk: Page, portraits: Portraits
) -> None:
    people(console, "Obama")
    open_person(desk, "obama")
    image = Image.open(io.BytesIO(portraits.obama)).convert("RGB")
    many_pixels = pictures.jpeg(image.resize((5000, round(5000 * image.height / image.width))), 60)
    grain = np.random.default_rng(1).integers(-20, 20, (2400, 1920, 3))
    grainy = np.clip(np.asarray(image.resize((1920, 2400)), int) + grain, 0, 255)
    many_bytes = pictures.png_of(grainy.astype(np.uint8))
    assert len(many_bytes) > 4 * 1024 * 1024
    choose(desk, pixels=many_pixels, bytes=many_bytes)
    expect(photos(desk)).to_have_count(2)
    expect(refusals(desk)).to_have_count(0)


def test_a_photo_is_deleted_after_a_confirmation(
    console: Console, page: Page, portraits: Portraits
) -> None:
    console.api.enrol("obama", portraits.obama)
    page.reload()
    open_person(page, "obama")
    page.get_by_role("button", name="Delete the photo").click()
    window = page.get_by_role("dialog", name="Delete this photo?")
    window.get_by_role("button", name="Cancel").click()
    expect(photos(page)).to_have_count(1)
    page.get_by_role("button", name="Delete the photo").click()
    window.get_by_role("button", name="Delete").click()
    expect(page.get_by_role("heading", name="Photos", exact=True)).to_be_focused()
    expect(photos(page)).to_have_count(0)
    assert console.api.admin.photos("obama").photos == []
    page.get_by_role("link", name="People").last.click()
    expect(cards(page)).to_contain_text(["no photo yet"])
