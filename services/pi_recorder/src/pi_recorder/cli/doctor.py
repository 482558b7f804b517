"""``pi-recorder doctor``: check everything, and say how to fix what fails."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

import typer
from pydantic import TypeAdapter
from rich.console import Console

from facecore.doctor_checks import Check, State
from pi_recorder.cli.error_output import FAILED, AsJson, Config
from pi_recorder.errors import SettingsError
from pi_recorder.operation.checks_machine import camera_check, machine_checks, service_check
from pi_recorder.operation.checks_server import server_checks
from pi_recorder.settings.loading import Loaded, load
from pi_recorder.spool.inspection import in_use


def doctor(config: Config = None, as_json: AsJson = False) -> None:
    """Check settings, server, token, clock, camera, disk and board, and say how to fix problems.

    Exit codes: 0 nothing failed, 1 a check failed.
    """
    checks: Iterable[Check] = _checks(config)
    if as_json:
        checks = [*checks]
        typer.echo(TypeAdapter(list[Check]).dump_json(checks, indent=2).decode())
    failed = False
    for check in checks:
        failed |= check.state is State.FAIL
        if not as_json:
            Console(highlight=False).print(check.render(), soft_wrap=True)
    if failed:
        raise typer.Exit(FAILED)


def _checks(config: Path | None) -> Iterator[Check]:
    try:
        loaded = load(config)
    except SettingsError as error:
        for line in str(error).splitlines():
            yield Check("settings", State.FAIL, line, "correct it and try again")
    else:
        yield from _checks_with(loaded)
    if service := service_check():
        yield service


def _checks_with(loaded: Loaded) -> Iterator[Check]:
    settings = loaded.settings
    yield Check("settings", State.OK, "all are valid")
    for warning in loaded.warnings:
        yield Check("settings", State.WARN, warning, "correct it, to avoid surprises")
    yield from server_checks(settings)
    yield from machine_checks(settings.spool_dir)
    if _films(settings.spool_dir):
        yield Check("camera", State.OK, "in use by the running recorder; see `pi-recorder status`")
    else:
        yield camera_check(settings)


def _films(spool_dir: Path) -> bool:
    """Return whether a recorder uses the camera; False if this user may not look at its spool."""
    try:
        return in_use(spool_dir)
    except OSError:
        return False
