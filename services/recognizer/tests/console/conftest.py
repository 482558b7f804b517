"""Open the console in a real browser, on the real server with the real models.

A test takes ``page`` (signed in, once at a desk's width and once at a phone's), ``desk`` or
``phone``, or opens pages of its own with ``console.page(…)``. ``make test`` uses the desk's
width, or the phone's for the tests that are marked ``layout``. Each fails when the browser
complains of anything but the refusals in ``console.allowed``, a set of HTTP statuses.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from fastapi import FastAPI
from playwright.sync_api import Browser, BrowserContext, Page

from facecore.vision.analyzer import FaceAnalyzer
from recognizer.domain.clock import Clocks, monotonic_s, utc_now
from recognizer.entrypoints.http.app import bare_app
from tests.conftest import portrait_files, portraits
from tests.support.api import Api
from tests.support.browser import CHROMIUM, NO_CHROMIUM, chromium, opened, serious, tidy
from tests.support.recognizers import behind_uvicorn

__all__ = ["portrait_files", "portraits", "serious", "tidy"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    if CHROMIUM is None:
        for item in items:
            if here in item.path.parents:
                item.add_marker(pytest.mark.skip(reason=NO_CHROMIUM))


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Choose the widths of each test."""
    if "at_phone" in metafunc.fixturenames:
        layout = any(metafunc.definition.iter_markers("layout"))
        marks = {layout: [], not layout: [pytest.mark.exhaustive]}
        desk = pytest.param(False, id="desk", marks=marks[False])
        metafunc.parametrize("at_phone", [desk, pytest.param(True, id="phone", marks=marks[True])])


@dataclass(slots=True)
class MovableClock:
    """A running clock that can be moved forward, as if time had passed."""

    ahead: timedelta = timedelta(0)

    def __call__(self) -> datetime:
        return utc_now() + self.ahead

    def monotonic(self) -> float:
        return monotonic_s() + self.ahead.total_seconds()

    def move(self, by: timedelta) -> None:
        self.ahead += by


@dataclass(slots=True)
class Console:
    """A server with nobody enrolled and one device, ``door``, and a browser.

    Attributes:
        allowed: refusals (statuses) that the browser may complain of.
        elsewhere: origins that the page may request besides the server.
    """

    api: Api
    browser: Browser
    clock: MovableClock
    allowed: set[int] = field(default_factory=set)
    elsewhere: set[str] = field(default_factory=set)

    @contextmanager
    def page(
        self, address: str = "#/people", *, phone: bool = False, signed_in: bool = True
    ) -> Iterator[Page]:
        """Open this address of the console in a new browser context."""

        def before(context: BrowserContext) -> None:
            if signed_in:
                given = {"token": self.api.admin_token}
                assert context.request.post(f"{self.api.url}/v1/session", data=given).ok

        url = f"{self.api.url}/{address}"
        with opened(
            self.browser,
            url,
            phone=phone,
            allowed=self.allowed,
            elsewhere=self.elsewhere,
            before=before,
        ) as page:
            yield page


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Close the browser with its module: while it is open, its event loop is this thread's."""
    with chromium() as browser:
        yield browser


@pytest.fixture(scope="session")
def app() -> FastAPI:
    """Build the app once, as its routes take long; each test puts its own services behind them."""
    return bare_app()


@pytest.fixture
def console(
    browser: Browser, app: FastAPI, analyzer: FaceAnalyzer, tmp_path: Path
) -> Iterator[Console]:
    clock = MovableClock()
    clocks = Clocks(clock, clock.monotonic)
    with behind_uvicorn(tmp_path / "data", analyzer, app, clocks=clocks) as api:
        yield Console(api, browser, clock)


@pytest.fixture
def desk(console: Console) -> Iterator[Page]:
    with console.page() as page:
        yield page


@pytest.fixture
def phone(console: Console) -> Iterator[Page]:
    with console.page(phone=True) as page:
        yield page


@pytest.fixture
def page(console: Console, at_phone: bool) -> Iterator[Page]:
    with console.page(phone=at_phone) as page:
        yield page
