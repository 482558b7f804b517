"""The report's plots as SVG. They need matplotlib, from the extra ``eval``."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from io import StringIO

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from facecore.evaluation.identification import Counts, Identification
from facecore.evaluation.robustness import LevelResult
from facecore.evaluation.verification import Verification

_BANDS: tuple[tuple[str, str, Callable[[Counts], int]], ...] = (
    ("right name", "#2f7d4f", lambda counts: counts.named_right),
    ("uncertain", "#e0b64b", lambda counts: counts.uncertain),
    ("unknown", "#b9bec6", lambda counts: counts.unknown),
    ("refused", "#6b7280", lambda counts: counts.refused),
    ("wrong name", "#c0392b", lambda counts: counts.named_wrong),
)


def roc(verified: Sequence[Verification]) -> str:
    """Plot true accepts against false accepts, on a logarithmic scale."""
    figure, axes = _figure("false accepts", "true accepts")
    for one in verified:
        false, true = ([point[axis] for point in one.curve] for axis in (0, 1))
        axes.plot(false, true, label=one.protocol)
    axes.set_xscale("log")
    axes.set_ylim(0.8, 1.002)
    return _svg(figure)


def trade_off(identified: Sequence[Identification], photos: int) -> str:
    """Plot FNIR against FPIR, one line for each gallery size; a dot marks the current threshold."""
    figure, axes = _figure("unknown people named (FPIR)", "known people not named (FNIR)")
    for one in (one for one in identified if one.photos == photos):
        points = [(named, missed) for _, named, missed in one.curve if named > 0]
        named, missed = ([point[axis] for point in points] for axis in (0, 1))
        (line,) = axes.plot(named, missed, label=f"{one.people} people")
        axes.plot(one.false_positive_rate, one.false_negative_rate, "o", color=line.get_color())
    axes.set_xscale("symlog", linthresh=1e-4)
    axes.axvline(0.001, color="#999", linewidth=0.8, linestyle="--")
    axes.set_xlim(0, 0.1)
    axes.set_ylim(bottom=0)
    return _svg(figure)


def bands(results: Sequence[LevelResult]) -> str:
    """Plot the decisions about enrolled people at each level of one corruption."""
    figure, axes = _figure(f"{results[0].corruption} ({results[0].unit})", "of the enrolled people")
    names = [f"{one.level:g}" for one in results]
    below = [0.0] * len(results)
    for label, colour, part in _BANDS:
        shares = [part(one.known) / max(one.known.probes, 1) for one in results]
        axes.bar(names, shares, bottom=below, color=colour, label=label)
        below = [low + share for low, share in zip(below, shares, strict=True)]
    return _svg(figure)


def _figure(across: str, up: str) -> tuple[Figure, Axes]:
    figure = Figure(figsize=(6.2, 4.0), layout="constrained")
    axes = figure.subplots()
    axes.set_xlabel(across)
    axes.set_ylabel(up)
    axes.grid(visible=True, alpha=0.3)
    axes.set_axisbelow(True)
    return figure, axes


def _svg(figure: Figure) -> str:
    """Return the figure as an ``svg`` element for a page, without the XML prolog."""
    figure.legend(loc="outside lower center", ncols=3, fontsize="small", frameon=False)
    file = StringIO()
    figure.savefig(file, format="svg")
    svg = file.getvalue()
    return svg[svg.index("<svg") :]
