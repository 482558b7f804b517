"""Take pictures of the console for the README, from a real run.

``make screenshots`` calls this. The recognizer and a recorder run as in ``make run``, on the part
of the demo clip that shows only astronaut Eileen Collins, who is enrolled, and Rear Admiral Grace
Hopper, who is not; their pictures may be published. A headless Chromium takes the pictures.
"""

from __future__ import annotations

import argparse
import os
import re
import secrets
import sys
from collections.abc import Callable
from contextlib import ExitStack
from fractions import Fraction
from pathlib import Path
from tempfile import TemporaryDirectory

import av
from playwright.sync_api import Browser, Page, expect

from facecore.client import RecognizerClient
from facecore.contract import PersonUpdate
from pi_recorder.capture.cameras.demo import demo_clip
from pi_recorder.capture.cameras.demo_scene import COLLINS, FRAMES_PER_SECOND, demo_people
from run import free_port, recognizer_at, record, renewed_device_token
from tests.support.browser import CHROMIUM, NO_CHROMIUM, chromium

FROM_S, UNTIL_S = 13.2, 19.2
"""The part of the demo clip after Biden has left and before Obama comes, in seconds."""
SIZE = (1200, 760)


def main() -> int:
    """Take both pictures; return 2 if Chromium is missing."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="folder for the pictures")
    folder: Path = parser.parse_args().folder
    if CHROMIUM is None:
        print(NO_CHROMIUM, file=sys.stderr)
        return 2
    folder.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory() as data, ExitStack() as stack:
        link = _filmed(Path(data), stack)
        with chromium() as browser:
            _take(browser, link, folder / "playback.png", _playback)
            _take(browser, link, folder / "unknown-people.png", _unknown_people)
    return 0


def _filmed(data: Path, stack: ExitStack) -> str:
    """Run recognizer and recorder on the clip; return the link that opens the console."""
    os.environ |= {
        "RECOGNIZER_DATA_DIR": str(data / "recognizer"),
        "PI_RECORDER_SPOOL_DIR": str(data / "spool"),
    }
    clip, token = data / "clip.mp4", secrets.token_urlsafe(32)
    _cut(demo_clip(), clip)
    recognizer = stack.enter_context(recognizer_at(free_port(8000), token))
    admin = stack.enter_context(RecognizerClient(recognizer.url, token))
    (collins,) = [one for one in demo_people() if one.sample == COLLINS.sample]
    admin.put_person(
        collins.label, PersonUpdate(name=collins.name, attributes=dict(collins.attributes))
    )
    admin.add_photo(collins.label, collins.photo().read_bytes())
    record(str(clip), recognizer.url, renewed_device_token(admin, "front-door"))
    return recognizer.sign_in


def _cut(whole: Path, part: Path) -> None:
    with av.open(whole) as source, av.open(part, "w", format="mp4") as container:
        template = source.streams.video[0]
        stream = container.add_stream("libx264", rate=FRAMES_PER_SECOND)
        stream.width, stream.height, stream.pix_fmt = template.width, template.height, "yuv420p"
        shown = (f for f in source.decode(template) if f.time and FROM_S <= f.time < UNTIL_S)
        for number, frame in enumerate(shown):
            frame.pts, frame.time_base = number, Fraction(1, FRAMES_PER_SECOND)
            container.mux(stream.encode(frame))
        container.mux(stream.encode())


def _take(browser: Browser, link: str, file: Path, show: Callable[[Page], None]) -> None:
    context = browser.new_context(viewport={"width": SIZE[0], "height": SIZE[1]}, locale="en-GB")
    page = context.new_page()
    page.goto(link)
    expect(page.get_by_role("heading", name="People", exact=True)).to_be_visible()
    show(page)
    page.screenshot(path=file)
    context.close()
    print(f"written: {file}")


def _playback(page: Page) -> None:
    page.get_by_role("link", name="Sightings").click()
    visit = page.locator("li.visit", has_text="Eileen Collins").first
    visit.get_by_role("link", name="Play").click()
    expect(page.locator(".overlay .face", has_text=re.compile("Collins"))).to_be_visible()
    page.get_by_role("button", name="Pause").click()


def _unknown_people(page: Page) -> None:
    page.get_by_role("link", name="Unknown people").click()
    page.set_viewport_size({"width": SIZE[0], "height": 480})
    face = page.locator("li.unknown-person img").first
    expect(face).to_be_visible()
    face.evaluate("one => one.decode()")


if __name__ == "__main__":
    sys.exit(main())
