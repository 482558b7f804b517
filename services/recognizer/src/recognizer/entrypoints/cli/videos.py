"""``recognizer videos``: recorded segments. ``prune`` works on the data folder itself."""

from __future__ import annotations

from datetime import timedelta
from itertools import islice
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.progress import Progress

from facecore.contract import AuditAction, AuditDetail, Video
from recognizer.domain.clock import utc_now
from recognizer.entrypoints.cli import names
from recognizer.entrypoints.cli.connection import DataDir, admin, settings_of_existing
from recognizer.entrypoints.cli.output import (
    AsJson,
    CommandIncomplete,
    Limit,
    TimeOption,
    counted,
    json_list,
    json_text,
    say,
    table,
)
from recognizer.use_cases.audit_trail import AT_THE_STORE, AuditTrail

if TYPE_CHECKING:
    from recognizer.adapters.sqlite import LocalStores
    from recognizer.adapters.sqlite.videos import VideoRules


def prune(
    *,
    older_than: Annotated[
        int | None,
        typer.Option(
            min=0, max=36_500, metavar="DAYS", help="Remove segments announced more days ago."
        ),
    ] = None,
    keep_gb: Annotated[
        float | None,
        typer.Option(
            min=0,
            max=1_000_000,
            metavar="GB",
            help="Remove the oldest segments until the rest fits.",
        ),
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only print what would be removed.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Remove old video from the data folder, oldest first. A server may be running.

    Without --older-than and --keep-gb it applies RECOGNIZER_VIDEO_DAYS and RECOGNIZER_VIDEO_MAX_GB,
    as the server does by itself. It can be stopped and run again. Sightings stay.
    """
    stores = _opened(data_dir)
    try:
        rules = _rules(stores, older_than, keep_gb)
        due = stores.video_retention.due(rules)
        if due and not (dry_run or yes):
            question = f"Remove {_segments(due)}, {_gigabytes(due)}?"
            typer.confirm(question, abort=True, err=True)
        removed = [] if dry_run else _remove(stores, rules, len(due))
    finally:
        stores.close()
    _show(due if dry_run else removed, as_json=as_json, dry_run=dry_run)


def _opened(data_dir: DataDir) -> LocalStores:
    from recognizer.adapters.sqlite import LocalStores  # noqa: PLC0415 - see above
    from recognizer.bootstrap import open_stores  # noqa: PLC0415 - it loads the models' runtime

    settings = settings_of_existing(data_dir)
    if settings.store != "local":
        raise CommandIncomplete(
            "in AWS the bucket's lifecycle rule removes videos: set video_retention_days in "
            "Terraform, or delete single videos with `recognizer videos remove KEY`"
        )
    stores = open_stores(settings)
    if not isinstance(stores, LocalStores):
        raise TypeError("the local backend is LocalStores")
    return stores


def _rules(stores: LocalStores, older_than: int | None, keep_gb: float | None) -> VideoRules:
    from recognizer.adapters.sqlite.videos import VideoRules  # noqa: PLC0415 - see above

    if older_than is None and keep_gb is None:
        return stores.video_retention.standing_rules()
    return VideoRules(
        None if older_than is None else timedelta(days=older_than),
        None if keep_gb is None else int(keep_gb * 10**9),
    )


def _remove(stores: LocalStores, rules: VideoRules, expected: int) -> list[Video]:
    removed: list[Video] = []
    if not expected:
        return removed
    trail = AuditTrail(stores.audit, utc_now)
    with (
        trail.noting(AT_THE_STORE, AuditAction.VIDEOS_PRUNED, None) as note,
        Progress(console=Console(stderr=True)) as progress,
    ):
        task = progress.add_task("Removing video", total=expected)
        while batch := stores.video_retention.prune(rules):
            removed += batch
            progress.update(task, completed=len(removed), total=max(expected, len(removed)))
        note.detail = AuditDetail(videos=len(removed))
    return removed


def _show(videos: list[Video], *, as_json: bool, dry_run: bool) -> None:
    if as_json:
        size = sum(video.size_bytes for video in videos)
        document = {"removed": not dry_run, "videos": videos, "size_bytes": size}
        typer.echo(json_text(document))
        return
    if dry_run:
        rows = [(v.started_at, v.device, f"{v.size_bytes / 1e6:.1f} MB", v.key) for v in videos]
        table(("began", "device", "size", "key"), rows, "nothing would be removed")
    if videos or not dry_run:
        verb = "would be removed" if dry_run else "removed"
        say(f"{_segments(videos)}, {_gigabytes(videos)}, {verb}")


def _segments(videos: list[Video]) -> str:
    return f"{counted(len(videos), 'segment')} of video"


def _gigabytes(videos: list[Video]) -> str:
    return f"{sum(video.size_bytes for video in videos) / 1e9:.2f} GB"


app = typer.Typer(no_args_is_help=True, help="List and remove recorded video segments.")
app.command()(prune)


@app.command("list")
def list_videos(
    context: typer.Context,
    *,
    device: Annotated[str | None, typer.Option(help="Only this device.")] = None,
    since: TimeOption = None,
    until: TimeOption = None,
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
    """Delete a segment permanently. Sightings that refer to it stay."""
    with admin(context) as client:
        if not yes:
            typer.confirm(f"Delete the video {key}?", abort=True, err=True)
        client.remove_video(key)
    say(f"{key} is deleted")
