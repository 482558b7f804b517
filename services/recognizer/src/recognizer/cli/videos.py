"""Videos: what was recorded, and what is removed of it."""

from __future__ import annotations

from itertools import islice
from typing import Annotated

import typer

from recognizer.cli import names
from recognizer.cli.connection import admin
from recognizer.cli.moments import Moment
from recognizer.cli.output import AsJson, Limit, json_list, say, table
from recognizer.cli.videos_prune import prune

app = typer.Typer(no_args_is_help=True, help="Videos: what was recorded, and what is removed.")
app.command()(prune)


@app.command("list")
def list_videos(
    context: typer.Context,
    *,
    device: Annotated[str | None, typer.Option(help="Of this device.")] = None,
    since: Moment = None,
    until: Moment = None,
    limit: Limit = 50,
    as_json: AsJson = False,
) -> None:
    """List segments, newest first."""
    with admin(context) as client:
        found = list(islice(client.iter_videos(device=device, since=since, until=until), limit))
    if as_json:
        json_list(found)
        return
    rows = [
        (v.started_at, v.device, v.duration_ms / 1000, v.size_bytes / 1e6, v.state, v.key)
        for v in found
    ]
    table(("began", "device", "seconds", "MB", "state", "key"), rows, "no video")


@app.command()
def remove(
    context: typer.Context,
    key: Annotated[
        str,
        typer.Argument(
            help="The segment's key, as `videos list` prints it.", callback=names.video_key
        ),
    ],
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
) -> None:
    """Delete a segment for good; sightings that name it stay."""
    with admin(context) as client:
        if not yes:
            typer.confirm(f"Delete the video {key}?", abort=True, err=True)
        client.remove_video(key)
    say(f"{key} is deleted")
