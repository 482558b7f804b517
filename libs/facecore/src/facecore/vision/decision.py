"""Apply the thresholds: decide whether a face is a match, uncertain or unknown."""

from __future__ import annotations

from dataclasses import dataclass

from facecore.contract import Decision
from facecore.models.catalogue import Thresholds


@dataclass(frozen=True, slots=True)
class Match:
    """The decision about one face.

    Attributes:
        decision: match, uncertain or unknown.
        label: the person, for a match only.
        nearest: the nearest person, whatever the decision; None in an empty gallery.
        similarity: cosine to the nearest person; None in an empty gallery.
        margin: how far the second person lies behind; None if there is no second.

    """

    decision: Decision
    label: str | None
    nearest: str | None
    similarity: float | None
    margin: float | None


_NOBODY = Match(Decision.UNKNOWN, label=None, nearest=None, similarity=None, margin=None)


def decide(
    limits: Thresholds, first: tuple[str, float] | None, second: tuple[str, float] | None
) -> Match:
    """Apply the thresholds to the nearest two people of a face, each with their similarity."""
    if first is None:
        return _NOBODY
    label, similarity = first
    margin = None if second is None else similarity - second[1]
    if similarity < limits.uncertain:
        return Match(Decision.UNKNOWN, None, label, similarity, margin)
    too_close = margin is not None and margin < limits.margin
    if similarity < limits.match or too_close:
        return Match(Decision.UNCERTAIN, None, label, similarity, margin)
    return Match(Decision.MATCH, label, label, similarity, margin)


def once_each(matches: list[Match]) -> list[Match]:
    """Keep each label at its most similar face only."""
    keeper: dict[str, int] = {}
    ranked = sorted(range(len(matches)), key=lambda face: -(matches[face].similarity or 0.0))
    for face in ranked:
        label = matches[face].label
        if label is not None:
            keeper.setdefault(label, face)
    return [
        match if match.label is None or keeper[match.label] == face else _uncertain(match)
        for face, match in enumerate(matches)
    ]


def _uncertain(match: Match) -> Match:
    return Match(Decision.UNCERTAIN, None, match.nearest, match.similarity, match.margin)
