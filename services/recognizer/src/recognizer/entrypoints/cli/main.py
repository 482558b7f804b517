"""The root of the command line: its options and its commands."""

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
from recognizer.entrypoints.cli.output import Commands
from recognizer.entrypoints.cli.people import app as people
from recognizer.entrypoints.cli.serve import serve
from recognizer.entrypoints.cli.sightings import app as sightings
from recognizer.entrypoints.cli.videos import app as videos

_HELP = """Recognize faces: run the service and manage it.

Exit codes: 0 success; 1 the server refused the request, or an argument can't be used; 2 wrong
usage, or the address or token is missing; 3 the server can't be reached."""

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
            help="File with the admin's token. By default RECOGNIZER_TOKEN, or else the token "
            "that `recognizer serve` stored for this user."
        ),
    ] = None,
) -> None:
    """Store the connection for the commands."""
    context.obj = Connection(url, token_file)
