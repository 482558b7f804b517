"""A headless Chromium of the system, driven by Playwright, and checks for every page."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Request,
    expect,
    sync_playwright,
)

_NAMES = "chromium", "chromium-browser", "google-chrome"
CHROMIUM = next(filter(None, map(shutil.which, _NAMES)), None)
NO_CHROMIUM = "there is no Chromium; on Debian, `apt-get install chromium`"
_PATIENCE_MS = 120_000
"""The bound of every wait for the page. Playwright's 5 seconds are too few on a busy machine."""
expect.set_options(timeout=_PATIENCE_MS)
DESK, PHONE = (1280, 800), (390, 844)
_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--use-fake-ui-for-media-stream",
    "--use-fake-device-for-media-stream",
]
_REFUSED = re.compile(r"the server responded with a status of (\d+)")


@contextmanager
def chromium() -> Iterator[Browser]:
    """Start one browser for many pages. It has a fake camera and the permission to use it."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=_FLAGS)
        yield browser
        browser.close()


@contextmanager
def opened(
    browser: Browser,
    url: str,
    *,
    phone: bool = False,
    password: str | None = None,
    allowed: Collection[int] = (),
    elsewhere: Collection[str] = (),
    before: Callable[[BrowserContext], None] = lambda _: None,
) -> Iterator[Page]:
    """Open the page at ``url``; fail on its errors and on requests to another origin.

    Args:
        password: for HTTP Basic.
        allowed: statuses that the browser may log as errors, such as 401; may grow meanwhile.
        elsewhere: further origins that the page may request, such as S3's; may grow meanwhile.
        before: called before the page is opened, to sign in for instance.
    """
    size = PHONE if phone else DESK
    context = browser.new_context(
        viewport={"width": size[0], "height": size[1]},
        has_touch=phone,
        http_credentials={"username": "any", "password": password} if password else None,
    )
    try:
        before(context)
        page = context.new_page()
        page.set_default_timeout(_PATIENCE_MS)
        errors = _PageErrors(origin(url), allowed, elsewhere)
        errors.listen(page)
        page.goto(url)
        yield page
        assert errors.found == [], errors.found
    finally:
        context.close()


def serious(page: Page) -> list[str]:
    """Return axe-core's serious and critical findings, a line each.

    The debugger injects it, because the page's policy allows no foreign script.
    """
    debugger = page.context.new_cdp_session(page)
    try:
        _evaluated(debugger, AXE_SCRIPT + "; 0")
        options = "{resultTypes: ['violations']}"
        found = _evaluated(
            debugger, f"axe.run(document, {options}).then((answer) => answer.violations)"
        )
    finally:
        debugger.detach()
    return [
        f"{rule['id']}: {node['html'][:200]} {node['failureSummary']}"
        for rule in found
        if rule["impact"] in ("serious", "critical")
        for node in rule["nodes"]
    ]


def tidy(page: Page) -> list[str]:
    """Return the elements that make the page scroll sideways."""
    found: list[str] = page.evaluate(
        """() => {
            const width = document.documentElement.clientWidth;
            if (document.scrollingElement.scrollWidth <= width) return [];
            const wide = [...document.querySelectorAll("body *")]
                .filter((one) => one.getBoundingClientRect().right > width + 0.5)
                .map((one) => `${one.tagName}.${one.className}: ${one.textContent.slice(0, 60)}`);
            return [`${document.scrollingElement.scrollWidth} px of ${width}`, ...wide];
        }"""
    )
    return found


@dataclass
class _PageErrors:
    """The errors and foreign requests of one page. No slots: Playwright sets attributes on it."""

    origin: str
    allowed: Collection[int]
    elsewhere: Collection[str]
    found: list[str] = field(default_factory=list)

    def listen(self, page: Page) -> None:
        page.on("pageerror", lambda error: self.found.append(str(error)))
        page.on("console", self._on_console)
        page.on("request", self._on_request)

    def _on_console(self, line: ConsoleMessage) -> None:
        if line.type not in ("error", "warning"):
            return
        refused = _REFUSED.search(line.text)
        if refused is None or int(refused[1]) not in self.allowed:
            self.found.append(f"{line.text} ({line.location.get('url')})")

    def _on_request(self, request: Request) -> None:
        own = request.url.startswith((f"{self.origin}/", "blob:", "data:"))
        if not own and origin(request.url) not in self.elsewhere:
            self.found.append(f"asked {request.url}")


def origin(url: str) -> str:
    """Return scheme, host and port of an address."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def _evaluated(debugger: Any, expression: str) -> Any:
    answer = debugger.send(
        "Runtime.evaluate",
        {"expression": expression, "awaitPromise": True, "returnByValue": True},
    )
    assert "exceptionDetails" not in answer, answer["exceptionDetails"]
    return answer["result"].get("value")
