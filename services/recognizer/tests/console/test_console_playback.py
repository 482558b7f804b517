"""Test playback with names over the video, in a browser that really decodes it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import Page, Response, Route, expect

from services.recognizer.tests.console.conftest import Console, serious, tidy
from services.recognizer.tests.console.recorded import (
    BIDEN_S,
    COLLINS_S,
    HEIGHT,
    OBAMA_S,
    SECONDS,
    START,
    UNKNOWN_PERSON_S,
    WIDTH,
    Camera,
)

PATIENCE_S = 120
STATE = "[v.src, v.currentTime, v.paused, v.readyState, v.error && v.error.message]"
SECOND = START + timedelta(seconds=SECONDS)
THIRD = SECOND + timedelta(seconds=SECONDS, minutes=3)


@pytest.fixture
def camera(console: Console) -> Camera:
    """Upload two adjacent segments, and another after three minutes."""
    console.allowed.add(404)  # without thumbnail and crop the page shows an outline
    camera = Camera(console.api)
    camera.enrol()
    for start in (START, SECOND, THIRD):
        camera.upload(start)
    return camera


def address(at: datetime, device: str = "door") -> str:
    return f"#/playback/{device}?at={at.isoformat().replace('+00:00', 'Z')}"


def of_video(page: Page, expression: str) -> Any:
    """Evaluate an expression about the video ``v``."""
    return page.locator("video").evaluate(f"v => {expression}")


def seconds(page: Page) -> float:
    """Return the video's position in its segment, in seconds."""
    return float(of_video(page, "v.currentTime"))


def go_to(page: Page, second: float) -> None:
    of_video(page, f"{{ v.currentTime = {second}; }}")


def wait(page: Page, condition: str) -> None:
    """Wait for a condition on the video ``v``. The page's CSP forbids Playwright's own wait."""
    until = time.monotonic() + PATIENCE_S
    while not of_video(page, condition):
        assert time.monotonic() < until, f"{condition}: {of_video(page, STATE)}"
        page.wait_for_timeout(50)


def plays(page: Page) -> None:
    wait(page, "!v.paused && v.readyState >= 3")
    before = seconds(page)
    wait(page, f"v.currentTime > {before + 0.2}")


@pytest.fixture
def played(console: Console, camera: Camera, at_phone: bool) -> Iterator[Page]:
    """Open the first segment shortly before the request about Obama."""
    camera.request(OBAMA_S, "a")
    camera.request(BIDEN_S, "b")
    at = START + timedelta(seconds=OBAMA_S - 0.5)
    with console.page(address(at), phone=at_phone) as page:
        plays(page)
        yield page


def test_the_video_plays_from_that_time_and_stops(played: Page) -> None:
    assert OBAMA_S - 0.6 < seconds(played) < OBAMA_S + 20
    played.get_by_role("button", name="Pause").click()
    expect(played.get_by_role("button", name="Play")).to_be_visible()
    assert of_video(played, "v.paused")
    assert of_video(played, "v.videoWidth") == WIDTH


@pytest.mark.layout
def test_it_is_tidy_and_accessible(played: Page) -> None:
    assert tidy(played) == []
    assert serious(played) == []


def test_boxes_lie_over_the_faces(console: Console, camera: Camera) -> None:
    answer = camera.request(OBAMA_S, "a")
    (face,) = answer.faces
    for phone in (False, True):
        with console.page(address(answer.captured_at), phone=phone) as page:
            page.get_by_role("button", name="Pause").click()
            page.keyboard.press("j")  # it goes to the visit's begin, paused
            expect(page.locator(".face")).to_have_count(1)
            expect(page.locator(".face")).to_have_text("Barack Obama")
            screen, drawn = box(page, "video"), box(page, ".face")
            scale = screen["width"] / WIDTH
            assert screen["height"] == pytest.approx(HEIGHT * scale, abs=1)
            assert drawn["x"] - screen["x"] == pytest.approx(face.box.x * scale, abs=1)
            assert drawn["y"] - screen["y"] == pytest.approx(face.box.y * scale, abs=1)
            assert drawn["width"] == pytest.approx(face.box.width * scale, abs=1)
            assert drawn["height"] == pytest.approx(face.box.height * scale, abs=1)


def box(page: Page, selector: str) -> Any:
    return page.locator(selector).bounding_box()


