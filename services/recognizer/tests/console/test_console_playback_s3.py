"""Test playback from the bucket; moto's server checks signature and expiry as S3 does."""

from __future__ import annotations

import time
from datetime import timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from playwright.sync_api import Page, Response, expect

from services.recognizer.tests.console.conftest import Console
from services.recognizer.tests.console.recorded import (
    HEAVY_SECONDS,
    OBAMA_S,
    START,
    WIDTH,
    Camera,
    heavy,
)
from services.recognizer.tests.console.test_console_playback import (
    PATIENCE_S,
    address,
    go_to,
    of_video,
    plays,
    wait,
)
from tests.support.browser import origin
from tests.support.moto import Moto, aws, moto

__all__ = ["aws", "moto"]

FAR_S, BETWEEN_S = 45, 25
"""Seconds of the segment that are not fetched yet while its first seconds are shown."""


@pytest.fixture
def short_links(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make links as short-lived as the settings allow."""
    monkeypatch.setenv("RECOGNIZER_UPLOAD_LINK_S", "10")


@pytest.fixture
def console(aws: Moto, console: Console) -> Console:
    """Open the console after ``aws``: the server reads its store from the environment."""
    console.elsewhere.add(aws.url)
    return console


@pytest.fixture
def camera(console: Console, tmp_path: Path) -> Camera:
    """Upload one large segment to the bucket, with a request about Obama and his track."""
    console.allowed.add(404)  # without thumbnail the page shows an outline
    camera = Camera(console.api)
    camera.enrol()
    camera.upload(file=heavy(tmp_path / "heavy.mp4"), seconds=HEAVY_SECONDS)
    camera.request(OBAMA_S, "a")
    camera.report_track("a", (0.5, 40), (12, 40))
    return camera


def begin(page: Page) -> list[Response]:
    """Open the first second. Return a list that grows with each answer of S3."""
    answers: list[Response] = []
    server = origin(page.url)

    def on_response(answer: Response) -> None:
        if origin(answer.url) != server:
            answers.append(answer)

    page.on("response", on_response)
    page.goto(f"{server}/{address(START + timedelta(seconds=1))}")
    return answers


def at(page: Page, second: float) -> None:
    """Go there and wait for the picture."""
    go_to(page, second)
    wait(page, f"!v.seeking && v.readyState >= 2 && Math.abs(v.currentTime - {second}) < 0.1")


def expire(page: Page, link: str) -> None:
    """Wait until S3 refuses the link."""
    until = time.monotonic() + PATIENCE_S
    while httpx.get(link, headers={"range": "bytes=0-0"}).status_code == 206:
        assert time.monotonic() < until
        page.wait_for_timeout(250)


def test_it_plays_from_the_bucket_with_names(aws: Moto, console: Console, camera: Camera) -> None:
    with console.page() as page:
        answers = begin(page)
        plays(page)
        link = of_video(page, "v.currentSrc")
        assert link.startswith(f"{aws.url}/{aws.names.videos_bucket}/vidinput/door/")
        assert {"X-Amz-Signature", "X-Amz-Expires"} <= parse_qs(urlsplit(link).query).keys()
        assert of_video(page, "[v.videoWidth, Math.round(v.duration)]") == [WIDTH, HEAVY_SECONDS]
        page.get_by_role("button", name="Pause").click()
        for second, names in ((0.2, []), (OBAMA_S + 0.2, ["Barack Obama"]), (FAR_S, [])):
            at(page, second)
            expect(page.locator(".face")).to_have_text(names)
        page.get_by_role("button", name="Play").click()
        plays(page)
    assert {answer.status for answer in answers} == {206}
    assert {answer.headers["content-type"] for answer in answers} == {"video/mp4"}
    ranges = [answer.request.headers["range"] for answer in answers]
    assert ranges[0] == "bytes=0-"
    assert int(ranges[-1].strip("bytes=-")) > 10_000_000  # of 25 MB


@pytest.mark.exhaustive
@pytest.mark.usefixtures("short_links")
def test_a_viewer_who_outstays_a_link_gets_another(console: Console, camera: Camera) -> None:
    """Test that a third link comes when the second has expired too."""
    console.allowed.add(403)
    with console.page() as page:
        answers = begin(page)
        plays(page)
        page.get_by_role("button", name="Pause").click()
        for second in (FAR_S, BETWEEN_S):
            link = of_video(page, "v.currentSrc")
            expire(page, link)
            go_to(page, second)
            wait(page, f"v.currentSrc !== {link!r} && v.readyState >= 2")
            at(page, second)
            assert of_video(page, "v.paused")
        page.get_by_role("button", name="Play").click()
        plays(page)
        expect(page.get_by_text("can't be played")).to_be_hidden()
    assert [answer.status for answer in answers].count(403) >= 2


@pytest.mark.exhaustive
def test_a_missing_video_is_reported_and_can_be_retried(
    aws: Moto, console: Console, camera: Camera
) -> None:
    s3, bucket = aws.s3(), aws.names.videos_bucket
    (video,) = console.api.admin.videos().videos
    content = s3.get_object(Bucket=bucket, Key=video.key)["Body"].read()
    console.api.admin.video_link(video.key)  # from now on it counts as stored
    s3.delete_object(Bucket=bucket, Key=video.key)
    with console.page() as page:
        begin(page)
        expect(page.get_by_text("can't be played")).to_be_visible()
        s3.put_object(Bucket=bucket, Key=video.key, Body=content)
        page.get_by_role("button", name="Play").click()
        plays(page)
        expect(page.get_by_text("can't be played")).to_be_hidden()
