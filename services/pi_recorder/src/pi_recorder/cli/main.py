"""The command line.

Exit codes: 0 the run ended or was stopped without a failure; 1 the camera or the recording failed,
a segment was not uploaded, or the recognizer never answered; 2 a setting or the command is wrong.
A stop by SIGINT or SIGTERM leaves segments in the spool and is no failure.
"""

from __future__ import annotations

import sys
from contextlib import nullcontext
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from pi_recorder.bootstrap import open_sinks, open_spool, recorder_for
from pi_recorder.capture.cameras.base import Camera
from pi_recorder.capture.cameras.demo import write_demo_clip
from pi_recorder.capture.cameras.open import open_camera
from pi_recorder.cli import config as config_commands
from pi_recorder.cli.display import ConsoleDisplay, JsonLines
from pi_recorder.cli.doctor import doctor
from pi_recorder.cli.error_output import Config, errors, explained, fail, shown, warn
from pi_recorder.cli.status import status
from pi_recorder.cli.terminal_view import terminal_view
from pi_recorder.errors import SettingsError
from pi_recorder.events import Event, Publish
from pi_recorder.operation.run_summary import RunCounters
from pi_recorder.operation.supervision import Supervision, call_on_stop_signals
from pi_recorder.operation.systemd import ServiceManager
from pi_recorder.recognition.loop import preload_face_finder
from pi_recorder.settings.loading import load
from pi_recorder.settings.schema import Settings
from pi_recorder.settings.values import Pace

app = typer.Typer(
    no_args_is_help=True,
    pretty_exceptions_show_locals=False,
    help="Films without gaps, stores the video, and shows whom the recognizer sees.",
)

_CAMERA_HELP = "`demo`, `picamera`, a video file, a device such as /dev/video0, or rtsp://…"
_EPILOG = (
    "Settings come from a file and the environment; see `pi-recorder config`. "
    "Exit codes: 0 no failure, 1 something failed, 2 a setting or the command is wrong."
)


@app.command(epilog=_EPILOG)
def run(  # noqa: PLR0917 - typer reads options, by name
    camera: Annotated[str | None, typer.Option(help=_CAMERA_HELP)] = None,
    pace: Annotated[Pace | None, typer.Option(help="How fast to play a file.")] = None,
    loop: Annotated[bool | None, typer.Option(help="Play a file in a loop.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print events as JSON.")] = False,
    verbose: Annotated[bool, typer.Option(help="Also show segments and refused faces.")] = False,
    view: Annotated[bool, typer.Option("--view", help="Show the status, not lines.")] = False,
    config: Config = None,
) -> None:
    """Film, upload, and print who is seen, until the camera ends or Ctrl-C is pressed."""
    with explained():
        _check_view(as_json=as_json, view=view)
        loaded = load(config, camera=camera, camera_pace=pace, camera_loop=loop)
        warn(loaded.warnings)
        settings = loaded.settings
        display = JsonLines(sys.stdout) if as_json else _console_display(verbose=verbose)
        with shown(errors) as progress:
            source = open_camera(
                settings.camera,
                pace=settings.camera_pace,
                loop=settings.camera_loop,
                form=settings.camera_format,
                progress=progress,
            )
        failures = record(settings, source, display, view=view)
    for failure in failures:
        fail(f"failed: {failure}")
    raise typer.Exit(1 if failures else 0)


@app.command("demo-clip", epilog="Exit codes: 0 written, 1 not written.")
def demo_clip(path: Annotated[Path, typer.Argument(help="The file to write.")]) -> None:
    """Write the demo clip to a file."""
    with explained(), shown(errors) as progress:
        write_demo_clip(path, progress)
    typer.echo(f"written: {path}")


app.command()(status)
app.command()(doctor)
app.add_typer(config_commands.app, name="config")


def record(
    settings: Settings,
    camera: Camera,
    display: JsonLines | ConsoleDisplay,
    *,
    view: bool = False,
) -> list[str]:
    """Run with this camera until it ends or a signal stops the run; return the failures."""
    preload_face_finder(settings)  # before the sinks start threads
    counters = RunCounters()
    supervision = Supervision(ServiceManager.of())
    listeners: list[Publish] = [counters.add, supervision.add]
    if not view:
        listeners.append(display.show)

    def publish(event: Event) -> None:
        for listener in listeners:
            listener(event)

    with (
        open_spool(settings, publish) as spool,
        open_sinks(settings, publish) as sinks,
        recorder_for(
            settings,
            supervision.watch(camera),
            spool,
            publish,
            pulse=supervision.pulse,
            sinks=sinks,
        ) as recorder,
        terminal_view(Console(), sinks.aggregator.status) if view else nullcontext(),
    ):
        listeners.append(sinks.publish)
        call_on_stop_signals(recorder.stop, supervision.stopping)
        failures = recorder.run()
        summary = counters.summary(segments_left=len(spool.queued()))
    if not recorder.stopped:
        failures += summary.unfinished()
    display.end(summary, failures)
    return failures


def _check_view(*, as_json: bool, view: bool) -> None:
    if view and (as_json or not Console().is_terminal):
        raise SettingsError("--view needs a terminal, and can't be combined with --json")


def _console_display(*, verbose: bool) -> ConsoleDisplay:
    return ConsoleDisplay(Console(highlight=False), verbose=verbose)


if __name__ == "__main__":
    app()