@pytest.mark.exhaustive
def test_a_box_goes_when_its_time_is_over(console: Console, camera: Camera) -> None:
    """Test two sightings of one visit half a second apart, and nobody else for seconds."""
    camera.request(OBAMA_S, "a")
    camera.request(OBAMA_S + 0.6, "a")
    with console.page(address(START + timedelta(seconds=OBAMA_S - 0.2))) as page:
        wait(page, f"v.currentTime > {OBAMA_S + 2.4}")
        page.get_by_role("button", name="Pause").click()
        for second, boxes in ((1.5, 0), (OBAMA_S + 0.1, 1), (OBAMA_S + 0.8, 1), (OBAMA_S + 2.3, 0)):
            page.evaluate(
                "second => { document.querySelector('video').currentTime = second; }", second
            )
            expect(page.locator(".face")).to_have_count(boxes)


def test_a_box_follows_its_face_far_from_any_request(console: Console, camera: Camera) -> None:
    """Test a face with one request, two seconds after it came; then it moves to the right."""
    camera.request(OBAMA_S, "a")
    camera.report_track("a", (0.5, 40), (12, 40), (16, 440), (20, 440))
    with console.page(address(START + timedelta(seconds=1))) as page:
        page.get_by_role("button", name="Pause").click()
        for second, name, x in (
            (1, "…", 40),
            (OBAMA_S + 0.2, "Barack Obama", 40),
            (9, "Barack Obama", 40),
            (14, "Barack Obama", 240),
            (19, "Barack Obama", 440),
        ):
            go_to(page, second)
            wait(page, "!v.seeking")
            expect(page.locator(".face")).to_have_text(name)
            screen, drawn = box(page, "video"), box(page, ".face")
            scale = screen["width"] / WIDTH
            assert drawn["x"] - screen["x"] == pytest.approx(x * scale, abs=3 * scale)
            assert drawn["y"] - screen["y"] == pytest.approx(120 * scale, abs=1)
            assert drawn["width"] == pytest.approx(130 * scale, abs=1)
            assert drawn["height"] == pytest.approx(160 * scale, abs=1)
        for second in (0.2, 20.4):
            go_to(page, second)
            expect(page.locator(".face")).to_have_count(0)


@pytest.mark.exhaustive
def test_the_video_waits_for_no_box(console: Console, camera: Camera) -> None:
    """Test that the boxes come although the user has moved on in the segment meanwhile."""
    camera.request(OBAMA_S, "a")
    camera.report_track("a", (0.5, 40), (20, 40))
    held: list[Route] = []
    with console.page("#/people") as page:

        def hold(route: Route) -> None:
            held.append(route)

        page.route("**/v1/tracks?*", hold)
        page.goto(f"{console.api.url}/{address(START + timedelta(seconds=1))}")
        plays(page)
        page.get_by_role("button", name="Pause").click()
        page.keyboard.press("ArrowRight")
        wait(page, "v.paused && !v.seeking && v.currentTime > 5")
        expect(page.locator(".face")).to_have_count(0)
        for route in held:
            route.continue_()
        page.unroute("**/v1/tracks?*", hold)
        expect(page.locator(".face")).to_have_text("Barack Obama")


@pytest.mark.exhaustive
def test_a_long_visit_has_box_and_name_in_later_segments_too(
    console: Console, camera: Camera
) -> None:
    camera.request(OBAMA_S, "a")
    camera.request(BIDEN_S, "b")
    much_later = START + timedelta(minutes=40)
    camera.upload(much_later)
    camera.report_track("a", (1, 40), (41 * 60, 40))
    for start in (SECOND, much_later):
        with console.page(address(start + timedelta(seconds=5))) as page:
            page.get_by_role("button", name="Pause").click()
            expect(page.locator(".face")).to_have_text("Barack Obama")
            beside = ["Barack Obama"] if start == much_later else ["Barack Obama", "Joe Biden"]
            expect(page.locator(".beside .name")).to_have_text(beside)
            expect(page.locator(".beside [aria-current] .name")).to_have_text("Barack Obama")
    with console.page(address(much_later + timedelta(seconds=5))) as page:
        expect(page.locator(".beside [aria-current] .name")).to_have_text("Barack Obama")
        plays(page)
        page.get_by_role("button", name="Previous visit").click()
        page.wait_for_url(f"**at={START + timedelta(seconds=BIDEN_S):%Y-%m-%dT%H%%3A%M%%3A%S}*")


