"""``recognizer sightings``: who was seen, when and where."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Annotated

import typer

from facecore.contract import Decision
from recognizer.entrypoints.cli.connection import admin
from recognizer.entrypoints.cli.credentials import open_new_file
from recognizer.entrypoints.cli.output import (
    AsJson,
    Limit,
    TimeOption,
    counted,
    json_list,
    say,
    table,
)
from recognizer.use_cases.visit_tables import attendance_table, visit_table, write

app = typer.Typer(help="List or export who was seen, when and where.")


OfPerson = Annotated[str | None, typer.Option(help="Only this person's label.")]
OfDevice = Annotated[str | None, typer.Option(help="Only this device.")]
Decided = Annotated[Decision | None, typer.Option(help="Only this decision.")]


@app.callback(invoke_without_command=True)
def sightings(
    context: typer.Context,
    *,
    label: OfPerson = None,
    device: OfDevice = None,
    decision: Decided = None,
    since: TimeOption = None,
    until: TimeOption = None,
    limit: Limit = 50,
    as_json: AsJson = False,
) -> None:
    """List or export who was seen, when and where, newest first."""
    if context.invoked_subcommand is not None:
        if any((label, device, decision, since, until, as_json)):
            raise typer.BadParameter(f"give the options after {context.invoked_subcommand!r}")
        return
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


@app.command()
def export(
    context: typer.Context,
    *,
    file: Annotated[
        Path, typer.Option("--csv", help="Write to this new file; only its owner can read it.")
    ],
    attendance: Annotated[
        bool, typer.Option("--attendance", help="One row per person and day: present from and to.")
    ] = False,
    label: OfPerson = None,
    device: OfDevice = None,
    decision: Decided = None,
    since: TimeOption = None,
    until: TimeOption = None,
) -> None:
    """Export visits as a table for spreadsheets, one row per visit.

    A photograph held to the camera is recognised as the person it shows: liveness is not checked.
    Do not let attendance depend on this table alone. Days and times are in this machine's time
    zone.
    """
    made = attendance_table if attendance else visit_table
    with open_new_file(file, encoding="utf-8-sig", newline="") as csv, admin(context) as client:
        names = {person.label: person.name for person in client.iter_people()}
        visits = client.iter_visits(
            label=label,
            device=device,
            decision=decision,
            since=since,
            until=until or datetime.now(UTC),
        )
        count = write(csv, made(visits, names, None))
    say(f"{counted(count, 'row')} {'is' if count == 1 else 'are'} in {file}")
