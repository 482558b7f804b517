"""``recognizer people``: records and photos of people."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from pydantic import ValidationError
from rich.console import Console
from rich.progress import track

from facecore.contract import Person, PersonUpdate, Photo
from facecore.contract.reasons import reason
from facecore.errors import ClientError
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
    json_text,
    say,
    say_error,
    table,
)
from recognizer.entrypoints.cli.people_folder import (
    PHOTO_TYPES,
    Refusal,
    attribute_value,
    read_folder,
)
from recognizer.entrypoints.cli.people_merge import merge
from recognizer.entrypoints.cli.people_reembed import reembed
from recognizer.entrypoints.cli.people_transfer import (
    Done,
    ImportReport,
    existing_person,
    export,
    import_people,
    send_photo,
    steps,
)

if TYPE_CHECKING:  # at run time `serve` would load httpx, too
    from facecore.client import RecognizerClient

app = typer.Typer(no_args_is_help=True, help="Manage people: their records and photos.")
app.command()(reembed)
app.command()(export)
app.command()(merge)


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


@app.command("import")
def import_folder(
    context: typer.Context,
    folder: Annotated[Path, typer.Argument(help="Holds LABEL/*.jpg and, optionally, people.csv.")],
    as_json: AsJson = False,
) -> None:
    """Import people from a folder. Run it again to continue an import that stopped.

    Each subfolder is a person: its name is the label, and its .jpg, .jpeg, .png and .webp files
    are the photos. people.csv has the columns label and name; other columns become attributes.
    """
    people, unusable = read_folder(folder)
    results: list[Done | Refusal] = list(unusable)
    failure: ClientError | None = None
    with admin(context) as client:
        try:
            for result in track(
                import_people(client, people),
                f"Importing {counted(len(people), 'person', 'people')}",
                total=steps(people),
                console=Console(stderr=True),
            ):
                results.append(result)
        except ClientError as error:
            failure = error
    report = ImportReport.of(results, str(failure) if failure else None)
    _show_report(report, as_json=as_json)
    if failure:
        raise failure
    if report.refused:
        raise typer.Exit(REFUSED)


def _show_report(report: ImportReport, *, as_json: bool) -> None:
    if as_json:
        typer.echo(json_text(report))
        return
    say(", ".join(f"{n} {done.replace('_', ' ')}" for done, n in report.done.items()))
    rows = [(refusal.path, refusal.code, refusal.detail) for refusal in report.refused]
    table(("refused", "code", "why"), rows, "nothing was refused")
    if report.stopped:
        say("The import stopped early; run it again to continue.")


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
