"""Verification: do two pictures show one person? Accuracy over folds, and the ROC curve.

Terms are those of LFW's papers: a true accept is a pair of one person that is accepted, a false
accept is a pair of two people that is accepted. Accuracy and standard error follow LFW's protocol
(see ``dataset``).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from facecore.evaluation.dataset import Pair, Protocol
from facecore.evaluation.faces import Faces

Values = NDArray[np.float64]
Truth = NDArray[np.bool_]

FALSE_ACCEPTS = (0.01, 0.001)
"""Rates of false accepts for which true accepts are reported."""

_NO_FACE = -1.0
"""Similarity of a pair with a picture without a face: it counts as two people."""


@dataclass(frozen=True, slots=True)
class TrueAccepts:
    """Rate of true accepts at a rate of false accepts, and its threshold."""

    at_false_accepts: float
    rate: float
    threshold: float


@dataclass(frozen=True, slots=True)
class Roc:
    """The receiver operating characteristic: both rates for falling thresholds."""

    thresholds: Values
    false_accepts: Values
    true_accepts: Values


@dataclass(frozen=True, slots=True)
class Verification:
    """The result of one protocol.

    Attributes:
        without_face: pairs with a picture without a face; they count as two people.
        accuracy: mean over the tested folds.
        standard_error: standard error of that mean; 0 for a fixed split.
        deviation: standard deviation of the folds' accuracies.
        equal_error: equal error rate, where false accepts are as frequent as false rejects.
        wrong: the wrong decisions at the fold's threshold: both pictures' names, and whether they
            show one person.

    """

    protocol: str
    pairs: int
    without_face: int
    accuracy: float
    standard_error: float
    deviation: float
    threshold: float
    area_under_curve: float
    equal_error: float
    true_accepts: tuple[TrueAccepts, ...]
    curve: tuple[tuple[float, float], ...]
    wrong: tuple[tuple[str, str, bool], ...]


def verify(protocol: Protocol, faces: Faces) -> Verification:
    """Accept or reject every pair of a protocol, with thresholds from the other folds."""
    similar = [np.array([similarity(pair, faces) for pair in fold]) for fold in protocol.folds]
    truth = [np.array([pair.same for pair in fold]) for fold in protocol.folds]
    tried = [len(protocol.folds) - 1] if protocol.fixed else list(range(len(protocol.folds)))
    accuracies, limits, wrong = [], [], []
    for fold in tried:
        rest = [other for other in range(len(protocol.folds)) if other != fold]
        limit = best_threshold(
            *(np.concatenate([part[o] for o in rest]) for part in (similar, truth))
        )
        right = (similar[fold] >= limit) == truth[fold]
        accuracies.append(float(right.mean()))
        limits.append(limit)
        wrong += [protocol.folds[fold][n] for n in np.flatnonzero(~right)]
    curve = roc(
        np.concatenate([similar[fold] for fold in tried]),
        np.concatenate([truth[fold] for fold in tried]),
    )
    deviation = float(np.std(accuracies))
    return Verification(
        protocol=protocol.name,
        pairs=sum(len(protocol.folds[fold]) for fold in tried),
        without_face=sum(int((similar[fold] == _NO_FACE).sum()) for fold in tried),
        accuracy=float(np.mean(accuracies)),
        standard_error=deviation / len(tried) ** 0.5,
        deviation=deviation,
        threshold=float(np.mean(limits)),
        area_under_curve=area_under(curve),
        equal_error=equal_error(curve),
        true_accepts=tuple(true_accepts_at(curve, rate) for rate in FALSE_ACCEPTS),
        curve=thinned(curve),
        wrong=tuple((pair.first.name, pair.second.name, pair.same) for pair in wrong),
    )


def similarity(pair: Pair, faces: Faces) -> float:
    """Return the cosine of a pair's faces; -1 if a picture has none."""
    first, second = faces[pair.first], faces[pair.second]
    if first is None or second is None:
        return _NO_FACE
    return float(first.embedding.vector @ second.embedding.vector)


def best_threshold(similar: Values, same: Truth) -> float:
    """Return the threshold with the fewest errors, in the middle between two similarities.

    Args:
        similar: cosines (N,).
        same: whether each pair shows one person (N,).

    """
    order = np.argsort(similar)
    values, truth = similar[order], same[order]
    # Errors if the first n pairs are rejected: pairs of one person among them, pairs of two after.
    below = np.concatenate([[0], np.cumsum(truth)])
    above = (~truth).sum() - np.concatenate([[0], np.cumsum(~truth)])
    cut = int(np.argmin(below + above))
    if cut == len(values):
        return float(np.nextafter(values[-1], np.inf))
    return float(values[0] if cut == 0 else (values[cut - 1] + values[cut]) / 2)


def roc(similar: Values, same: Truth) -> Roc:
    """Return both rates, using each occurring similarity as threshold."""
    order = np.argsort(-similar, kind="stable")
    values, truth = similar[order], same[order]
    last = np.append(np.flatnonzero(np.diff(values)), len(values) - 1)
    accepted = np.cumsum(truth)[last] / max(truth.sum(), 1)
    mistaken = np.cumsum(~truth)[last] / max((~truth).sum(), 1)
    return Roc(values[last], mistaken, accepted)


def area_under(curve: Roc) -> float:
    """Return the area under the curve."""
    across = np.concatenate([[0.0], curve.false_accepts])
    return float(np.trapezoid(np.concatenate([[0.0], curve.true_accepts]), across))


def equal_error(curve: Roc) -> float:
    """Return the equal error rate, where false accepts and false rejects are nearest."""
    rejects = 1 - curve.true_accepts
    nearest = int(np.argmin(np.abs(rejects - curve.false_accepts)))
    return float(rejects[nearest] + curve.false_accepts[nearest]) / 2


def true_accepts_at(curve: Roc, rate: float) -> TrueAccepts:
    """Return the highest rate of true accepts with at most this rate of false accepts."""
    allowed = np.flatnonzero(curve.false_accepts <= rate)
    if not len(allowed):
        return TrueAccepts(rate, 0.0, float(np.nextafter(curve.thresholds[0], np.inf)))
    best = int(allowed[-1])
    return TrueAccepts(rate, float(curve.true_accepts[best]), float(curve.thresholds[best]))


def thinned(curve: Roc, points: int = 200) -> tuple[tuple[float, float], ...]:
    """Return the curve with at most this many points, dense where false accepts are rare."""
    wanted = np.geomspace(1e-5, 1, points)
    indices = np.unique(np.searchsorted(curve.false_accepts, wanted, side="right") - 1)
    kept: Sequence[int] = [int(index) for index in indices if index >= 0]
    return tuple((float(curve.false_accepts[p]), float(curve.true_accepts[p])) for p in kept)
