"""``people reembed``: works on the store itself, not through the server."""

from __future__ import annotations

import typer
from rich.console import Console
from rich.progress import Progress

from facecore.contract import AuditAction, AuditDetail
from recognizer.audit_trail import AT_THE_STORE, AuditTrail
from recognizer.cli.failures import REFUSED
from recognizer.cli.local_settings import DataDir, settings_of_existing
from recognizer.cli.output import AsJson, counted, json_text, table
from recognizer.cli.people_folder import Refusal
from recognizer.clock import utc_now


def reembed(
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Embed every photo again that another model embedded; can be stopped and run again.

    It works on the store that RECOGNIZER_STORE names, a data folder of this machine or a
    deployment's tables in AWS, with the model that RECOGNIZER_MODEL names; a server may be running.
    """
    # Here, for no other command of this group needs the models' runtime, which takes a second.
    from recognizer.bootstrap import load_vision, open_stores  # noqa: PLC0415 - see the line above
    from recognizer.reembedding import reembed as steps  # noqa: PLC0415 - see above

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
        table(("left as it was", "why"), rows, f"{counted(done, 'photo')} embedded, none left")
    if left:
        raise typer.Exit(REFUSED)
