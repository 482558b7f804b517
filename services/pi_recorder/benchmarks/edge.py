"""Measure the cost of a visit and the time to its name, in the modes ``track`` and ``interval``.

The recorder runs unchanged, on a clip at its own pace, against a recognizer in a process of its own
with the demo's people enrolled. For the demo clip, names are compared with the people who are
really shown. ``make bench-edge`` calls this; ``CLIP=`` names another video.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from pi_recorder.capture.cameras.demo import demo_clip
from pi_recorder.settings.values import RecognitionMode
from services.pi_recorder.benchmarks.edge_recognizer import local_recognizer
from services.pi_recorder.benchmarks.edge_run import Run, film
from services.pi_recorder.benchmarks.edge_stages import StageCost, stage_costs
from services.pi_recorder.benchmarks.edge_truth import Outcome, judged, usable_from

_MODES = RecognitionMode.TRACK, RecognitionMode.INTERVAL


def main(
    clip: Annotated[Path | None, typer.Option(help="A video; the demo clip if not given.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON for programs.")] = False,
) -> None:
    """Film a clip in both modes, and print their costs and results."""
    path = clip or demo_clip()
    usable = {} if clip else usable_from(path)
    runs, outcomes = [], {}
    with local_recognizer() as (url, token):
        for mode in _MODES:
            run = film(path, mode, url, token)
            runs.append(run)
            outcomes[mode] = [] if clip else judged(run, usable)
    stages = stage_costs(path)
    if as_json:
        typer.echo(_as_json(runs, outcomes, stages))
    else:
        _show(runs, outcomes, stages)


def _as_json(
    runs: Sequence[Run], outcomes: dict[RecognitionMode, list[Outcome]], stages: list[StageCost]
) -> str:
    modes = {
        run.mode.value: {
            **asdict(run.summary()),
            "shown": [asdict(outcome) for outcome in outcomes[run.mode]],
        }
        for run in runs
    }
    found = {"modes": modes, "stages": [asdict(stage) for stage in stages]}
    return json.dumps(found, indent=2)


def _show(
    runs: Sequence[Run], outcomes: dict[RecognitionMode, list[Outcome]], stages: list[StageCost]
) -> None:
    console = Console(highlight=False)
    console.print(_costs(runs))
    for mode, shown in outcomes.items():
        if shown:
            console.print(_names(mode, shown))
    table = Table("stage", "ms of one core, median", "95th", "frames", title="on the device")
    for stage in stages:
        table.add_row(
            stage.name, f"{stage.median_ms:.1f}", f"{stage.p95_ms:.1f}", str(stage.frames)
        )
    console.print(table)


def _costs(runs: Sequence[Run]) -> Table:
    table = Table("mode", "visits", "requests", "a visit", "first usable frame to its first line")
    for run in runs:
        sums = run.summary()
        table.add_row(
            run.mode.value,
            str(sums.visits),
            str(sums.requests),
            f"{sums.requests / max(1, sums.visits):.1f} (most {sums.most_requests})",
            _latency(sums.latency_median_s, sums.latency_p95_s),
        )
    return table


def _names(mode: RecognitionMode, shown: Sequence[Outcome]) -> Table:
    table = Table("shown", "visits", "requests", "name", "usable to named", title=f"mode {mode}")
    for one in shown:
        latency = "none" if one.latency_s is None else f"{one.latency_s * 1000:.0f} ms"
        who = f"{one.start_s:.1f} s  {one.label or 'unknown person'}"
        table.add_row(who, str(one.visits), str(one.requests), one.result, latency)
    return table


def _latency(median_s: float | None, p95_s: float | None) -> str:
    if median_s is None or p95_s is None:
        return "none"
    return f"median {median_s * 1000:.0f} ms, 95th {p95_s * 1000:.0f} ms"


if __name__ == "__main__":
    typer.run(main)
