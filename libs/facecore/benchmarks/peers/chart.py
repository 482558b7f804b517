"""The comparison as a picture for a README: time, start and memory, each against the yardstick."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Final

from matplotlib.figure import Figure

from libs.facecore.benchmarks.peers.results import Comparison, Measured

_PANELS: Final[tuple[tuple[str, Callable[[Measured], float], str], ...]] = (
    ("640 x 480 JPEG to names (ms, median)", lambda one: one.median_ms, "{:.0f}"),
    ("start to first answer (s)", lambda one: one.start_s, "{:.1f}"),
    ("memory (MB)", lambda one: one.memory_mb, "{:.0f}"),
    ("installed, with models (MB)", lambda one: one.installed_mb, "{:.0f}"),
)
_OURS, _OTHERS = "#2f7d4f", "#9aa3ad"


def draw(comparison: Comparison, file: Path, *, threads: int) -> None:
    """Write an SVG or PNG of the measurements with so many threads."""
    shown = [one for one in comparison.measured if one.threads == threads][::-1]
    figure = Figure(figsize=(9.6, 0.55 * len(shown) * 2 + 1.3), layout="constrained")
    for axes, (title, value, text) in zip(figure.subplots(2, 2).flat, _PANELS, strict=True):
        values = [value(one) for one in shown]
        colours = [_OURS if one.name.startswith("ours") else _OTHERS for one in shown]
        bars = axes.barh([_label(one) for one in shown], values, color=colours)
        axes.bar_label(bars, [text.format(value) for value in values], padding=3, fontsize="small")
        axes.set_title(title, fontsize="medium", loc="left")
        axes.margins(x=0.15)
        axes.tick_params(axis="y", labelsize="small", length=0)
        axes.set_xticks([])
        axes.spines[["top", "right", "bottom"]].set_visible(False)
    figure.suptitle(
        f"{threads} threads, {comparison.machine}", fontsize="small", x=0.99, ha="right"
    )
    figure.savefig(file)


def _label(one: Measured) -> str:
    names = one.names
    return f"{one.name}\n{names.right} of {names.enrolled} named, {names.wrong} wrong"
