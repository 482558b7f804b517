"""Part of ``speed``: its report as tables."""

from __future__ import annotations

from rich.console import Console
from rich.table import Table

from services.recognizer.benchmarks.speed_results import Pipeline, Report, Spread

_STAGES = ("decode", "detect", "align", "embed", "match", "record")


def show(report: Report) -> None:
    """Print the whole report."""
    console = Console(highlight=False, width=110)
    console.print(
        f"{report.measured_on}, {report.machine}, Python {report.python}, {report.model}",
        markup=False,
    )
    for table in (
        _answers(report),
        _stages(report),
        _arithmetic(report),
        _starts(report),
        _loads(report),
    ):
        console.print(table)
    if report.installed_mb is not None:
        console.print(f"installed: {report.installed_mb} MB")


def _answers(report: Report) -> Table:
    columns = ("frames", "threads", "median", "95th", "processor", "named")
    table = _table("From a JPEG's bytes to the answer, ms", *columns)
    for one in report.pipelines:
        times = (one.answer.median, one.answer.p95, one.cpu_ms)
        cells = [f"{ms:.1f}" for ms in times]
        table.add_row(one.frames, str(one.threads), *cells, _named(one))
    return table


def _stages(report: Report) -> Table:
    table = _table("Its stages: median, ms", "frames", "threads", *_STAGES)
    for one in report.pipelines:
        spreads: list[Spread] = [getattr(one, stage) for stage in _STAGES]
        cells = [f"{spread.median:.1f}" for spread in spreads]
        table.add_row(one.frames, str(one.threads), *cells)
    return table


def _named(one: Pipeline) -> str:
    return f"{one.named} of {one.known}, {one.misnamed} wrong"


def _arithmetic(report: Report) -> Table:
    columns = ("threads", "GFLOP/s of a matrix product", "GFLOP: detector", "embedder")
    table = _table("Arithmetic of the median frame", *columns, "ms", "of the answer")
    for one in report.arithmetic:
        table.add_row(
            str(one.threads),
            f"{one.product_gflops:.0f}",
            f"{one.detector_gflop:.2f}",
            f"{one.embedder_gflop:.2f}",
            f"{one.floor_ms:.1f}",
            f"{one.share:.0%}",
        )
    return table


def _starts(report: Report) -> Table:
    columns = ("how", "threads", "median s", "worst s", "processor s", "memory MB")
    table = _table("Start to first answer, new processes", *columns)
    for one in report.starts:
        seconds = (f"{value:.2f}" for value in (one.median_s, one.worst_s, one.cpu_s))
        table.add_row(one.how, str(one.threads), *seconds, str(one.memory_mb))
    return table


def _loads(report: Report) -> Table:
    columns = ("clients", "requests", "failed", "a second", "median ms", "95th", "99th")
    table = _table("One process over HTTP", *columns)
    for one in report.loads:
        spread = (one.answer.median, one.answer.p95, one.answer.p99)
        counts = (str(one.clients), str(one.requests), str(one.failed))
        table.add_row(*counts, f"{one.per_second:.1f}", *(f"{ms:.0f}" for ms in spread))
    return table


def _table(title: str, *columns: str) -> Table:
    table = Table(title=title, title_justify="left")
    for number, column in enumerate(columns):
        table.add_column(column, justify="right" if number else "left")
    return table