@pytest.mark.exhaustive
def test_two_faces_in_one_request_are_named_by_position(console: Console, camera: Camera) -> None:
    """Test a request in which the device does not name the tracks."""
    answer = camera.request(COLLINS_S)
    assert len(answer.faces) == 2
    for number, face in enumerate(answer.faces):
        camera.report_track(f"t{number}", (COLLINS_S - 1, face.box.x), (COLLINS_S + 8, face.box.x))
    with console.page(address(answer.captured_at + timedelta(seconds=4))) as page:
        page.get_by_role("button", name="Pause").click()
        expect(page.locator(".face")).to_have_count(2)
        names = {label.text_content() for label in page.locator(".face").all()}
        assert names == {"Eileen Collins", "Joe Biden"}
        assert tidy(page) == []


@pytest.mark.exhaustive
def test_everybody_in_the_picture_has_a_box(console: Console, camera: Camera) -> None:
    """Test two faces at once, of which the device names no track."""
    answer = camera.request(COLLINS_S)
    assert len(answer.faces) == 2
    with console.page(address(answer.captured_at)) as page:
        page.get_by_role("button", name="Pause").click()
        go_to(page, COLLINS_S + 0.1)
        expect(page.locator(".face")).to_have_count(2)


def test_playback_continues_into_the_next_segment_and_over_a_gap(
    console: Console, camera: Camera
) -> None:
    with console.page(address(SECOND - timedelta(seconds=1))) as page:
        plays(page)
        source = of_video(page, "v.src")
        wait(page, f"v.src !== {source!r} && v.currentTime > 0.3 && !v.paused")
        expect(page.get_by_role("status").filter(has_text="Nothing")).to_be_hidden()
        page.goto(f"{console.api.url}/{address(THIRD - timedelta(minutes=3, seconds=1))}")
        expect(page.get_by_text("Nothing was recorded for 3 min.")).to_be_visible()
        plays(page)


@pytest.mark.exhaustive
def test_a_time_without_a_recording_leads_to_the_next(console: Console, camera: Camera) -> None:
    with console.page(address(THIRD - timedelta(minutes=2))) as page:
        expect(page.get_by_text("The next recording begins 2 min later")).to_be_visible()
        plays(page)
        page.goto(f"{console.api.url}/{address(THIRD + timedelta(days=1))}")
        expect(page.get_by_text("Nothing is recorded at this time or later.")).to_be_visible()


@pytest.mark.exhaustive
def test_the_end_of_the_recordings_is_shown(console: Console, camera: Camera) -> None:
    with console.page(address(THIRD + timedelta(seconds=SECONDS - 1))) as page:
        expect(page.get_by_text("Nothing more is recorded after this.")).to_be_visible()
        expect(page.get_by_role("button", name="Play")).to_be_visible()


def test_visits_are_stepped_through_by_buttons_and_keys(console: Console, camera: Camera) -> None:
    camera.request(OBAMA_S, "a")
    camera.request(BIDEN_S, "b", start=SECOND)
    camera.request(UNKNOWN_PERSON_S, "c", start=THIRD)
    with console.page(address(START)) as page:
        plays(page)
        page.get_by_role("button", name="Pause").click()

        def at(start: datetime, second: float) -> None:
            moment = start + timedelta(seconds=second)
            page.wait_for_url(f"**at={moment:%Y-%m-%dT%H%%3A%M%%3A%S}*")
            wait(page, f"Math.abs(v.currentTime - {second}) < 0.2 && v.paused")

        page.get_by_role("button", name="Next visit").click()
        at(START, OBAMA_S)
        expect(page.locator(".beside [aria-current] .name")).to_have_text("Barack Obama")
        page.keyboard.press("l")
        at(SECOND, BIDEN_S)
        page.keyboard.press("l")
        at(THIRD, UNKNOWN_PERSON_S)
        expect(page.locator(".face")).to_have_text("Unknown person")
        page.get_by_role("button", name="Next visit").click()
        expect(page.get_by_text("Nobody was seen after this.")).to_be_visible()
        page.keyboard.press("j")
        at(SECOND, BIDEN_S)
        page.get_by_role("button", name="Previous visit").click()
        at(START, OBAMA_S)
        page.locator(".beside button").nth(1).click()
        at(SECOND, BIDEN_S)
        page.reload()
        plays(page)
        assert seconds(page) >= BIDEN_S - 0.1


@pytest.mark.exhaustive
def test_keys_play_stop_and_move(console: Console, camera: Camera) -> None:
    with console.page(address(SECOND + timedelta(seconds=2))) as page:
        plays(page)
        page.locator("main").focus()
        page.keyboard.press("Space")
        wait(page, "v.paused")
        before = seconds(page)
        page.keyboard.press("ArrowRight")
        wait(page, f"Math.abs(v.currentTime - {before + 5}) < 0.1")
        source = of_video(page, "v.src")
        page.keyboard.press("ArrowLeft")
        wait(page, f"Math.abs(v.currentTime - {before}) < 0.1")
        page.keyboard.press("ArrowLeft")  # past the segment's begin
        wait(
            page, f"v.src !== {source!r} && Math.abs(v.currentTime - {SECONDS - 5 + before}) < 0.2"
        )
        page.keyboard.press("Space")
        plays(page)


