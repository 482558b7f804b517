"""The command line.

Exit codes: 0 it ended or was stopped, and all is well; 1 something failed: the camera, the
recording, an upload left over, recognition that never answered; 2 a setting or the command is
wrong. A stop by SIGINT or SIGTERM leaves what is not uploaded in the spool and is 0.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from facecore.errors import FaceCoreError
from pi_recorder.bootstrap import recorder_for
from pi_recorder.cameras.base import Camera
from pi_recorder.cameras.demo_clip import write_demo_clip
from pi_recorder.cameras.file import Pace
from pi_recorder.cameras.open import open_camera
from pi_recorder.display import ConsoleDisplay
from pi_recorder.errors import RecorderError, SettingsError
from pi_recorder.events import Event, TornSetAside
from pi_recorder.jsonlines import JsonLines
from pi_recorder.progress import shown
from pi_recorder.settings import Settings, load_settings
from pi_recorder.signals import call_on_stop_signals
from pi_recorder.spool import Spool
from pi_recorder.tally import Tally

app = typer.Typer(
    no_args_is_help=True,
    pretty_exceptions_show_locals=False,
    help="Films without a gap, stores the video, and shows who the recognizer sees.",
)
_errors = Console(stderr=True, highlight=False)

_CAMERA_HELP = "`demo`, a video file's path, or a device such as /dev/video0."
_EPILOG = (
    "Settings come from the environment: PI_RECORDER_URL, PI_RECORDER_TOKEN and others. "
    "Exit codes: 0 all is well, 1 something failed, 2 a setting or the command is wrong."
)


@app.command(epilog=_EPILOG)
def run(
    camera: Annotated[str | None, typer.Option(help=_CAMERA_HELP)] = None,
    pace: Annotated[Pace | None, typer.Option(help="How fast a file is played.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print an event a line.")] = False,
    verbose: Annotated[bool, typer.Option(help="Also show segments and refused faces.")] = False,
) -> None:
    """Film, upload, and print who is seen, until the camera ends or Ctrl-C."""
    with _explained():
        settings = load_settings(camera=camera, camera_pace=pace)
        display = JsonLines(sys.stdout) if as_json else _console_display(verbose=verbose)
        with shown(_errors) as progress:
            source = open_camera(settings.camera, pace=settings.camera_pace, progress=progress)
        failures = _record(settings, source, display)
    for failure in failures:
        _errors.print(f"failed: {failure}", style="red", markup=False, soft_wrap=True)
    raise typer.Exit(1 if failures else 0)


@app.command("demo-clip", epilog="Exit codes: 0 written, 1 not written.")
def demo_clip(path: Annotated[Path, typer.Argument(help="Where to write it.")]) -> None:
    """Write the demo clip into a file."""
    with _explained(), shown(_errors) as progress:
        write_demo_clip(path, progress)
    typer.echo(f"written: {path}")


def _record(settings: Settings, camera: Camera, display: JsonLines | ConsoleDisplay) -> list[str]:
    tally = Tally()

    def publish(event: Event) -> None:
        tally.add(event)
        display.show(event)

    with (
        Spool(settings.spool_dir) as spool,
        recorder_for(settings, camera, spool, publish) as recorder,
    ):
        call_on_stop_signals(recorder.stop)
        for path in spool.torn:
            publish(TornSetAside(path))
        failures = recorder.run()
        summary = tally.summary(segments_left=len(spool.queued()))
    if not recorder.stopped:
        failures += summary.unfinished()
    display.end(summary, failures)
    return failures


def _console_display(*, verbose: bool) -> ConsoleDisplay:
    return ConsoleDisplay(Console(highlight=False), verbose=verbose)


@contextmanager
def _explained() -> Iterator[None]:
    """Turns what was raised on purpose into a line and an exit code."""
    try:
        yield
    except SettingsError as error:
        _errors.print(str(error), style="red", markup=False, soft_wrap=True)
        raise typer.Exit(2) from None
    except (RecorderError, FaceCoreError, OSError) as error:
        _errors.print(str(error), style="red", markup=False, soft_wrap=True)
        raise typer.Exit(1) from None


if __name__ == "__main__":
    app()
