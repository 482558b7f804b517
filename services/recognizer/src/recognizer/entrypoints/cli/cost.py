"""``recognizer cost``: monthly costs of a deployment, compared with Amazon Rekognition."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from typing import TYPE_CHECKING, Annotated, Literal

import typer
from rich.table import Table
from rich.text import Text

from recognizer.entrypoints.cli.output import AsJson, console, json_text, say
from recognizer.use_cases.cost.deployment import CORE_MB, Function, Traffic, recorded
from recognizer.use_cases.cost.prices import REGION

if TYPE_CHECKING:  # at run time it would load the models' runtime
    from recognizer.use_cases.cost.bill import Estimate, Line

_INTERVAL_S = 0.5
"""The default of the recorder's setting PI_RECORDER_SAMPLE_INTERVAL_S."""

_MINUTES = 60
"""Minutes in an hour: without visits, a crop is kept each minute."""


def cost(
    *,
    devices: Annotated[int, typer.Option(min=1, help="Number of cameras.")],
    hours_per_day: Annotated[
        float, typer.Option(min=0.01, max=24, help="Hours that each camera films.")
    ],
    visits_per_hour: Annotated[
        float | None, typer.Option(min=0.01, help="People who pass one camera.")
    ] = None,
    requests_per_visit: Annotated[
        float | None, typer.Option(min=0.01, help="Pictures sent per visit.")
    ] = None,
    interval_s: Annotated[
        float | None,
        typer.Option(
            min=0.05,
            help=f"Seconds between pictures, if visits are not given. Default: {_INTERVAL_S}.",
        ),
    ] = None,
    faces_per_picture: Annotated[
        float, typer.Option(min=0, max=100, help="Known faces per picture, on average.")
    ] = 1.0,
    memory_mb: Annotated[
        int, typer.Option(min=512, max=10240, help="Memory of the function.")
    ] = 2048,
    architecture: Annotated[
        Literal["arm64", "x86_64"], typer.Option(help="Processor of the function.")
    ] = "arm64",
    duration_ms: Annotated[
        float | None,
        typer.Option(min=1, help="Billed duration of one recognition; by default as measured."),
    ] = None,
    segment_s: Annotated[
        float, typer.Option(min=1, max=600, help="Length of one video segment.")
    ] = 10.0,
    segment_mb: Annotated[
        float,
        typer.Option(
            min=0,
            max=500,
            help="Size of one video segment; 0 for no video. 1.2 is for moving people at 640x480, "
            "15 frames per second.",
        ),
    ] = 1.2,
    retention_days: Annotated[
        int, typer.Option(min=1, max=3650, help="Days that video is kept.")
    ] = 30,
    sighting_days: Annotated[
        int, typer.Option(min=1, max=3650, help="Days that sightings are kept.")
    ] = 90,
    crop_days: Annotated[
        int, typer.Option(min=0, max=365, help="Days that face crops are kept; 0 for no crops.")
    ] = 7,
    tracing: Annotated[bool, typer.Option(help="Whether X-Ray samples the requests.")] = True,
    as_json: AsJson = False,
) -> None:
    """Estimate the monthly costs of a deployment in AWS, line by line.

    A month has thirty days. Free tiers, taxes and discounts are not included, nor are cold starts,
    photos and video playback. The prices and their sources are in
    recognizer/use_cases/cost/prices.py.
    """
    from recognizer.use_cases.cost.bill import estimate  # noqa: PLC0415 - it loads the models' runtime

    traffic = Traffic(
        devices=devices,
        hours_per_day=hours_per_day,
        pictures_per_hour=(
            pictures := _pictures_per_hour(visits_per_hour, requests_per_visit, interval_s)
        ),
        visits_per_hour=visits_per_hour or min(pictures, _MINUTES),
        tracks_per_hour=visits_per_hour or 0.0,
        faces_per_picture=faces_per_picture,
        segment_s=segment_s,
        segment_mb=segment_mb,
        sighting_days=sighting_days,
        crop_days=crop_days,
        video_days=retention_days,
    )
    function = Function(
        memory_mb=memory_mb,
        architecture=architecture,
        given_ms=duration_ms,
        measured=recorded(),
        tracing=tracing,
    )
    found = estimate(traffic, function)
    (show_json if as_json else show)(found, function)


def _pictures_per_hour(
    visits: float | None, requests: float | None, interval_s: float | None
) -> float:
    if (visits is None) != (requests is None):
        raise typer.BadParameter("give both --visits-per-hour and --requests-per-visit, or neither")
    if visits is None or requests is None:
        return 3600 / (interval_s or _INTERVAL_S)
    if interval_s is not None:
        raise typer.BadParameter(
            "give --interval-s, or --visits-per-hour and --requests-per-visit; not both"
        )
    return visits * requests


_LARGE = 100
"""Quantities from here on are shown without decimals."""
_SMALL_USD = 0.001
"""Lower prices are shown per million."""


def show_json(found: Estimate, function: Function) -> None:
    """Print everything as JSON, for programs."""
    document = {
        "region": REGION,
        "pictures": found.pictures,
        "lines": found.lines,
        "usd": found.usd,
        "usd_without_video": found.usd_without_video,
        "usd_per_1000_pictures": found.usd_per_1000_pictures,
        "rekognition_usd": found.rekognition_usd,
        "duration_ms": function.duration_ms,
        "measured": function.measured,
    }
    typer.echo(json_text(document))


def show(found: Estimate, function: Function) -> None:
    """Print the bill as a table, and its assumptions below."""
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
    for note in _notes(found, function):
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


def _notes(found: Estimate, function: Function) -> Iterator[str]:
    thousand = f"1,000 pictures cost {found.usd_per_1000_pictures:.4f}"
    yield f"{found.pictures:,.0f} pictures; without video, {thousand}."
    yield (
        f"Amazon Rekognition alone would cost {found.rekognition_usd:,.2f} for these pictures "
        "(SearchFacesByImage, the largest face of each)."
    )
    measured = function.measured
    source = f"measured {measured.measured_on} on {measured.machine}, without DynamoDB's latency"
    yield (
        f"A recognition is billed {function.duration_ms:.0f} ms "
        f"({'as given' if function.given_ms else source}); "
        f"{function.memory_mb} MB give {function.memory_mb / CORE_MB:.0%} of a core, and one core "
        "is used."
    )
    yield "Free tiers are not included."
