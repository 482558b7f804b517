"""``recognizer doctor``: checks the installation and says how to fix what is wrong."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path

import typer

from facecore.doctor_checks import Check, State
from facecore.errors import ApiProblem, ApiUnreachable, ClientError
from facecore.hosts import is_loopback
from recognizer.domain.errors import SettingsInvalid
from recognizer.entrypoints.cli.connection import Connection, DataDir, connection, settings_for
from recognizer.entrypoints.cli.output import REFUSED, AsJson, console, counted, json_text, outdated


def doctor(
    context: typer.Context,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Check settings, store, models, server and token, and say how to fix what is wrong.

    The store is a data folder on this machine, or tables and buckets in AWS (RECOGNIZER_STORE).
    """
    checks = [*_settings_checks(data_dir), *_server_checks(connection(context))]
    if as_json:
        typer.echo(json_text(checks))
    else:
        for check in checks:
            console().print(check.render(), soft_wrap=True)
    if any(check.state is State.FAIL for check in checks):
        raise typer.Exit(REFUSED)


def _settings_checks(data_dir: Path | None) -> Iterator[Check]:
    try:
        settings = settings_for(data_dir)
    except SettingsInvalid as error:
        yield Check("settings", State.FAIL, str(error), "correct the variable and try again")
        return
    yield Check("settings", State.OK, "valid")
    # Imported here: it loads the models' runtime, which would delay other commands by a second.
    from recognizer.entrypoints.cli import checks  # noqa: PLC0415 - see the line above

    yield from (checks.aws_checks if settings.store == "aws" else checks.folder_checks)(settings)
    yield from checks.model_checks(settings)


def _server_checks(server: Connection) -> Iterator[Check]:
    try:
        with server.open(None) as client:
            health = client.health()
    except ApiUnreachable as error:
        yield _unreachable(server.url, error)
        return
    except ApiProblem as error:
        yield Check("server", State.FAIL, str(error), "read the server's log")
        return
    except ClientError as error:
        fix = "give the recognizer's address with --url, or free the port"
        yield Check("server", State.FAIL, str(error), fix)
        return
    what = f"{server.url} is {health.status}, version {health.version}, model {health.model}"
    yield Check("server", State.OK, f"{what}, {counted(health.gallery_people, 'person', 'people')}")
    if health.gallery_outdated:
        found = outdated(health.gallery_outdated)
        yield Check("gallery", State.WARN, found, "run `recognizer people reembed`")
    yield _token_check(server)


def _unreachable(url: str, error: ApiUnreachable) -> Check:
    """Return a failed check, or a warning if the server is local and has not been started."""
    from facecore.client.address import service_url  # noqa: PLC0415 - `serve` needs no httpx

    place = service_url(url)
    if not is_loopback(place.host):
        return Check("server", State.FAIL, str(error), "check --url, the network and the server")
    try:
        with socket.create_server((place.host, place.port or 80)):
            pass
    except OSError as taken:
        fix = "another program uses the port; stop it, or run `recognizer serve --port …`"
        return Check("server", State.FAIL, f"{error}; {taken.strerror}", fix)
    return Check("server", State.WARN, f"none at {url}; its port is free", "run `recognizer serve`")


def _token_check(server: Connection) -> Check:
    token = server.token()
    if token is None:
        fix = "set RECOGNIZER_TOKEN, give --token-file, or run `recognizer admin-token`"
        return Check("token", State.WARN, f"none for {server.url}", fix)
    try:
        with server.open(token) as client:
            client.people(limit=1)
    except ApiProblem as error:
        if error.status == 403:  # noqa: PLR2004 - forbidden: the token is known
            fix = "use the admin's token to manage people"
            return Check("token", State.WARN, "accepted, role device", fix)
        return Check(
            "token", State.FAIL, str(error), "make a new one with `recognizer admin-token`"
        )
    except ClientError as error:
        return Check("token", State.FAIL, str(error), "try again")
    return Check("token", State.OK, "accepted, role admin")
