"""Part of ``speed``: a chart of an answer's stages, as an SVG file for the README."""

from __future__ import annotations

from io import StringIO
from typing import Final

from matplotlib import rc_context
from matplotlib.figure import Figure

from services.recognizer.benchmarks.speed_results import Pipeline, Report

_STAGES: Final = {
    "decode": "#b9bec6",
    "detect": "#3b6ea5",
    "align": "#8fb3d9",
    "embed": "#2f7d4f",
    "match": "#e0b64b",
    "record": "#6b7280",
}


def stages(report: Report) -> str:
    """Draw a bar of the stages' medians for each set of frames and number of threads."""
    figure = Figure(figsize=(7.2, 0.36 * len(report.pipelines) + 1.3), layout="constrained")
    axes = figure.subplots()
    names = [_name(one) for one in report.pipelines]
    ends = [0.0] * len(names)
    for stage, colour in _STAGES.items():
        widths = [getattr(one, stage).median for one in report.pipelines]
        axes.barh(names, widths, left=ends, color=colour, label=stage, height=0.7)
        ends = [end + width for end, width in zip(ends, widths, strict=True)]
    for row, one in enumerate(report.pipelines):
        axes.text(ends[row], row, f"  {one.answer.median:.0f} ms", va="center", fontsize="small")
    axes.invert_yaxis()
    axes.set_xlabel("milliseconds from the JPEG's bytes to the answer, median")
    axes.margins(x=0.1)
    axes.spines[["top", "right"]].set_visible(False)
    figure.legend(loc="outside lower center", ncols=len(_STAGES), fontsize="small", frameon=False)
    return _svg(figure)


def _name(one: Pipeline) -> str:
    return f"{one.frames}, {one.threads} thread{'s' if one.threads > 1 else ''}"


def _svg(figure: Figure) -> str:
    """Return the SVG. Equal numbers give equal bytes, so that a commit shows real changes."""
    file = StringIO()
    with rc_context({"svg.hashsalt": "speed"}):
        figure.savefig(file, format="svg", facecolor="white", metadata={"Date": None})
    return "\n".join(line.rstrip() for line in file.getvalue().splitlines()) + "\n"
