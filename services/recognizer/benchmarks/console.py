"""Measure the page load times of the console, with 1,000 people and 100,000 sightings.

A real Chromium loads each page from the real server over its local store. The time is from the
start of the navigation until the page is drawn, without its thumbnails; a playback also shows the
recording's frame by then. The first load is not counted, since it fetches the files that a browser
caches.
"""

from __future__ import annotations

import os
import platform
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import typer
from playwright.sync_api import Page
from pydantic import BaseModel, ConfigDict
from rich.console import Console
from rich.table import Table

from recognizer.use_cases.authentication import hash_token
from services.recognizer.benchmarks import console_seed
from services.recognizer.benchmarks.console_seed import Seeded
from services.recognizer.benchmarks.console_visits import KEPT_DAYS
from services.recognizer.benchmarks.machine import machine
from services.recognizer.benchmarks.speed_results import Spread
from services.recognizer.benchmarks.speed_service import ADMIN_TOKEN
from tests.support.browser import CHROMIUM, chromium

GOAL_MS = 300


@dataclass(frozen=True, slots=True)
class _Address:
    """A page's address, and a selector of an element that is visible when the page is drawn."""

    of_page: str
    shown: str = "h1"


PAGES = {
    "people": _Address("people"),
    "people, searched": _Address("people?search=example%2099"),
    "one person": _Address("person/person-0500"),
    "unknown_people": _Address("unknown-people", "li.unknown-person img"),
    "sightings": _Address("sightings", "li.visit img[src$=crop]"),
    "sightings of a person": _Address("sightings?label=person-0500", "li.visit"),
    "sightings of a camera": _Address("sightings?device=door", "li.visit img[src$=crop]"),
    "playback": _Address("playback/door", "video"),
    "playback of a visit": _Address("playback/door?at={filmed_at}", ".overlay .face"),
    "cameras": _Address("cameras"),
    "health": _Address("health"),
    "data": _Address("data"),
}
_DRAWN = "main:not([aria-busy]) h1"
_WATCH = f"""
new MutationObserver(() => {{
  if (!window.drawnAt && document.querySelector("{_DRAWN}")) window.drawnAt = performance.now();
}}).observe(document, {{subtree: true, childList: true, attributeFilter: ["aria-busy"]}});
"""
"""Records in the page when it is drawn, since a query from outside takes longer."""
_IS_SHOWN = """(shown) => Boolean(document.querySelector(shown))
  && [...document.querySelectorAll("video")].every((video) => video.videoWidth > 0)"""
"""Checks that the page is not empty and its recording plays. The boxes appear just after the frame.
"""
_SHOWN_WITHIN_MS = 5_000


class PageTimes(BaseModel):
    """Load times of one page, in milliseconds."""

    model_config = ConfigDict(frozen=True)

    page: str
    drawn: Spread


class Report(BaseModel):
    """Load times of all pages, and the machine."""

    model_config = ConfigDict(frozen=True)

    measured_on: date
    machine: str
    python: str
    people: int
    sightings: int
    crops: int
    runs: int
    pages: list[PageTimes]


def main(
    people: Annotated[int, typer.Option(min=501)] = 1_000,
    sightings: Annotated[int, typer.Option(min=1)] = 100_000,
    runs: Annotated[int, typer.Option(min=1, help="Loads of each page.")] = 20,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON for programs.")] = False,
) -> None:
    """Measure each page. Exit with code 1 if a median is above the goal of 300 ms."""
    if CHROMIUM is None:
        typer.echo("Chromium is missing; install it, such as Debian's package", err=True)
        raise typer.Exit(2)
    with TemporaryDirectory() as folder:
        seeded = console_seed.fill(Path(folder), people, sightings, datetime.now(UTC))
        with _served(Path(folder)) as url:
            pages = _measured(url, runs, seeded)
    report = Report(
        measured_on=datetime.now(UTC).date(),
        machine=machine(),
        python=platform.python_version(),
        people=people,
        sightings=sightings,
        crops=seeded.crops,
        runs=runs,
        pages=pages,
    )
    if as_json:
        typer.echo(report.model_dump_json(indent=2))
    else:
        _show(report)
    raise typer.Exit(any(page.drawn.median > GOAL_MS for page in pages))


@contextmanager
def _served(folder: Path) -> Iterator[str]:
    """Run ``recognizer serve`` in a separate process; yield its URL.

    A file takes its log. Nobody would read a pipe, and a full pipe would block the process.
    """
    log_file = folder / "server.log"
    environment = {
        **os.environ,
        "RECOGNIZER_DATA_DIR": str(folder),
        "RECOGNIZER_ADMIN_TOKEN_SHA256": hash_token(ADMIN_TOKEN),
        "RECOGNIZER_CROP_DAYS": str(KEPT_DAYS),
    }
    recognizer = Path(sys.executable).with_name("recognizer")
    command = [str(recognizer), "serve", "--port", "0"]
    with (
        log_file.open("w", encoding="utf-8") as log,
        subprocess.Popen(command, env=environment, stderr=log) as server,
    ):
        try:
            yield _address(server, log_file)
        finally:
            server.terminate()


def _address(server: subprocess.Popen[bytes], log_file: Path) -> str:
    while server.poll() is None:
        words = log_file.read_text(encoding="utf-8").split()
        if found := [word for word in words if word.startswith("http://")]:
            return found[0]
        time.sleep(0.05)
    raise RuntimeError(f"the recognizer ended with {server.wait()}")


def _measured(url: str, runs: int, seeded: Seeded) -> list[PageTimes]:
    with chromium() as browser:
        page = browser.new_page(viewport={"width": 1280, "height": 800})
        page.add_init_script(_WATCH)
        page.goto(f"{url}/#/sign-in/{ADMIN_TOKEN}")
        page.wait_for_selector(_DRAWN)
        return [
            PageTimes(page=name, drawn=Spread.of(_loads(page, url, address, runs, seeded)))
            for name, address in PAGES.items()
        ]


def _loads(page: Page, url: str, address: _Address, runs: int, seeded: Seeded) -> list[float]:
    """Return the load times without the first one."""
    filmed_at = seeded.filmed_at.isoformat().replace("+00:00", "Z")
    whole = f"{url}/#/{address.of_page.format(filmed_at=filmed_at)}"
    return [_load(page, whole, address.shown) for _ in range(runs + 1)][1:]


def _load(page: Page, address: str, shown: str) -> float:
    """Return one load time. Raise ``playwright.sync_api.TimeoutError`` if ``shown`` is missing."""
    page.goto("about:blank")
    page.goto(address, wait_until="commit")
    page.wait_for_selector(_DRAWN)
    page.wait_for_function(_IS_SHOWN, arg=shown, timeout=_SHOWN_WITHIN_MS)
    return float(page.evaluate("window.drawnAt"))


def _show(report: Report) -> None:
    console = Console(highlight=False, width=100)
    console.print(f"{report.measured_on}, {report.machine}, Python {report.python}", markup=False)
    title = (
        f"{report.people:,} people, {report.sightings:,} sightings, {report.crops:,} crops without "
        "a name: ms until a page is drawn"
    )
    table = Table("page", title=title, title_justify="left")
    for column in ("median", "95th", f"within {GOAL_MS}"):
        table.add_column(column, justify="right")
    for one in report.pages:
        median, p95 = one.drawn.median, one.drawn.p95
        within = "yes" if median <= GOAL_MS else "no"
        table.add_row(one.page, f"{median:.0f}", f"{p95:.0f}", within)
    console.print(table)


if __name__ == "__main__":
    typer.run(main)
