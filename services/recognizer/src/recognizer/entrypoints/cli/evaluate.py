"""``recognizer eval``: measures a model's accuracy on a folder of labelled pictures."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TaskID, TextColumn, TimeRemainingColumn
from rich.progress import Progress as Bars

from facecore.models.catalogue import DEFAULT_EMBEDDER
from recognizer.entrypoints.cli.output import AsJson, InputRefused, say, table

if TYPE_CHECKING:  # at run time it would load the models' runtime
    from facecore.evaluation.run import Evaluation

STOPPED = 130
"""Exit code after Ctrl-C, as in shells."""

Folder = Annotated[
    Path,
    typer.Argument(
        help="Holds one folder of pictures per person, as LFW does; LFW's pairs files are used."
    ),
]
Model = Annotated[str, typer.Option(help="Name of the model, from `facecore models list`.")]
Seed = Annotated[int, typer.Option(min=0, help="Seed of the random draws.")]


def evaluate(
    folder: Folder,
    *,
    out: Annotated[Path, typer.Option(help="Folder of the report.")] = Path("evaluation"),
    model: Model = DEFAULT_EMBEDDER,
    robustness: Annotated[
        bool, typer.Option("--robustness", help="Also measure on corrupted pictures.")
    ] = False,
    seed: Seed = 1,
    as_json: AsJson = False,
) -> None:
    """Measure verification and open-set identification; write a report.

    Ctrl-C stops it. Results so far stay in the cache, and the same command continues from there.
    The report is MODEL_ID.json and MODEL_ID.html in the folder --out.
    """
    if find_spec("matplotlib") is None:
        raise InputRefused("the report's plots need matplotlib: pip install 'recognizer[eval]'")
    # Imported here: only this command needs the models' runtime, which takes a second.
    from facecore.evaluation import run  # noqa: PLC0415 - see the line above
    from facecore.evaluation.page import to_html  # noqa: PLC0415 - see above
    from facecore.evaluation.run import to_json  # noqa: PLC0415 - see above

    with progress_bar() as progress, run.measured(folder, model, progress) as subject:
        result = run.evaluate(subject, seed=seed, robustness=robustness, progress=progress)
    out.mkdir(parents=True, exist_ok=True)
    (out / f"{result.model}.json").write_bytes(to_json(result))
    (out / f"{result.model}.html").write_text(to_html(result))
    if as_json:
        typer.echo(to_json(result))
    else:
        _show(result)
        say(f"The report is in {out / result.model}.html and .json.")


@contextmanager
def progress_bar() -> Iterator[Callable[[str, int, int], None]]:
    """Yield a callback that draws a progress bar for each stage. Ctrl-C ends the command."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Bars(
        *columns, TimeRemainingColumn(), console=Console(stderr=True), transient=True
    ) as bars:
        tasks: dict[str, TaskID] = {}

        def draw(what: str, done: int, total: int) -> None:
            if what not in tasks:
                tasks[what] = bars.add_task(what, total=total or None)
            bars.update(tasks[what], completed=done, total=total or None)

        try:
            yield draw
        except KeyboardInterrupt:
            Console(stderr=True).print("stopped; the same command continues from here")
            raise typer.Exit(STOPPED) from None


def _show(result: Evaluation) -> None:
    for one in result.verification:
        rates = ", ".join(
            f"{tar.rate:.4f} at {tar.at_false_accepts:.1%}" for tar in one.true_accepts
        )
        say(
            f"{one.protocol}: accuracy {one.accuracy:.4f} ± {one.standard_error:.4f} "
            f"(folds differ by {one.deviation:.4f}), true accepts {rates} false accepts"
        )
    headings = (
        "people",
        "photos",
        "unknown people named",
        "known named",
        "of accepted",
        "misidentified",
    )
    rows = [
        (
            one.people,
            one.photos,
            f"{one.unknown_people.named_wrong} of {one.unknown_people.probes}",
            f"{1 - one.false_negative_rate:.2%}",
            f"{1 - one.missed_of_accepted:.2%}",
            one.known.named_wrong,
        )
        for one in result.identification
    ]
    table(headings, rows, "nobody has enough pictures for enrolment and a probe")
    wrong = sum(one.known.named_wrong + one.unknown_people.named_wrong for one in result.robustness)
    if result.robustness:
        say(f"misidentifications over {len(result.robustness)} levels of corruption: {wrong}")
