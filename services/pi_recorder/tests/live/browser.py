"""A headless Chromium of the system, driven by Playwright."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

_NAMES = "chromium", "chromium-browser", "google-chrome"
CHROMIUM = next(filter(None, map(shutil.which, _NAMES)), None)
_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@contextmanager
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=_FLAGS)
        yield browser
        browser.close()


@contextmanager
def opened(
    browser: Browser, url: str, *, phone: bool = False, password: str | None = None
) -> Iterator[Page]:
    """The page at ``url``; it fails when the page complains or asks anybody else."""
    size = (390, 844) if phone else (1280, 800)
    context: BrowserContext = browser.new_context(
        viewport={"width": size[0], "height": size[1]},
        http_credentials={"username": "any", "password": password} if password else None,
    )
    page = context.new_page()
    page.set_default_timeout(60_000)
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on(
        "console",
        lambda line: complaints.append(line.text) if line.type in ("error", "warning") else None,
    )
    page.on(
        "request",
        lambda request: (
            None
            if request.url.startswith((url, "blob:"))
            else complaints.append(f"asked {request.url}")
        ),
    )
    page.goto(url)
    yield page
    assert complaints == []
    context.close()
