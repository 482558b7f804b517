"""``people import`` and ``people export``: a folder of people in, one person's data out."""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.progress import track

from facecore.contract import MAX_IMAGE_BYTES, ErrorCode, Person
from facecore.errors import ApiProblem, ClientError
from recognizer.entrypoints.cli.connection import admin
from recognizer.entrypoints.cli.names import LabelArgument
from recognizer.entrypoints.cli.output import (
    REFUSED,
    AsJson,
    InputRefused,
    counted,
    json_text,
    say,
    table,
)
from recognizer.entrypoints.cli.people_folder import FoundPerson, Refusal, read_folder
from recognizer.entrypoints.cli.photo_file import read_photo

if TYPE_CHECKING:  # at run time `serve` would load httpx, too
    from facecore.client import RecognizerClient


_STOPS = (401, 403, 503)
"""Statuses that do not concern one photo: every other request would fail too."""


class Done(StrEnum):
    """The result of one step."""

    PERSON_CREATED = "person_created"
    PERSON_UPDATED = "person_updated"
    PERSON_UNCHANGED = "person_unchanged"
    PHOTO_ADDED = "photo_added"
    PHOTO_THERE = "photo_there"


@dataclass(frozen=True, slots=True)
class ImportReport:
    """The results of an import."""

    done: dict[Done, int]
    refused: list[Refusal]
    stopped: str | None
    """Why it ended early; run it again to continue."""

    @classmethod
    def of(cls, results: Sequence[Done | Refusal], stopped: str | None) -> ImportReport:
        """Count the results of all steps."""
        done = {kind: sum(result is kind for result in results) for kind in Done}
        return cls(done, [r for r in results if isinstance(r, Refusal)], stopped)


def steps(people: Sequence[FoundPerson]) -> int:
    """Return the maximum number of results of an import."""
    return len(people) + sum(len(person.photos) for person in people)


def import_people(
    client: RecognizerClient, people: Sequence[FoundPerson]
) -> Iterator[Done | Refusal]:
    """Create or update each person and add missing photos. Yield the result of each step.

    Raises:
        ClientError: the server can't be reached, is not ready or does not accept the token.

    """
    for person in people:
        result = _person(client, person)
        yield result
        if not isinstance(result, Refusal):
            yield from _photos(client, person)


def _person(client: RecognizerClient, found: FoundPerson) -> Done | Refusal:
    try:
        before = existing_person(client, found.label)
        if before and (not found.described or _same(before, found)):
            return Done.PERSON_UNCHANGED
        client.put_person(found.label, found.update)
    except ApiProblem as error:
        return _refusal(found.path, error)
    return Done.PERSON_UPDATED if before else Done.PERSON_CREATED


def existing_person(client: RecognizerClient, label: str) -> Person | None:
    """Return the person with this label, or none."""
    try:
        return client.person(label)
    except ApiProblem as error:
        if error.code == ErrorCode.PERSON_NOT_FOUND:
            return None
        raise


def _same(before: Person, found: FoundPerson) -> bool:
    update = found.update
    return (before.name, before.attributes) == (update.name, update.attributes)


def _photos(client: RecognizerClient, person: FoundPerson) -> Iterator[Done | Refusal]:
    try:
        there = {photo.sha256 for photo in client.photos(person.label).photos}
    except ApiProblem as error:
        yield _refusal(person.path, error)
        return
    for path in person.photos:
        yield send_photo(client, person.label, path, there)


def send_photo(client: RecognizerClient, label: str, path: Path, there: set[str]) -> Done | Refusal:
    """Add one photo unless its SHA-256 is in ``there``. Add the SHA-256 of a new one to it."""
    name = f"{path.parent.name}/{path.name}"
    try:
        photo = read_photo(path)
    except OSError as error:
        return Refusal(name, "unreadable", str(error.strerror))
    if len(photo.data) > MAX_IMAGE_BYTES:
        detail = f"{len(photo.data):,} bytes; the maximum is {MAX_IMAGE_BYTES:,}; save it smaller"
        return Refusal(name, ErrorCode.IMAGE_TOO_LARGE, detail)
    sha256 = hashlib.sha256(photo.data).hexdigest()
    if sha256 in there:
        return Done.PHOTO_THERE
    try:
        client.add_photo(label, photo.data, photo.content_type)
    except ApiProblem as error:
        return _refusal(name, error)
    there.add(sha256)
    return Done.PHOTO_ADDED


def _refusal(path: str, error: ApiProblem) -> Refusal:
    if error.status in _STOPS:
        raise error
    return Refusal(path, error.code, error.detail)


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


def export(
    context: typer.Context,
    label: LabelArgument,
    file: Annotated[Path, typer.Argument(help="Name of a new file, such as ada.zip.")],
) -> None:
    """Export a person's record, photos as sent, and sightings into a new zip file.

    Its README.txt explains each file. Only its owner can read the zip file.
    """
    if file.exists():
        raise InputRefused(f"{file} exists; give the name of a new file")
    if not file.parent.is_dir():
        raise InputRefused(f"{file} can't be created: there is no folder {file.parent}")
    with TemporaryDirectory(
        dir=file.parent, prefix=".export-"
    ) as folder:  # readable by its owner alone
        partial = Path(folder) / "whole.zip"
        with admin(context) as client:
            files = _joined(client.export_person(label), partial)
        partial.chmod(0o600)
        partial.rename(file)
    say(f"{file} holds {counted(files, 'file')} of {label}")


def _joined(parts: Iterable[bytes], target: Path) -> int:
    """Write one zip of all parts, whose file names are distinct. Return the number of files."""
    files = 0
    with zipfile.ZipFile(target, "x") as whole:
        for part in parts:
            with zipfile.ZipFile(io.BytesIO(part)) as one:
                for about in one.infolist():
                    whole.writestr(about, one.read(about))
                    files += 1
    return files
