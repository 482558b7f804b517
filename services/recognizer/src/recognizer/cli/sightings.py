"""Sightings: who was seen when and where."""

from __future__ import annotations

from datetime import datetime
from itertools import islice
from typing import Annotated

import typer

from facecore.contract import Decision
from recognizer.cli.connection import admin
from recognizer.cli.output import AsJson, json_list, table


def _moment(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text).astimezone()
    except (ValueError, OverflowError) as error:
        raise typer.BadParameter(
            f"{text!r} is no time; write 2026-01-31, 2026-01-31T08:30 (this machine's zone) "
            "or 2026-01-31T08:30:00Z"
        ) from error


Moment = Annotated[datetime | None, typer.Option(parser=_moment, metavar="TIME")]


def sightings(
    context: typer.Context,
    *,
    label: Annotated[str | None, typer.Option(help="Of this person.")] = None,
    device: Annotated[str | None, typer.Option(help="Of this device.")] = None,
    decision: Annotated[Decision | None, typer.Option(help="Decided so.")] = None,
    since: Moment = None,
    until: Moment = None,
    limit: Annotated[int, typer.Option(min=1, help="The newest so many.")] = 50,
    as_json: AsJson = False,
) -> None:
    """List who was seen when and where, newest first."""
    with admin(context) as client:
        every = client.iter_sightings(
            label=label, device=device, decision=decision, since=since, until=until
        )
        found = list(islice(every, limit))
    if as_json:
        json_list(found)
        return
    rows = [
        (s.captured_at, s.label, s.decision, s.similarity, s.device, s.video, s.offset_ms)
        for s in found
    ]
    headings = ("captured", "label", "decision", "similarity", "device", "video", "offset ms")
    table(headings, rows, "nobody was seen")
