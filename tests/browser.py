"""A headless Chromium of the system, driven by Playwright, and what every page must be like."""

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
"""Of every wait for the page. Playwright's own, 5 seconds, is too short on a busy machine."""
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
    """One for many pages. Its camera is a made-up one, which it may use unasked."""
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
    """The page at ``url``; it fails when the page complains or asks anybody else.

    Args:
        password: for HTTP Basic.
        allowed: statuses that the browser may complain of, such as 401; may grow meanwhile.
        elsewhere: origins that the page may ask too, such as S3's; may grow meanwhile.
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
        complaints = _Complaints(origin(url), allowed, elsewhere)
        complaints.listen(page)
        page.goto(url)
        yield page
        assert complaints.found == [], complaints.found
    finally:
        context.close()


def serious(page: Page) -> list[str]:
    """What axe-core calls serious or critical, a line each.

    It is brought in by the debugger, since the page's own policy lets no script in.
    """
    debugger = page.context.new_cdp_session(page)
    try:
        _evaluated(debugger, AXE_SCRIPT + "; 0")
        options = "{resultTypes: ['violations']}"
        found = _evaluated(
            debugger, f"axe.run(document, {options}).then((told) => told.violations)"
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
    """What makes the page scroll sideways; nothing when it does not."""
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
class _Complaints:
    """Of one page. Playwright keeps notes of its own on whoever listens."""

    origin: str
    allowed: Collection[int]
    elsewhere: Collection[str]
    found: list[str] = field(default_factory=list)

    def listen(self, page: Page) -> None:
        page.on("pageerror", lambda error: self.found.append(str(error)))
        page.on("console", self._heard)
        page.on("request", self._asked)

    def _heard(self, line: ConsoleMessage) -> None:
        if line.type not in ("error", "warning"):
            return
        refused = _REFUSED.search(line.text)
        if refused is None or int(refused[1]) not in self.allowed:
            self.found.append(f"{line.text} ({line.location.get('url')})")

    def _asked(self, request: Request) -> None:
        own = request.url.startswith((f"{self.origin}/", "blob:", "data:"))
        if not own and origin(request.url) not in self.elsewhere:
            self.found.append(f"asked {request.url}")


def origin(url: str) -> str:
    """Scheme, host and port of an address."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def _evaluated(debugger: Any, expression: str) -> Any:
    told = debugger.send(
        "Runtime.evaluate",
        {"expression": expression, "awaitPromise": True, "returnByValue": True},
    )
    assert "exceptionDetails" not in told, told["exceptionDetails"]
    return told["result"].get("value")
