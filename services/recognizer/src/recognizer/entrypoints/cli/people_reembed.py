"""``people reembed``: embeds photos again with the current model, in the store itself."""

from __future__ import annotations

import typer
from rich.console import Console
from rich.progress import Progress

from facecore.contract import AuditAction, AuditDetail
from recognizer.domain.clock import utc_now
from recognizer.entrypoints.cli.connection import DataDir, settings_of_existing
from recognizer.entrypoints.cli.output import REFUSED, AsJson, counted, json_text, table
from recognizer.entrypoints.cli.people_folder import Refusal
from recognizer.use_cases.audit_trail import AT_THE_STORE, AuditTrail


def reembed(
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Embed photos again that another model embedded. It can be stopped and run again.

    It changes the store that RECOGNIZER_STORE names: a data folder on this machine, or a
    deployment's tables in AWS. It uses the model that RECOGNIZER_MODEL names. A server may be
    running.
    """
    # Imported here: only this command of the group needs the models' runtime (a second).
    from recognizer.bootstrap import load_vision, open_stores  # noqa: PLC0415 - see the line above
    from recognizer.use_cases.reembedding import reembed as steps  # noqa: PLC0415 - see above

    settings = settings_of_existing(data_dir)
    vision = load_vision(settings)
    stores = open_stores(settings)
    left: list[Refusal] = []
    done = 0
    try:
        trail = AuditTrail(stores.audit, utc_now)
        again = AuditAction.PHOTOS_EMBEDDED_AGAIN
        with (
            trail.noting(AT_THE_STORE, again, None) as note,
            Progress(console=Console(stderr=True)) as progress,
        ):
            task = progress.add_task(f"Embedding with {vision.model_id}", total=None)
            for step in steps(vision, stores.faces):
                progress.update(task, completed=step.done, total=step.total)
                if step.problem is None:
                    done += 1
                else:
                    name = f"{step.photo.label}/{step.photo.id}"
                    left.append(Refusal(name, "not_embedded", step.problem))
            note.detail = AuditDetail(photos=done)
    finally:
        stores.close()
    _show(done, left, as_json=as_json)


def _show(done: int, left: list[Refusal], *, as_json: bool) -> None:
    if as_json:
        typer.echo(json_text({"embedded": done, "left": left}))
    else:
        rows = [(refusal.path, refusal.detail) for refusal in left]
        table(("not embedded", "why"), rows, f"{counted(done, 'photo')} embedded, none left")
    if left:
        raise typer.Exit(REFUSED)
