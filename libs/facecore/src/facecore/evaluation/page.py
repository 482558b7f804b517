"""The HTML report for readers: one self-contained file, with its plots as SVG.

The plots need matplotlib, from the extra ``eval``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from html import escape
from io import StringIO
from itertools import groupby

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from facecore.evaluation.identification import Counts, Identification
from facecore.evaluation.robustness import LevelResult
from facecore.evaluation.run import Evaluation
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


_STYLE = """
:root { color-scheme: light; }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
table { border-collapse: collapse; margin: 1rem 0; font-size: .9rem; }
th, td { padding: .25rem .7rem; border-bottom: 1px solid #ddd; text-align: right; }
th:first-child, td:first-child { text-align: left; }
.charts { display: grid; grid-template-columns: repeat(auto-fit, minmax(22rem, 1fr)); gap: 1rem; }
.wide { overflow-x: auto; }
svg { width: 100%; max-width: 34rem; height: auto; }
"""


def to_html(evaluation: Evaluation) -> str:
    """Return the report as an HTML page."""
    title = f"{evaluation.model} on {evaluation.dataset}"
    body = "\n".join(_parts(evaluation))
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{escape(title)}</title>'
        f"<style>{_STYLE}</style></head><body><h1>{escape(title)}</h1>\n{body}\n</body></html>\n"
    )


def _parts(evaluation: Evaluation) -> Iterator[str]:
    gates, limits = evaluation.gates, evaluation.thresholds
    refused = ", ".join(f"{n} {reason}" for reason, n in gates.refused.items()) or "none"
    yield _text(
        f"{gates.pictures:,} pictures of {gates.people:,} people. No face in "
        f"{gates.without_face}; refused: {refused}; refused for enrolment: {gates.not_enrolled}. "
        f"Thresholds: match {limits.match}, uncertain {limits.uncertain}, margin {limits.margin}."
    )
    yield "<h2>Verification: one person or two?</h2>"
    yield _verification(evaluation.verification)
    yield f'<div class="charts">{roc(evaluation.verification)}</div>'
    yield "<h2>Identification: who is it?</h2>"
    yield _text(
        "Some people are enrolled, everybody else is unknown. Each other picture is one probe. "
        "FNIR: share of the probes of enrolled people that did not get their own name, first of "
        "all probes, then of those that the quality gate accepts. FPIR: share of the probes of "
        "unknown people that were named. The dots show the current thresholds."
    )
    yield _known(evaluation.identification)
    yield _unknown_people(evaluation.identification)
    photos = sorted({one.photos for one in evaluation.identification})
    drawn = "".join(
        f"<div><h3>photos each: {n}</h3>{trade_off(evaluation.identification, n)}</div>"
        for n in photos
    )
    yield f'<div class="charts">{drawn}</div>'
    if evaluation.robustness:
        yield "<h2>Robustness: corrupted pictures</h2>"
        yield from _robustness(evaluation.robustness)


def _verification(verified: Sequence[Verification]) -> str:
    return _table(
        ("protocol", "pairs", "accuracy", "standard error", "TAR at FAR 1 %", "0.1 %", "EER"),
        (
            (
                one.protocol,
                one.pairs,
                f"{one.accuracy:.4f}",
                f"{one.standard_error:.4f}",
                *(f"{tar.rate:.4f}" for tar in one.true_accepts),
                f"{one.equal_error:.4f}",
            )
            for one in verified
        ),
    )


def _known(identified: Sequence[Identification]) -> str:
    return _table(
        ("people", "photos", "probes", "FNIR", "FNIR of accepted", *_SAID),
        (
            (
                one.people,
                one.photos,
                one.known.probes,
                f"{one.false_negative_rate:.4f}",
                f"{one.missed_of_accepted:.4f}",
                *_shares(one.known),
            )
            for one in identified
        ),
    )


def _unknown_people(identified: Sequence[Identification]) -> str:
    return _table(
        ("people", "photos", "probes of unknown people", "FPIR", "named", *_SAID[2:]),
        (
            (
                one.people,
                one.photos,
                one.unknown_people.probes,
                f"{one.false_positive_rate:.5f}",
                one.unknown_people.named_wrong,
                *_shares(one.unknown_people)[2:],
            )
            for one in identified
        ),
    )


_SAID = ("right", "wrong", "uncertain", "unknown", "refused")


def _shares(counts: Counts) -> tuple[str, ...]:
    parts = (
        counts.named_right,
        counts.named_wrong,
        counts.uncertain,
        counts.unknown,
        counts.refused,
    )
    return tuple(f"{part / max(counts.probes, 1):.2%}" for part in parts)


def _robustness(results: Sequence[LevelResult]) -> Iterator[str]:
    for name, group in groupby(results, key=lambda one: one.corruption):
        rows = list(group)
        yield f"<h3>{escape(name)} ({escape(rows[0].unit)})</h3>"
        yield bands(rows)
        yield _level_table(rows)


def _level_table(results: Sequence[LevelResult]) -> str:
    return _table(
        ("level", *_SAID, "unknown people named", "refused because"),
        (
            (
                f"{one.level:g}",
                *_shares(one.known),
                one.unknown_people.named_wrong,
                ", ".join([f"no face {one.without_face}", *map(_reason, one.reasons.items())]),
            )
            for one in results
        ),
    )


def _reason(item: tuple[str, int]) -> str:
    return f"{item[0]} {item[1]}"


def _table(headings: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    head = "".join(f"<th>{escape(heading)}</th>" for heading in headings)
    body = "".join(
        f"<tr>{''.join(f'<td>{escape(str(value))}</td>' for value in row)}</tr>" for row in rows
    )
    rows_of = f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody>"
    return f'<div class="wide"><table>{rows_of}</table></div>'


def _text(words: str) -> str:
    return f"<p>{escape(words)}</p>"