@pytest.mark.exhaustive
def test_an_expired_link_is_renewed(console: Console, camera: Camera) -> None:
    console.allowed |= {403}
    with console.page(address(START + timedelta(seconds=1))) as page:
        plays(page)
        page.get_by_role("button", name="Pause").click()
        expired = of_video(page, "v.src")
        console.clock.move(timedelta(hours=1))
        of_video(page, "{ v.src += '#again'; }")
        wait(page, f"!v.src.startsWith({expired!r}) && !v.error && v.readyState >= 2")
        page.get_by_role("button", name="Play").click()
        plays(page)


@pytest.mark.exhaustive
def test_it_plays_in_ranges_that_no_cache_keeps(console: Console, camera: Camera) -> None:
    with console.page("#/people") as page:
        answers: list[Response] = []
        page.on("response", lambda one: answers.append(one) if "/v1/playback/" in one.url else None)
        page.goto(f"{console.api.url}/{address(START + timedelta(seconds=1))}")
        plays(page)
        for second in (20, 3, 15):
            go_to(page, second)
            wait(page, f"!v.seeking && v.readyState >= 2 && v.currentTime >= {second}")
        plays(page)
        assert {answer.status for answer in answers} == {206}
        assert {answer.headers["cache-control"] for answer in answers} == {"no-store"}


def test_a_segment_is_deleted_and_the_next_is_shown(console: Console, camera: Camera) -> None:
    with console.page(address(START + timedelta(seconds=1))) as page:
        plays(page)
        first = of_video(page, "v.src")
        remove = page.get_by_role("button", name="Delete this segment")
        confirm = page.get_by_role("button", name="Delete the segment")
        remove.click()
        page.get_by_role("button", name="Cancel").click()
        assert len(console.api.admin.videos().videos) == 3
        remove.click()
        assert tidy(page) == []
        confirm.click()
        wait(page, f"v.src && v.src !== {first!r} && v.readyState >= 2 && v.paused")
        assert [one.started_at for one in console.api.admin.videos().videos] == [THIRD, SECOND]
        for _ in range(2):
            expect(remove).not_to_have_attribute("aria-busy", "true")  # the next one is shown
            shown = of_video(page, "v.src")
            remove.click()
            confirm.click()
            wait(page, f"v.src !== {shown!r}")
        expect(page.get_by_text("Nothing is recorded at this time or later.")).to_be_visible()
        assert console.api.admin.videos().videos == []
        assert tidy(page) == []
        assert serious(page) == []


def test_a_segment_removed_while_it_is_shown_is_reported(console: Console, camera: Camera) -> None:
    console.allowed |= {403, 404}
    with console.page(address(START + timedelta(seconds=1))) as page:
        plays(page)
        page.get_by_role("button", name="Pause").click()
        (shown,) = console.api.admin.videos(until=SECOND).videos
        console.api.admin.remove_video(shown.key)
        of_video(page, "{ v.src += '#again'; }")
        expect(page.get_by_text("This part of the recording was removed")).to_be_visible()


@pytest.mark.exhaustive
def test_a_sighting_of_a_removed_video_leads_to_a_message(console: Console, camera: Camera) -> None:
    camera.request(OBAMA_S, "a")
    for one in console.api.admin.iter_videos():
        console.api.admin.remove_video(one.key)
    with console.page("#/sightings") as page:
        page.get_by_role("link", name="Play the video").click()
        expect(page.get_by_text("Old recordings are removed.")).to_be_visible()
        expect(page.locator(".beside .name")).to_have_text("Barack Obama")
        assert tidy(page) == []


@pytest.mark.exhaustive
def test_without_a_time_it_begins_with_the_newest(console: Console, camera: Camera) -> None:
    with console.page("#/playback/door") as page:
        plays(page)
        expect(page.get_by_role("heading", name="Recording of door")).to_be_visible()
        expect(page.get_by_text("Nobody was seen within 15 minutes")).to_be_visible()


def test_a_camera_without_a_recording_says_so(console: Console) -> None:
    with console.page("#/playback/nowhere") as page:
        expect(page.get_by_role("heading", name="Nothing is recorded here")).to_be_visible()
        assert tidy(page) == []
