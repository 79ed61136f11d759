"""The models to beat, on the same texts: an n-gram linear model, a TextCNN, and Rasa's stock jieba + DIET.

``baseline.json`` in the model folder keeps their answers to the texts that no training read (``python -m classifier.training.baselines``
writes it after training each on what the shipped model was trained on), so that ``jiefen evaluate`` compares without torch or Rasa.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from classifier.evaluate import Figures, Record, figures

Answers = dict[str, dict[str, list[str]]]  # text id → head → labels, best first
FILE = "baseline.json"
RESAMPLES = 4000


@dataclass(frozen=True)
class Margin:
    """How much better the shipped model is than a baseline: difference of accuracies with a 95 % paired bootstrap interval."""

    name: str
    texts: int
    difference: float
    low: float
    high: float

    def __str__(self) -> str:
        return f"{self.name}: {self.difference * 100:+.1f} points ({self.low * 100:+.1f} … {self.high * 100:+.1f}), {self.texts} texts"


def read_answers(model_dir: Path) -> dict[str, Answers]:
    """Answers by baseline; empty when the file is not there."""
    path = model_dir / FILE
    found: dict[str, Answers] = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    return found


def write_answers(model_dir: Path, name: str, answers: Answers) -> None:
    """Put one baseline's answers beside the others'."""
    (model_dir / FILE).write_text(json.dumps({**read_answers(model_dir), name: answers}, separators=(",", ":")) + "\n", encoding="utf-8")


def baseline_figures(
    name: str, answers: Answers, rows: Sequence[Record], heads: dict[str, tuple[str, ...]], set_name: str
) -> Figures | None:
    """One row of the table. Texts the baseline was not asked are left out; None when it knows none of them."""
    rows = [row for row in rows if row.get("id") in answers]
    if not rows:
        return None
    scores: dict[str, Any] = {}
    for head, labels in heads.items():
        scores[head] = np.zeros((len(rows), len(labels)), dtype=np.float32)
        for i, row in enumerate(rows):
            for rank, label in enumerate(answers[row["id"]].get(head, [])):
                scores[head][i, labels.index(label)] = 1.0 / (rank + 1)
    made = figures(scores, rows, heads, f"{set_name} — {name}", 0.0)
    nothing = float("nan")
    heads_known = {head for answer in answers.values() for head in answer}
    silent: dict[str, Any] = {"route_of_surest": nothing}
    if "route" not in heads_known:  # a baseline of types alone
        silent |= {"subtype": nothing, "route_acceptable": nothing, "severe_recall": nothing, "false_alarms": nothing}
    return replace(made, calibration_error=nothing, **silent)


def margin(name: str, answers: Answers, rows: Sequence[Record], own: Sequence[str], seed: int = 7) -> Margin | None:
    """Difference of type accuracy on the same texts.

    Args:
        own: the shipped model's type for every row.
    """
    both = [
        (mine == row["dispute_type"], answers[row["id"]]["type"][0] == row["dispute_type"])
        for row, mine in zip(rows, own, strict=True)
        if row.get("id") in answers
    ]
    if not both:
        return None
    gained: NDArray[np.int64] = np.array([int(a) - int(b) for a, b in both])
    rng = np.random.default_rng(seed)
    drawn = gained[rng.integers(0, len(gained), (RESAMPLES, len(gained)))].mean(axis=1)
    low, high = np.percentile(drawn, [2.5, 97.5])
    return Margin(name, len(both), float(gained.mean()), float(low), float(high))
