"""How long Lambda works for one recognition: median and 95th percentile of the real handler.

``--output`` keeps the measurement where ``recognizer cost`` finds it.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from recognizer.cost.invocation import Measurement, measure


def main(
    runs: Annotated[int, typer.Option(min=20, help="So many recognitions.")] = 100,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON for programs.")] = False,
    output: Annotated[Path | None, typer.Option(help="Write the JSON here too.")] = None,
) -> None:
    """Measure one recognition of a 640x480 picture with one known face, on one thread."""
    found = measure(runs)
    text = found.model_dump_json(indent=2)
    if output:
        output.write_text(text + "\n", encoding="utf-8")
    if as_json:
        typer.echo(text)
    else:
        _show(found)


def _show(found: Measurement) -> None:
    console = Console(highlight=False)
    console.print(f"{found.measured_on}, {found.machine}, Python {found.python}", markup=False)
    console.print(
        f"one recognition: median {found.median_ms} ms, 95th percentile {found.p95_ms} ms "
        f"({found.runs} runs, {found.threads} thread)\n"
        f"one announcement of a video: median {found.announcement_ms} ms\n"
        f"start: {found.start_ms} ms; memory: {found.memory_mb} MB; "
        f"log: {found.log_bytes} bytes; answer: {found.answer_bytes} bytes"
    )


if __name__ == "__main__":
    typer.run(main)
