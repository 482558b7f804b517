"""``people merge``: makes two people one."""

from __future__ import annotations

from typing import Annotated

import typer

from facecore.contract import ErrorCode
from facecore.errors import ApiProblem
from recognizer.cli import names
from recognizer.cli.connection import admin
from recognizer.cli.output import AsJson, counted, json_of, say


def merge(
    context: typer.Context,
    label: Annotated[str, typer.Argument(help="The one who goes.", callback=names.label)],
    into: Annotated[
        str,
        typer.Argument(help="The one who stays, or a label that nobody has.", callback=names.label),
    ],
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    as_json: AsJson = False,
) -> None:
    """Move a person's photos and sightings to another, whose record stays; can't be undone.

    Attributes that only LABEL had are added. If nobody has the label INTO, the person changes
    labels, and nothing else changes.
    """
    with admin(context) as client:
        person = client.person(label)
        if not yes:
            try:
                what = f"everything of {person.name!r} to {client.person(into).name!r}"
            except ApiProblem as error:
                if error.code != ErrorCode.PERSON_NOT_FOUND:
                    raise
                what = f"{person.name!r} to the new label {into}"
            typer.confirm(f"Move {what}? Nobody will have the label {label}.", abort=True, err=True)
        receipt = client.merge_person(label, into)
    if as_json:
        json_of(receipt)
        return
    counts = receipt.model_dump(exclude={"label", "into", "created"})
    told = ", ".join(
        counted(n, what.replace("_", " ").removesuffix("s")) for what, n in counts.items()
    )
    say(f"{label} is {into} now: {told}")
