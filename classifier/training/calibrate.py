"""Blend and temperature by maximum likelihood on held-out texts; expected calibration error; the abstention threshold."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from classifier.training.export import Blend

Array = NDArray[np.float32]


def log_softmax(logits: Array) -> Array:
    shifted = logits - logits.max(axis=1, keepdims=True)
    result: Array = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    return result


def fit_blend(network: Array, table: Array, targets: Array, weights: Array | None = None) -> Blend:
    """Find the two gains that make the held-out targets most likely (a temperature is their common size).

    Args:
        network, table: logits and margins (texts, classes) of the two halves on texts neither was trained on.
        targets: distributions (texts, classes).
        weights: how much each text counts.
    """
    from scipy.optimize import minimize

    importance = np.ones(len(targets)) if weights is None else weights

    def cost(gains: NDArray[np.float64]) -> float:
        each = -(targets * log_softmax(gains[0] * network + gains[1] * table)).sum(axis=1)
        return float((each * importance).sum() / importance.sum())

    best = min(
        (minimize(cost, start, method="L-BFGS-B", bounds=[(0.0, 4.0), (0.0, 40.0)]) for start in ((1.0, 3.0), (0.2, 8.0))),
        key=lambda found: found.fun,
    )
    return Blend(float(best.x[0]), float(best.x[1]))


def calibration_error(probabilities: Array, correct: NDArray[np.bool_], bins: int = 15) -> float:
    """Expected calibration error of the top label, equal-width bins."""
    top = probabilities.max(axis=1)
    place = np.minimum((top * bins).astype(int), bins - 1)
    gaps = [abs(top[place == b].mean() - correct[place == b].mean()) * (place == b).sum() for b in range(bins) if (place == b).any()]
    return float(sum(gaps) / len(top))


@dataclass(frozen=True)
class Coverage:
    """One point of the curve: with this threshold, this share is answered, and this share of the answered is right."""

    threshold: float
    coverage: float
    accuracy: float


def coverage_curve(probabilities: Array, correct: NDArray[np.bool_], weights: Array | None = None) -> list[Coverage]:
    """Points at every per cent of the threshold."""
    top = probabilities.max(axis=1)
    importance = np.ones(len(top)) if weights is None else weights
    points = []
    for threshold in np.arange(0.0, 1.0, 0.01):
        kept = top >= threshold
        if kept.any():
            mass = importance[kept]
            points.append(
                Coverage(float(threshold), float(mass.sum() / importance.sum()), float((correct[kept] * mass).sum() / mass.sum()))
            )
    return points


def choose_threshold(curve: list[Coverage], accuracy: float = 0.85, least_coverage: float = 0.88) -> Coverage:
    """The lowest threshold whose answers are right often enough; never one that leaves more than 12 % to people or a question."""
    allowed = [point for point in curve if point.coverage >= least_coverage]
    good = [point for point in allowed if point.accuracy >= accuracy]
    return good[0] if good else allowed[-1]
