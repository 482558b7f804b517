"""Show the live page's status in a terminal, redrawn a few times a second."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from facecore.contract import PartState
from facecore.text import sanitize
from pi_recorder.cli.display import STYLES
from pi_recorder.events.formatting import count_visits
from pi_recorder.operation.status import Face, Part, Status, Today

_FRAMES_A_SECOND = 4
_LINES = 12
_PART_STYLES = {PartState.AWAY: "red", PartState.PAUSED: "yellow", PartState.STARTING: "dim"}


@contextmanager
def terminal_view(console: Console, status: Callable[[], Status]) -> Iterator[None]:
    """Redraw the status until the block ends, and leave the last one on the screen."""
    with Live(
        console=console,
        refresh_per_second=_FRAMES_A_SECOND,
        get_renderable=lambda: drawn(status()),
        redirect_stdout=False,
        redirect_stderr=False,
    ):
        yield


def drawn(status: Status) -> RenderableType:
    """Render the status."""
    return Group(
        Panel(_now(status.faces), title="in view", title_align="left", border_style="dim"),
        Panel(_today(status.today), title="today", title_align="left", border_style="dim"),
        Panel(
            _health(status), title=sanitize(status.device), title_align="left", border_style="dim"
        ),
    )


def _now(faces: tuple[Face, ...]) -> RenderableType:
    if not faces:
        return Text("nobody", style="dim")
    return Text("\n").join(_face(face) for face in faces)


def _face(face: Face) -> Text:
    if face.person is None:
        return Text(face.state.value, style=STYLES[face.state])
    line = Text(sanitize(face.person.name), style=f"bold {STYLES[face.state]}")
    facts = "  ".join(f"{fact.name}={fact.value}" for fact in face.person.facts)
    if face.similarity is not None:
        line.append(f"  similarity {face.similarity:.2f}", style="not bold default")
    return line.append(sanitize(f"  {facts}"), style="not bold dim")


def _today(today: Today) -> RenderableType:
    table = Table.grid(padding=(0, 2), expand=True)
    table.add_column(ratio=1)
    for visitor in today.visitors[:_LINES]:
        best = visitor.best_similarity
        table.add_row(
            Text(sanitize(visitor.person.name)),
            count_visits(visitor.visits),
            f"{_clock(visitor.first_seen)} to {_clock(visitor.last_seen)}",
            "" if best is None else f"{best:.2f}",
        )
    left = max(0, len(today.visitors) - _LINES) + today.not_listed
    more = f"{left} more people, " if left else ""
    unknown = Text(f"{more}{today.unknown} unknown, {today.uncertain} uncertain", style="dim")
    return Group(table, unknown)


def _health(status: Status) -> RenderableType:
    table = Table.grid(padding=(0, 2))
    table.add_row("camera", _part(status.camera))
    table.add_row("recognition", _part(status.recognition))
    table.add_row("uploads", _part(status.uploads))
    median, p95 = status.latency.median_s, status.latency.p95_s
    if median is not None and p95 is not None:
        late = f", {status.latency.late} late" if status.latency.late else ""
        table.add_row("latency", f"median {median:.2f} s, 95th percentile {p95:.2f} s{late}")
    if disk := status.disk:
        queued = f"{disk.queued} segments, {disk.queued_bytes / 1e6:.1f} MB"
        table.add_row("waiting", f"{queued}; {disk.free_bytes / 1e9:.1f} GB free")
    if status.notices:
        latest = status.notices[0]
        table.add_row("notice", Text(f"{_clock(latest.at)}  {latest.text}"))
    return table


def _part(part: Part) -> Text:
    why = f": {part.reason}" if part.reason else ""
    return Text(sanitize(f"{part.state}{why}"), style=_PART_STYLES.get(part.state, "green"))


def _clock(at: datetime) -> str:
    return f"{at.astimezone():%H:%M}"
