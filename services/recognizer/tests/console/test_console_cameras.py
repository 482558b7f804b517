"""Test the page of the cameras: their last reports, adding one, revoking one."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Literal

import cv2
import numpy as np
import pytest
from playwright.sync_api import Locator, Page, expect

from facecore.client import RecognizerClient
from facecore.contract import (
    CameraStatus,
    DeviceReport,
    DiskStatus,
    PartState,
    PartStatus,
    QueueStatus,
    RecognitionStatus,
)
from facecore.errors import ApiProblem
from services.recognizer.tests.console.conftest import Console, serious, tidy

BIN = Path(sys.executable).parent
HOSTILE = "<script>alert(1)</script> \u202e\u0645\u0631\u062d\u0628\u0627 " + "x" * 150


def report(**changed: Any) -> DeviceReport:
    now = datetime.now(UTC)
    on = PartStatus(state=PartState.ON, since=now)
    fields: dict[str, Any] = {
        "version": "1.2.3",
        "interval_s": 60,
        "uptime_s": 7260,
        "camera": CameraStatus(
            state=PartState.ON, since=now, kind="picamera", width=1280, height=720, fps=14.8
        ),
        "recognition": RecognitionStatus(state=PartState.ON, since=now, last_answer_at=now),
        "uploads": on,
        "queue": QueueStatus(
            segments=3, bytes=3_600_000, oldest_at=now - timedelta(minutes=2), lost_s=0
        ),
        "disk": DiskStatus(free_bytes=24 * 10**9, total_bytes=64 * 10**9),
    }
    return DeviceReport(**fields | changed)


def card(page: Page, name: str) -> Locator:
    return page.get_by_role("listitem").filter(has=page.get_by_role("heading", name=name))


def camera(state: PartState, **more: Any) -> CameraStatus:
    return CameraStatus(state=state, since=datetime.now(UTC), kind="webcam", **more)


@pytest.mark.layout
def test_each_camera_shows_its_status(console: Console, at_phone: bool) -> None:
    api = console.api
    api.device.report_status(report())
    api.device_named("gate").report_status(
        report(camera=camera(PartState.AWAY, reason=HOSTILE), queue=None, disk=None)
    )
    api.device_named("attic").report_status(report(stopped=True))
    api.admin.add_device("new")
    with console.page("#/cameras", phone=at_phone) as page:
        expect(page.get_by_role("heading", level=1)).to_have_text("Cameras")
        door = card(page, "door")
        expect(door).to_contain_text("Filming")
        expect(door).to_contain_text(re.compile(r"1280 . 720, 14\.8 frames per second"))
        expect(door).to_contain_text("3 segments (3.6 MB), the oldest 2 min old")
        expect(door).to_contain_text("24 GB of 64 GB free")
        expect(door).to_contain_text("1.2.3")
        expect(door).to_contain_text("As last reported at")
        expect(card(page, "gate")).to_contain_text("Camera away")
        expect(card(page, "gate")).to_contain_text("<script>alert(1)</script>")
        expect(card(page, "attic")).to_contain_text("Stopped")
        expect(card(page, "new")).to_contain_text("Not connected yet")
        expect(page.get_by_text("4 cameras, 1 needs attention")).to_be_visible()
        assert serious(page) == []
        assert tidy(page) == []


def test_a_silent_camera_is_flagged_and_its_losses_are_shown(console: Console) -> None:
    lost = QueueStatus(segments=0, bytes=0, lost_s=75)
    console.clock.move(-timedelta(minutes=4))
    console.api.device.report_status(report(queue=lost))
    console.clock.move(timedelta(minutes=4))
    rare = console.api.device_named("rare")
    console.clock.move(-timedelta(minutes=4))
    rare.report_status(report(interval_s=300, queue=lost))
    console.clock.move(timedelta(minutes=4))
    with console.page("#/cameras") as page:
        expect(card(page, "door")).to_contain_text("Silent")
        expect(card(page, "door")).to_contain_text("It has not reported for 4 min")
        expect(card(page, "rare")).to_contain_text("Filming")
        expect(card(page, "rare")).to_contain_text("Some video was lost")
        expect(card(page, "rare")).to_contain_text("1 min of video")


def test_a_camera_is_added_with_settings_that_its_recorder_takes(
    console: Console, tmp_path: Path
) -> None:
    with console.page("#/cameras") as page:
        page.get_by_role("button", name="Add a camera").first.click()
        page.get_by_label("Name").fill("front-door")
        page.get_by_role("button", name="Add", exact=True).click()
        expect(page.get_by_text("shown only once")).to_be_visible()
        expect(page.get_by_text("works only on this machine")).to_be_visible()
        shown = page.get_by_label("The recorder's file device.env", exact=True).inner_text()
        with page.expect_download() as download:
            page.get_by_role("button", name="Save as a file").click()
        file = tmp_path / "device.env"
        download.value.save_as(file)
        assert download.value.suggested_filename == "device.env"
        assert file.read_text().strip() == shown.strip()
        qr = page.get_by_role("img", name="QR code")
        expect(qr).to_be_visible()
        assert qr.evaluate("image => image.naturalWidth > 0")
        assert serious(page) == []
        assert tidy(page) == []
        page.get_by_role("button", name="Done").click()
        expect(card(page, "front-door")).to_contain_text("Not connected yet")
        expect(page.locator("dialog")).to_have_count(0)
        token = file.read_text().split("TOKEN=")[1].strip()
        assert token not in page.content()
        assert token not in page.url
    file.chmod(0o600)
    config = tmp_path / "config.toml"
    config.write_text(f'spool_dir = "{tmp_path}/spool"\n')
    outside = {name: value for name, value in os.environ.items() if "PI_RECORDER_" not in name}
    checked = subprocess.run(
        [BIN / "pi-recorder", "config", "check", "--config", config],
        env=outside,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert checked.returncode == 0, checked.stdout + checked.stderr
    with RecognizerClient(console.api.url, token) as client:
        client.report_status(report())


@pytest.mark.parametrize("scheme", ["light", pytest.param("dark", marks=pytest.mark.exhaustive)])
def test_the_qr_code_holds_the_shown_settings(
    console: Console, at_phone: bool, scheme: Literal["light", "dark"]
) -> None:
    with console.page("#/cameras", phone=at_phone) as page:
        page.emulate_media(color_scheme=scheme)
        page.get_by_role("button", name="Add a camera").first.click()
        page.get_by_label("Name").fill("front-door")
        page.get_by_role("button", name="Add", exact=True).click()
        shown = page.get_by_label("The recorder's file device.env", exact=True).text_content()
        qr = page.get_by_role("img", name="QR code")
        qr.scroll_into_view_if_needed()
        qr.evaluate("image => image.decode()")
        on_the_screen, alone = grey(page.screenshot()), grey(qr.screenshot())
        assert decoded(on_the_screen) == decoded(alone) == shown
        assert quiet_zone(alone) == [4, 4, 4, 4]


def grey(png: bytes) -> Any:
    """Return the picture as an array of bytes; dark is 0."""
    return cv2.imdecode(np.frombuffer(png, np.uint8), cv2.IMREAD_GRAYSCALE)


def decoded(picture: Any) -> str:
    """Return the text of the QR code. OpenCV's ``QRCodeDetector`` misses one code in fifty."""
    text: str = cv2.QRCodeDetectorAruco().detectAndDecode(picture)[0]
    return text


