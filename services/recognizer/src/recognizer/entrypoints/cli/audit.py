"""The audit log: who changed what, and when."""

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

app = typer.Typer(no_args_is_help=True, help="The log of who changed what; kept for 400 days.")


@app.callback()
def group() -> None:
    """Keep `list` a command of its own, though it is the only one."""


@app.command("list")
def list_audit(
    context: typer.Context,
    *,
    subject: Annotated[str | None, typer.Option(help="Of this person or device.")] = None,
    action: Annotated[AuditAction | None, typer.Option(help="What was done.")] = None,
    since: TimeOption = None,
    until: TimeOption = None,
    limit: Limit = 50,
    as_json: AsJson = False,
) -> None:
    """List who changed what, newest first."""
    with admin(context) as client:
        every = client.iter_audit(subject=subject, action=action, since=since, until=until)
        found = list(islice(every, limit))
    if as_json:
        json_list(found)
        return
    rows = [(e.at, e.actor, e.via, e.action, e.subject, e.outcome, _detail(e)) for e in found]
    headings = ("when", "who", "via", "what", "whom", "outcome", "more")
    table(headings, rows, "nothing was changed")


def _detail(entry: AuditEntry) -> str:
    return attributes(entry.detail.model_dump(exclude_none=True))
