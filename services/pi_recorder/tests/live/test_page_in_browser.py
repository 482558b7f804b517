"""The live page in a real browser, in the sizes of a phone and a desktop."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect
from pydantic import SecretStr

from facecore.contract import Box, Decision, PersonRecord
from pi_recorder.bootstrap import open_sinks, recorder_for
from pi_recorder.events import (
    CameraAway,
    LivePageReady,
    RecognitionAway,
    Seen,
    TrackedFace,
    TrackState,
    UploadsAway,
    VisitNamed,
)
from pi_recorder.settings.schema import Settings
from pi_recorder.settings.values import RecognitionMode
from pi_recorder.spool import Spool
from pi_recorder.testing import FakeCamera, Show
from services.pi_recorder.tests.conftest import NOON, Events, running, wait_until
from services.pi_recorder.tests.live.live_page import LivePage, free_port, live_page
from services.pi_recorder.tests.small_recognizer import ADA, TOKEN, Script, SmallRecognizer, face
from tests.support.browser import CHROMIUM, NO_CHROMIUM, chromium, opened

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason=NO_CHROMIUM)
EVIL = PersonRecord(
    label="eve",
    name="<img src=x onerror=alert(1)>Eve",
    attributes={"<b>a</b>": "</script><script>alert(1)</script>"},
)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


@pytest.fixture
def page(tmp_path: Path) -> Iterator[LivePage]:
    with live_page(tmp_path) as page:
        page.put(0)
        yield page


def see(page: LivePage, *faces: tuple[TrackState, PersonRecord | None]) -> None:
    tracked = tuple(
        TrackedFace(
            f"t{number}",
            Box(x=32 + 128 * number, y=60, width=64, height=120),
            state,
            person,
            0.834 if person else None,
        )
        for number, (state, person) in enumerate(faces)
    )
    page.aggregator.add(Seen(NOON, 320, 240, tracked))
    for one in tracked:
        named = VisitNamed(one.track, NOON, one.state, one.person, one.similarity, 0.2, late=False)
        page.aggregator.add(named)


@pytest.mark.parametrize(
    "phone", [True, pytest.param(False, marks=pytest.mark.exhaustive)], ids=["phone", "desk"]
)
def test_a_person_has_a_box_a_name_and_a_record(
    browser: Browser, page: LivePage, phone: bool
) -> None:
    with opened(browser, page.url, phone=phone) as shown:
        expect(shown.locator("#picture")).to_be_visible()
        see(page, (TrackState.MATCH, ADA), (TrackState.UNKNOWN, None))
        names = shown.locator("#faces .name")
        expect(names).to_have_text(["Ada", "Unknown"])
        expect(shown.locator("#faces .facts")).to_have_text("major Mathematics · year 1835")
        expect(shown.locator("#faces .number")).to_have_text("similarity 0.83")
        expect(shown.locator("#visitors .name")).to_have_text("Ada")
        expect(shown.locator("#unknown-people")).to_have_text("1 visit by unknown people")
        expect(shown.locator("#spoken")).to_have_text("Ada, Unknown in view")
        box, frame = shown.locator(".box").first, shown.locator("#frame")
        expect(box).to_have_text("Ada")
        place, around = box.bounding_box(), frame.bounding_box()
        assert place is not None
        assert around is not None
        assert place["x"] - around["x"] == pytest.approx(around["width"] * 0.1, abs=2)
        assert place["height"] == pytest.approx(around["height"] * 0.5, abs=2)
        assert shown.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_the_picture_moves(browser: Browser, page: LivePage) -> None:
    with opened(browser, page.url) as shown:
        picture = shown.locator("#picture")
        expect(picture).to_be_visible()
        before = picture.get_attribute("src")
        page.put(1)
        expect(picture).not_to_have_attribute("src", before or "")
        assert shown.evaluate("document.getElementById('picture').naturalWidth") == 320


def test_a_record_is_shown_as_text_and_never_run(browser: Browser, page: LivePage) -> None:
    with opened(browser, page.url) as shown:
        see(page, (TrackState.MATCH, EVIL))
        expect(shown.locator("#faces .name")).to_have_text(EVIL.name)
        expect(shown.locator("#faces .facts")).to_contain_text("</script>")
        expect(shown.locator(".box")).to_have_text(EVIL.name)
        assert shown.locator("main img").count() == 1


def test_an_outage_is_shown_in_words(browser: Browser, page: LivePage) -> None:
    with opened(browser, page.url, phone=True) as shown:
        expect(shown.locator("#overall")).to_have_text("Live")
        page.aggregator.add(UploadsAway("no route"))
        expect(shown.locator("#overall")).to_have_text("Uploads wait")
        page.aggregator.add(RecognitionAway("nobody listens"))
        expect(shown.locator("#overall")).to_have_text("Recognition away")
        expect(shown.locator("#recognition")).to_contain_text("nobody listens")
        expect(shown.locator("#notices li").first).to_contain_text("recognition is away")
        page.aggregator.add(CameraAway("unplugged"))
        expect(shown.locator("#veil")).to_have_text("The camera gives no picture")
        expect(shown.locator("#toggle")).to_be_hidden()


@pytest.mark.exhaustive
def test_a_page_whose_recorder_is_gone_says_so(browser: Browser, tmp_path: Path) -> None:
    context = browser.new_context()
    shown = context.new_page()
    with live_page(tmp_path) as page:
        shown.goto(page.url)
        expect(shown.locator("#overall")).to_have_text("Starting")
    expect(shown.locator("#overall")).to_have_text("No connection")
    context.close()


def test_with_the_password_recognition_is_paused_and_resumed(
    browser: Browser, tmp_path: Path
) -> None:
    with live_page(tmp_path, "correct horse") as page:
        page.put(0)
        with opened(browser, page.url, password="correct horse") as shown:
            expect(shown.locator("#picture")).to_be_visible()
            shown.get_by_role("button", name="Pause recognition").click()
            expect(shown.locator("#overall")).to_have_text("Recognition paused")
            assert page.switch.is_paused()
            shown.get_by_role("button", name="Resume recognition").click()
            expect(shown.locator("#overall")).to_have_text("Live")
            assert not page.switch.is_paused()


@pytest.mark.exhaustive
def test_an_address_may_hold_the_password(browser: Browser, tmp_path: Path) -> None:
    context = browser.new_context()
    shown = context.new_page()
    with live_page(tmp_path, "correct-horse") as page:
        page.put(0)
        shown.goto(page.url.replace("//", "//any:correct-horse@"))
        expect(shown.locator("#picture")).to_be_visible()
        expect(shown.locator("#overall")).to_have_text("Live")
    context.close()


def test_a_running_recorder_shows_who_its_camera_sees(
    browser: Browser, server: SmallRecognizer, script: Script, tmp_path: Path
) -> None:
    script.faces = [face(Decision.MATCH, ADA, 0.9)]
    settings = Settings(
        url=server.url,
        token=SecretStr(TOKEN),
        spool_dir=tmp_path / "spool",
        recognition_mode=RecognitionMode.INTERVAL,  # the recognizer of this test needs no face
        sample_interval_s=0.1,
        live_port=free_port(),
    )
    events = Events()
    camera = FakeCamera(itertools.repeat(Show(1 / 30, 640, 480)), on_time=True)

    def publish(event: object) -> None:
        events.append(event)  # type: ignore[arg-type]  # whatever is published is an event
        sinks.publish(event)  # type: ignore[arg-type]  # see above

    with (
        Spool(settings.spool_dir) as spool,
        open_sinks(settings, events.append) as sinks,
        recorder_for(settings, camera, spool, publish, sinks=sinks) as recorder,
        running(recorder.run, recorder.stop),
    ):
        wait_until(lambda: events.of(LivePageReady))
        with opened(browser, events.of(LivePageReady)[0].url) as shown:
            expect(shown.locator("#faces .name")).to_have_text("Ada")
            expect(shown.locator("#picture")).to_be_visible()
            expect(shown.locator("#camera")).to_contain_text("On")
            expect(shown.locator("#latency")).to_contain_text("95th percentile")
            assert TOKEN not in shown.content()
