"""``pi-recorder status``: the state of this machine's recorder and of its spool."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import httpx
import typer
from pydantic import TypeAdapter, ValidationError
from rich.console import Console
from rich.table import Table
from rich.text import Text

from facecore.text import sanitize
from pi_recorder.cli.error_output import AsJson, Config, explained, fail
from pi_recorder.operation import systemd
from pi_recorder.settings.loading import load_settings
from pi_recorder.settings.schema import Settings
from pi_recorder.spool.files import SET_ASIDE
from pi_recorder.spool.inspection import SpoolView, in_use, spool_view

_ANSWERS_WITHIN_S = 3.0
_OBJECT: TypeAdapter[dict[str, Any]] = TypeAdapter(dict[str, Any])
RUNNING, TROUBLE, NOT_RUNNING, UNCLEAR = 0, 1, 3, 4
"""Exit codes of an init script's ``status``. Source: Linux Standard Base 5.0, 22.2."""


@dataclass(frozen=True, slots=True)
class Report:
    """The state of the recorder.

    Attributes:
        running: whether a recorder uses the spool's folder.
        troubles: a sentence for each problem while it runs.
        live: the live page's status; None if it does not run or has no page.
        unit: systemd's state of the unit; None if there is no such unit.
    """

    running: bool
    troubles: list[str]
    spool: SpoolView
    live: dict[str, Any] | None
    unit: systemd.Unit | None


def status(config: Config = None, as_json: AsJson = False) -> None:
    """Show the state of this machine's recorder, and what waits in its spool.

    Exit codes: 0 it runs without problems, 1 it runs with problems, 2 a setting is wrong, 3 it does
    not run, 4 this user may not look.
    """
    with explained():
        # Only the service can read the token, and the status does not need it.
        settings = load_settings(config, token="-")  # noqa: S106 - a placeholder
    try:
        report = _report(settings)
    except PermissionError as error:
        fail(f"{error.filename}: this user may not look there; use sudo")
        raise typer.Exit(UNCLEAR) from None
    if as_json:
        typer.echo(TypeAdapter(Report).dump_json(report, indent=2).decode())
    else:
        Console(highlight=False).print(_table(report))
    raise typer.Exit(_exit_code(report))


def _report(settings: Settings) -> Report:
    running = in_use(settings.spool_dir)
    live = live_status(settings.live_port) if running and settings.live_port else None
    return Report(
        running=running,
        troubles=[*_troubles(live)] if running else [],
        spool=spool_view(settings.spool_dir),
        live=live,
        unit=systemd.unit(),
    )


def _troubles(live: dict[str, Any] | None) -> Iterator[str]:
    """Describe the parts that are away, from ``operation.status.Status`` as JSON."""
    for name in ("camera", "recognition", "uploads"):
        part = (live or {}).get(name)
        if isinstance(part, dict) and part.get("state") == "away":
            yield f"{name} is away: {part.get('reason') or 'no reason given'}"


def _exit_code(report: Report) -> int:
    if not report.running:
        return NOT_RUNNING
    return TROUBLE if report.troubles else RUNNING


def _table(report: Report) -> Table:
    table = Table("recorder", "runs" if report.running else "does not run", show_edge=False)
    for trouble in report.troubles:
        table.add_row(Text("trouble", "bold red"), Text(sanitize(trouble)))
    spool = report.spool
    waits = f"{spool.queued} segments, {spool.seconds:.0f} seconds, {spool.bytes / 1e6:.1f} MB"
    since = f", since {spool.oldest.astimezone():%Y-%m-%d %H:%M:%S}" if spool.oldest else ""
    table.add_row("spool", waits + since)
    if spool.kept:
        table.add_row("kept", f"{spool.kept} uploaded segments")
    if spool.lost_s:
        table.add_row(
            Text("lost", "bold red"), f"{spool.lost_s:.0f} seconds, because there was no room"
        )
    if spool.unfinished and not report.running:
        table.add_row("unfinished", f"{spool.unfinished} files; the next start recovers them")
    if spool.set_aside:
        table.add_row("set aside", f"{spool.set_aside} partial segments, in {SET_ASIDE}/")
    if unit := report.unit:
        boot = "starts" if unit.at_boot else "does not start"
        table.add_row("systemd", f"{unit.active} ({unit.sub}), {boot} at boot")
        if unit.text:
            table.add_row("", Text(sanitize(unit.text)))
    for name, value in _flat(report.live or {}):
        table.add_row(Text(sanitize(name)), Text(sanitize(value), overflow="fold"))
    return table


def _flat(values: Mapping[str, Any], above: str = "") -> Iterator[tuple[str, str]]:
    """Yield every value of nested objects with its path of names; for a list, its length."""
    for name, value in values.items():
        match value:
            case dict():
                yield from _flat(value, f"{above}{name} ")
            case list():
                yield f"{above}{name}", str(len(value))
            case None:
                pass
            case _:
                yield f"{above}{name}", str(value)


def live_status(port: int) -> dict[str, Any] | None:
    """Request ``GET /status.json`` of the live page on this machine; None without an answer."""
    try:
        answer = httpx.get(
            f"http://127.0.0.1:{port}/status.json",
            timeout=_ANSWERS_WITHIN_S,
            trust_env=False,  # no proxy, because it is this machine
        )
        answer.raise_for_status()
        return _OBJECT.validate_json(answer.content)
    except (httpx.HTTPError, ValidationError):
        return None
