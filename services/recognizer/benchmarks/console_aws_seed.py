"""Part of ``console_aws``: the data of ``console``, a list of videos, and an audit log."""

from __future__ import annotations

from datetime import datetime, timedelta

from rich.console import Console
from rich.progress import Progress

from facecore.contract import (
    AuditAction,
    AuditDetail,
    AuditEntry,
    AuditOutcome,
    Video,
    VideoState,
)
from recognizer.domain.ports import Stores
from services.recognizer.benchmarks.console_seed import fill_stores
from services.recognizer.benchmarks.console_visits import CAMERAS, label_of, visits

PERSON = label_of(50)
_VIDEOS = 300
_ENTRIES = 200


def fill(stores: Stores, people: int, sightings: int, days: int, now: datetime) -> None:
    """Fill the stores, always with the same data."""
    with Progress(console=Console(stderr=True)) as bars:
        fill_stores(stores, people, visits(people, sightings, days, now), now, bars)
        for number in bars.track(range(_VIDEOS), description="videos"):
            stores.videos.announce(_video(number, now))
        for number in bars.track(range(_ENTRIES), description="audit log"):
            stores.audit.append(_entry(number, now))


def _video(number: int, now: datetime) -> Video:
    device = CAMERAS[number % len(CAMERAS)]
    return Video(
        key=f"vidinput/{device}/{number:04}.mp4",
        device=device,
        started_at=now - timedelta(minutes=number + 1),
        duration_ms=60_000,
        size_bytes=9_000_000,
        sha256=f"{number:064x}",
        state=VideoState.STORED,
    )


def _entry(number: int, now: datetime) -> AuditEntry:
    return AuditEntry(
        id=f"{number:032x}",
        at=now - timedelta(hours=number),
        actor="admin",
        via="session",
        action=AuditAction.PERSON_CHANGED,
        subject=label_of(number % 100),
        outcome=AuditOutcome.DONE,
        detail=AuditDetail(),
    )
