"""``recognizer devices``: the recorders that may send pictures and videos."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from pydantic import ValidationError
from rich.console import Console

from facecore.contract import Device, DeviceRegistration
from facecore.contract.reasons import reason
from recognizer.entrypoints.cli import names
from recognizer.entrypoints.cli.connection import admin, connection
from recognizer.entrypoints.cli.credentials import open_new_file
from recognizer.entrypoints.cli.output import (
    AsJson,
    InputRefused,
    counted,
    json_list,
    json_of,
    say,
    table,
)

app = typer.Typer(
    no_args_is_help=True, help="Manage devices: recorders that send pictures and videos."
)

_COLUMNS = (
    "name",
    "registered",
    "last seen",
    "camera",
    "waiting",
    "lost",
    "free",
    "version",
    "reported",
)


@app.command()
def add(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="Letters, digits, '.', '_' or '-'.")],
    output: Annotated[
        Path | None,
        typer.Option(help="Write the settings to this new file; only its owner can read it."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Register a device and print its recorder's settings. The token is shown only once.

    Standard output holds only the settings. With --output they go to a file instead.
    """
    if output and as_json:
        raise typer.BadParameter("--output writes the recorder's settings, not JSON; choose one")
    _check(name)
    with open_new_file(output) as file, admin(context) as client:
        device = client.add_device(name)
        if as_json:
            json_of(device)
            return
        place = f"Its settings are in {output}." if output else "Its settings, shown only once:"
        Console(stderr=True).print(f"{device.name} is registered. {place}", markup=False)
        typer.echo(f"PI_RECORDER_URL={connection(context).url}", file)
        typer.echo(f"PI_RECORDER_TOKEN={device.token.get_secret_value()}", file)


def _check(name: str) -> None:
    """Raise ``InputRefused`` for a name that no device may have."""
    try:
        DeviceRegistration(name=name)
    except ValidationError as error:
        why = reason(error.errors(include_url=False)[0])
        raise InputRefused(
            why if repr(name) in why else f"the name {name!r} can't be used: {why}"
        ) from None


@app.command("list")
def list_devices(context: typer.Context, as_json: AsJson = False) -> None:
    """List devices with the time of their last request and their last reported status."""
    with admin(context) as client:
        devices = client.devices().devices
    if as_json:
        json_list(devices)
        return
    rows = [(d.name, d.created_at, d.last_seen_at, *_reported(d)) for d in devices]
    table(_COLUMNS, rows, "no devices; `recognizer devices add NAME`")


def _reported(device: Device) -> tuple[object, ...]:
    """Return camera, queue, lost seconds, free disk, version and time; none without a report."""
    status = device.status
    if status is None:
        return (None,) * 6
    queue, disk = status.queue, status.disk
    return (
        "stopped" if status.stopped else status.camera.state,
        queue and f"{counted(queue.segments, 'segment')}, {queue.bytes / 1e6:.1f} MB",
        queue and f"{queue.lost_s:.0f} s",
        disk and f"{disk.free_bytes / 1e9:.1f} GB",
        status.version,
        device.status_at,
    )


@app.command()
def remove(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="Name of the device.", callback=names.device)],
) -> None:
    """Remove a device. Its token stops working at once."""
    with admin(context) as client:
        client.remove_device(name)
    say(f"{name} is removed")
