"""``recognizer audit``: who changed what, and when."""

from __future__ import annotations

from itertools import islice
from typing import Annotated

import typer

from facecore.contract import AuditAction, AuditEntry
from recognizer.entrypoints.cli.connection import admin
from recognizer.entrypoints.cli.output import (
    AsJson,
    Limit,
    TimeOption,
    attributes,
    json_list,
    table,
)

app = typer.Typer(
    no_args_is_help=True, help="Show the audit log: who changed what. It is kept for 400 days."
)


@app.callback()
def group() -> None:
    """Keep ``list`` a subcommand, although it is the only one."""


@app.command("list")
def list_audit(
    context: typer.Context,
    *,
    subject: Annotated[str | None, typer.Option(help="Only this person or device.")] = None,
    action: Annotated[AuditAction | None, typer.Option(help="Only this action.")] = None,
    since: TimeOption = None,
    until: TimeOption = None,
    limit: Limit = 50,
    as_json: AsJson = False,
) -> None:
    """List changes, newest first."""
    with admin(context) as client:
        every = client.iter_audit(subject=subject, action=action, since=since, until=until)
        found = list(islice(every, limit))
    if as_json:
        json_list(found)
        return
    rows = [(e.at, e.actor, e.via, e.action, e.subject, e.outcome, _detail(e)) for e in found]
    headings = ("when", "who", "via", "what", "whom", "outcome", "more")
    table(headings, rows, "no changes")


def _detail(entry: AuditEntry) -> str:
    return attributes(entry.detail.model_dump(exclude_none=True))
