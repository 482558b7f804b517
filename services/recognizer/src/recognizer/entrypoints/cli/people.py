"""``recognizer people``: records and photos of people."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from pydantic import ValidationError

from facecore.contract import ErrorCode, Person, PersonUpdate, Photo
from facecore.contract.reasons import reason
from facecore.errors import ApiProblem
from recognizer.entrypoints.cli import names
from recognizer.entrypoints.cli.connection import admin
from recognizer.entrypoints.cli.names import LabelArgument
from recognizer.entrypoints.cli.output import (
    REFUSED,
    AsJson,
    InputRefused,
    attributes,
    counted,
    json_list,
    json_of,
    say,
    say_error,
    table,
)
from recognizer.entrypoints.cli.people_folder import (
    PHOTO_TYPES,
    Refusal,
    attribute_value,
)
from recognizer.entrypoints.cli.people_reembed import reembed
from recognizer.entrypoints.cli.people_transfer import (
    existing_person,
    export,
    import_folder,
    send_photo,
)

if TYPE_CHECKING:  # at run time `serve` would load httpx, too
    from facecore.client import RecognizerClient


app = typer.Typer(no_args_is_help=True, help="Manage people: their records and photos.")
app.command()(reembed)
app.command("import")(import_folder)
app.command()(export)


@app.command()
def add(
    context: typer.Context,
    label: LabelArgument,
    *,
    name: Annotated[str, typer.Option(help="Name as it is shown.")],
    attribute: Annotated[
        list[str] | None,
        typer.Option(
            help="KEY=VALUE; repeatable. VALUE is read as JSON if possible, else as text."
        ),
    ] = None,
    photo: Annotated[
        list[Path] | None, typer.Option(help="A picture of the person's face; repeatable.")
    ] = None,
    replace: Annotated[
        bool, typer.Option("--replace", help="Overwrite the record of an existing person.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Create a person and enrol photos."""
    update = _record(name, attribute or [])
    _check_types(photo or [])
    with admin(context) as client:
        _put(client, label, update, replace=replace)
        there = {known.sha256 for known in client.photos(label).photos}
        results = [send_photo(client, label, path, there) for path in photo or []]
        person = client.person(label)
    refused = [result for result in results if isinstance(result, Refusal)]
    if as_json:
        json_of(person)
    else:
        say(f"{person.label}: {person.name}, {counted(person.photo_count, 'photo')}")
    for refusal in refused:
        say_error(f"{refusal.path}: {refusal.detail} ({refusal.code})")
    if refused:
        raise typer.Exit(REFUSED)


@app.command("list")
def list_people(
    context: typer.Context,
    search: Annotated[
        str | None,
        typer.Option(help="Only people with this text in the name, label or attributes."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """List people in the order of their labels."""
    with admin(context) as client:
        people = list(client.iter_people(search=search))
    if as_json:
        json_list(people)
        return
    rows = [(p.label, p.name, attributes(p.attributes), p.photo_count) for p in people]
    headings = ("label", "name", "attributes", "photos")
    nobody = "no people yet; run `recognizer people add` or `recognizer people import`"
    table(headings, rows, nobody if search is None else f"nobody matches {search!r}")


class _PersonWithPhotos(Person):
    photos: list[Photo]


@app.command()
def show(context: typer.Context, label: LabelArgument, as_json: AsJson = False) -> None:
    """Show one person's record and photos."""
    with admin(context) as client:
        person, photos = client.person(label), client.photos(label).photos
    if as_json:
        json_of(_PersonWithPhotos(**person.model_dump(), photos=photos))
        return
    facts = [("label", person.label), ("name", person.name), *person.attributes.items()]
    table(("field", "value"), [*facts, ("updated", person.updated_at)], "")
    rows = [(p.id, p.model, p.quality.size_px, p.created_at) for p in photos]
    table(("photo", "model", "face, pixels", "added"), rows, "no photos")


@app.command()
def remove(
    context: typer.Context,
    label: LabelArgument,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    as_json: AsJson = False,
) -> None:
    """Delete a person's record, photos, embeddings and sightings, and print how many of each."""
    with admin(context) as client:
        person = client.person(label)
        if not yes:
            what = (
                f"Delete {person.name!r}, {counted(person.photo_count, 'photo')} and all sightings?"
            )
            typer.confirm(what, abort=True, err=True)
        receipt = client.delete_person(label)
    if as_json:
        json_of(receipt)
        return
    counts = receipt.model_dump(exclude={"label"})
    say(
        f"{label} is deleted: "
        + ", ".join(counted(n, what.removesuffix("s")) for what, n in counts.items())
    )


@app.command()
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


def _put(client: RecognizerClient, label: str, update: PersonUpdate, *, replace: bool) -> None:
    before = existing_person(client, label)
    same = before and (before.name, before.attributes) == (update.name, update.attributes)
    if before and not same and not replace:
        raise InputRefused(f"{label} exists with another record; overwrite it with --replace")
    if not same:
        client.put_person(label, update)


def _record(name: str, pairs: Sequence[str]) -> PersonUpdate:
    wrong = next((pair for pair in pairs if not pair.partition("=")[1]), None)
    if wrong is not None:
        raise typer.BadParameter(f"--attribute is KEY=VALUE, not {wrong!r}")
    split = (pair.partition("=") for pair in pairs)
    try:
        return PersonUpdate(
            name=name, attributes={key.strip(): attribute_value(value) for key, _, value in split}
        )
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        place = ".".join(str(part) for part in first["loc"])
        raise InputRefused(f"{place}: {reason(first)}") from None


def _check_types(photos: Sequence[Path]) -> None:
    for path in photos:
        if path.suffix.lower() not in PHOTO_TYPES:
            raise InputRefused(f"{path} is not one of the photo types {', '.join(PHOTO_TYPES)}")
        if not path.is_file():
            raise InputRefused(f"there is no file {path}")