def quiet_zone(picture: Any) -> list[int]:
    """Return the number of light modules on each side of a code, in a picture of it alone.

    At the edge and in the rounded corners, the page around the code may show through.
    """
    edge, corner = 2, 12
    modules = len(cv2.QRCodeDetectorAruco().detectAndDecode(picture)[2])
    found = []
    for dark in (picture < 128, (picture < 128).T):
        (places,) = np.nonzero(dark[corner:-corner].any(axis=0)[edge:-edge])
        first, last = places[0] + edge, places[-1] + edge
        module = (last + 1 - first) / modules
        found += [round(first / module), round((dark.shape[1] - 1 - last) / module)]
    return found


@pytest.mark.exhaustive
def test_an_invalid_or_taken_name_is_reported_at_its_field(console: Console) -> None:
    console.allowed.add(409)
    with console.page("#/cameras", phone=True) as page:
        page.get_by_role("button", name="Add a camera").first.click()
        name = page.get_by_label("Name")
        name.fill("two words")
        name.press("Enter")
        assert name.evaluate("input => !input.validity.valid")
        name.fill("door")
        name.press("Enter")
        expect(page.get_by_role("status")).to_contain_text("a device called 'door' exists")
        assert tidy(page) == []
        page.keyboard.press("Escape")
        expect(page.get_by_role("dialog")).to_have_count(0)
    assert [one.name for one in console.api.admin.devices().devices] == ["door"]


def test_a_camera_is_revoked_by_keyboard_after_a_question(console: Console) -> None:
    with console.page("#/cameras") as page:
        revoke = page.get_by_role("button", name="Revoke door")
        revoke.press("Enter")
        expect(page.get_by_role("dialog")).to_contain_text("stops working at once")
        page.get_by_role("button", name="Cancel").press("Enter")
        expect(page.get_by_role("dialog")).to_have_count(0)
        expect(revoke).to_be_focused()
        console.api.device.report_status(report())
        revoke.press("Enter")
        page.get_by_role("dialog").get_by_role("button", name="Revoke").press("Enter")
        expect(page.get_by_role("heading", name="No camera yet")).to_be_visible()
        assert serious(page) == []
    with pytest.raises(ApiProblem) as refused:
        console.api.device.report_status(report())
    assert refused.value.status == 401
