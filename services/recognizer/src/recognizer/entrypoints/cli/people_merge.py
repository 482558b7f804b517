"""``people merge``: merges two people into one."""

from __future__ import annotations

from typing import Annotated

import typer

from facecore.contract import ErrorCode
from facecore.errors import ApiProblem
from recognizer.entrypoints.cli import names
from recognizer.entrypoints.cli.connection import admin
from recognizer.entrypoints.cli.output import AsJson, counted, json_of, say


def merge(
    context: typer.Context,
    label: Annotated[str, typer.Argument(help="The person to move.", callback=names.label)],
    into: Annotated[
        str,
        typer.Argument(help="The person who stays, or an unused label.", callback=names.label),
    ],
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    as_json: AsJson = False,
) -> None:
    """Move a person's photos and sightings to another person. This can't be undone.

    The record of INTO stays and gains the attributes that only LABEL had. If nobody has the label
    INTO, only the person's label changes.
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
    counts_text = ", ".join(
        counted(n, what.replace("_", " ").removesuffix("s")) for what, n in counts.items()
    )
    say(f"{label} is now {into}: {counts_text}")
