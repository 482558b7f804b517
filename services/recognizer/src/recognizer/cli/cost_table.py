"""How an estimate looks: a table with its assumptions below, or JSON."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

import typer
from rich.table import Table
from rich.text import Text

from recognizer.cli.output import console, json_text, say
from recognizer.cost.estimate import Estimate, Line
from recognizer.cost.function import CORE_MB, Function
from recognizer.cost.prices import REGION
from recognizer.cost.rekognition import search_usd
from recognizer.cost.traffic import Traffic

_LARGE = 100
"""From here on a quantity is shown without decimals."""
_SMALL_USD = 0.001
"""Below this a price is shown for a million."""


def show_json(found: Estimate, function: Function, traffic: Traffic) -> None:
    """Everything for programs."""
    told = {
        "region": REGION,
        "pictures": found.pictures,
        "lines": found.lines,
        "usd": found.usd,
        "usd_without_video": found.usd_without_video,
        "usd_per_1000_pictures": found.usd_per_1000_pictures,
        "rekognition_usd": search_usd(traffic),
        "duration_ms": function.duration_ms,
        "measured": function.measured,
    }
    typer.echo(json_text(told))


def show(found: Estimate, function: Function, traffic: Traffic) -> None:
    """The bill, and what it rests on."""
    shown = Table("service", "for", title=f"USD a month, {REGION}", title_justify="left")
    for heading in ("quantity", "price", "a month"):
        shown.add_column(heading, justify="right")
    for service, lines in groupby(found.lines, key=lambda line: line.service):
        for name, line in zip(_once(service), lines, strict=False):
            shown.add_row(name, *map(Text, _cells(line)))
    shown.add_section()
    shown.add_row("all", "", "", "", f"{found.usd:,.2f}")
    shown.add_row("without video", "", "", "", f"{found.usd_without_video:,.2f}")
    console().print(shown)
    for note in _notes(found, function, traffic):
        say(note)


def _once(service: str) -> Iterator[str]:
    yield service
    while True:
        yield ""


def _cells(line: Line) -> tuple[str, ...]:
    quantity = f"{line.quantity:,.0f}" if line.quantity >= _LARGE else f"{line.quantity:,.4g}"
    small = line.usd_per_unit < _SMALL_USD
    price = f"{line.usd_per_unit * 1e6:.4g} a million" if small else f"{line.usd_per_unit:.4g}"
    return line.what, f"{quantity} {line.unit}", price, f"{line.usd:,.2f}"


def _notes(found: Estimate, function: Function, traffic: Traffic) -> Iterator[str]:
    thousand = f"1,000 pictures cost {found.usd_per_1000_pictures:.4f}"
    yield f"{found.pictures:,.0f} pictures; without video, {thousand}."
    yield (
        f"Searching them with Amazon Rekognition alone costs {search_usd(traffic):,.2f} "
        "(SearchFacesByImage, the largest face of each)."
    )
    measured = function.measured
    source = f"measured {measured.measured_on} on {measured.machine}, without waits for DynamoDB"
    yield (
        f"A recognition is billed {function.duration_ms:.0f} ms "
        f"({'as given' if function.given_ms else source}); "
        f"{function.memory_mb} MB buy {function.memory_mb / CORE_MB:.0%} of a core, one is used."
    )
    yield "Free tiers are not counted."
