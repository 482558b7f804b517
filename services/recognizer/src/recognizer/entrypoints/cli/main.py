"""The root of the command line: its options, and what each command is called."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from recognizer.entrypoints.cli.admin_token import admin_token
from recognizer.entrypoints.cli.audit import app as audit
from recognizer.entrypoints.cli.calibrate import calibrate
from recognizer.entrypoints.cli.connection import DEFAULT_URL, Connection
from recognizer.entrypoints.cli.cost import cost
from recognizer.entrypoints.cli.devices import app as devices
from recognizer.entrypoints.cli.doctor import doctor
from recognizer.entrypoints.cli.evaluate import evaluate
from recognizer.entrypoints.cli.failures import Commands
from recognizer.entrypoints.cli.people import app as people
from recognizer.entrypoints.cli.serve import serve
from recognizer.entrypoints.cli.sightings import app as sightings
from recognizer.entrypoints.cli.videos import app as videos

_HELP = """Who is in a picture: the service, and the command line to look after it.

Exit codes: 0 done; 1 the server refused, or something given can't be used; 2 the command can't
be understood, or lacks an address or a token; 3 the server can't be reached."""

app = typer.Typer(cls=Commands, no_args_is_help=True, pretty_exceptions_enable=False)
app.command()(serve)
app.command()(admin_token)
app.add_typer(people, name="people")
app.add_typer(devices, name="devices")
app.add_typer(sightings, name="sightings")
app.add_typer(videos, name="videos")
app.add_typer(audit, name="audit")
app.command()(doctor)
app.command()(cost)
app.command("eval")(evaluate)
app.command()(calibrate)


@app.callback(help=_HELP)
def main(
    context: typer.Context,
    url: Annotated[
        str, typer.Option(envvar="RECOGNIZER_URL", help="The recognizer's address.")
    ] = DEFAULT_URL,
    token_file: Annotated[
        Path | None,
        typer.Option(
            help="A file with the admin's token. Without it RECOGNIZER_TOKEN counts, then what "
            "`recognizer serve` kept for this user."
        ),
    ] = None,
) -> None:
    """Keep for the commands which server is meant."""
    context.obj = Connection(url, token_file)
