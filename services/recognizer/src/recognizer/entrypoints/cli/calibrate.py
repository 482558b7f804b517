"""``recognizer calibrate``: thresholds from pictures, or a review of the enrolled people."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from facecore.models.catalogue import embedder
from recognizer.domain.thresholds_setting import ThresholdsSetting
from recognizer.entrypoints.cli.connection import DataDir, settings_for, settings_of_existing
from recognizer.entrypoints.cli.evaluate import Seed, progress_bar
from recognizer.entrypoints.cli.output import (
    REFUSED,
    AsJson,
    counted,
    json_text,
    outdated,
    say,
    table,
    warn,
)

if TYPE_CHECKING:  # at run time it would load the models' runtime
    from facecore.evaluation.calibration import Calibration
    from recognizer.use_cases.gallery_review import GalleryReview, OddPhoto, PoorPhoto


def calibrate(
    folder: Annotated[
        Path | None,
        typer.Argument(
            help="Holds one folder of pictures per person. Without it, the enrolled people are "
            "reviewed."
        ),
    ] = None,
    *,
    model: Annotated[
        str | None, typer.Option(help="Name of the model; by default that of RECOGNIZER_MODEL.")
    ] = None,
    gallery: Annotated[
        list[str] | None,
        typer.Option(
            help="Gallery size: people x photos of each. Repeat it for several sizes; the rates "
            "then hold for each. Default: 100x3."
        ),
    ] = None,
    false_positives: Annotated[
        float,
        typer.Option(min=1e-6, max=0.5, help="Maximum share of unknown people that are named."),
    ] = 0.001,
    unknown: Annotated[
        float,
        typer.Option(min=0, max=0.5, help="Maximum share of known people decided as unknown."),
    ] = 0.02,
    seed: Seed = 1,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Derive thresholds from labelled pictures, or review the enrolled people.

    With FOLDER, print the thresholds that keep both rates in galleries of the given sizes, and
    the setting that applies them. Without FOLDER, warn of look-alikes, and of photos that are
    poor, unlike the person's other photos, or embedded by another model. The exit code is then 1.
    """
    if folder is not None:
        name = model or settings_for(data_dir).model
        found = _calibrate_from_pictures(
            folder,
            name,
            galleries=gallery or ["100x3"],
            false_positives=false_positives,
            unknown=unknown,
            seed=seed,
        )
        if as_json:
            typer.echo(json_text(found))
        else:
            _show_thresholds(found)
    else:
        _review_enrolled(data_dir, model, as_json=as_json)


def _calibrate_from_pictures(
    folder: Path,
    model: str,
    *,
    galleries: Sequence[str],
    false_positives: float,
    unknown: float,
    seed: int,
) -> Calibration:
    # Imported here, since the models' runtime takes a second to load.
    from facecore.evaluation import calibration, run  # noqa: PLC0415 - see the line above

    sizes = [calibration.GallerySize(*_gallery_size(text)) for text in galleries]
    with progress_bar() as progress, run.measured(folder, model, progress) as subject:
        return calibration.calibrate(
            subject.model.id,
            subject.by_person,
            sizes,
            false_positives=false_positives,
            unknown=unknown,
            seed=seed,
        )


def _gallery_size(text: str) -> tuple[int, int]:
    found = re.fullmatch(r"([0-9]{1,9})x([0-9]{1,9})", text)
    if found is None or int(found[1]) <= 1 or int(found[2]) == 0:
        raise typer.BadParameter(
            f"{text!r} is no gallery size; give people x photos, such as 100x3"
        )
    return int(found[1]), int(found[2])


def _show_thresholds(found: Calibration) -> None:
    rows = [
        (
            f"{one.gallery.people} x {one.gallery.photos}",
            f"{one.false_positive_rate:.3%} of {one.unknown_people}",
            f"{1 - one.false_negative_rate:.2%} of {one.known}",
            one.named_wrong,
            f"{one.known_unknown_rate:.2%}",
        )
        for one in found.rates
    ]
    table(
        (
            "people x photos",
            "unknown people named",
            "known named",
            "misidentified",
            "known as unknown",
        ),
        rows,
        "",
    )
    say(f"RECOGNIZER_THRESHOLDS={ThresholdsSetting(found.model, found.thresholds)}")


def _review_enrolled(data_dir: Path | None, model: str | None, *, as_json: bool) -> None:
    from recognizer.bootstrap import open_stores  # noqa: PLC0415 - it loads the models' runtime
    from recognizer.use_cases.gallery_review import review  # noqa: PLC0415 - see above

    settings = settings_of_existing(data_dir)
    entry, own = embedder(model or settings.model), settings.thresholds
    limits = own.thresholds if own is not None and own.are_of(entry.id) else entry.thresholds
    stores = open_stores(settings)
    try:
        snapshot = stores.faces.snapshot(entry.id, entry.dimension)
        photos = [p for label in sorted(set(snapshot.labels)) for p in stores.faces.list(label)]
    finally:
        stores.close()
    found = review(snapshot, photos, limits)
    if as_json:
        typer.echo(json_text(found))
    else:
        _show_review(found)
    if not found.well:
        raise typer.Exit(REFUSED)


def _show_review(found: GalleryReview) -> None:
    for pair in found.look_alikes:
        warn(
            f"{pair.first} and {pair.second} look alike (similarity {pair.similarity:.2f}): one "
            "may be recognised as the other, or neither may be named"
        )
    for photo in found.odd:
        warn(
            f"a photo of {photo.label} is unlike the person's other photos (similarity "
            f"{photo.similarity:.2f}): is it the same person? {_how_to_remove(photo)}"
        )
    for poor in found.poor:
        warn(
            f"a photo of {poor.label} would be refused today ({', '.join(poor.reasons)}): add a "
            f"better one; {_how_to_remove(poor)}"
        )
    if found.outdated:
        warn(f"{outdated(found.outdated)}; run `recognizer people reembed`")
    if found.single:
        people = counted(len(found.single), "person has", "people have")
        say(f"{people} only one photo; with three photos, a person is recognised more often")
    say(
        f"{counted(found.people, 'person', 'people')}, {counted(found.photos, 'photo')}, "
        f"{counted(len(found.look_alikes), 'pair')} of look-alikes, "
        f"{counted(len(found.odd), 'odd photo')}, {counted(len(found.poor), 'poor photo')}"
    )


def _how_to_remove(photo: OddPhoto | PoorPhoto) -> str:
    return f"DELETE /v1/people/{photo.label}/photos/{photo.photo} removes it"
