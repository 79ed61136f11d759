"""Figures of the shipped model on labelled texts: what ``jiefen evaluate`` prints. numpy and onnxruntime only.

A labelled file has one JSON object a line: ``text, dispute_type`` and, as far as known, ``secondary, subtype, route, acceptable, risk``.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from classifier.runtime import DISPUTE_HEADS, Classifier

Array = NDArray[np.float32]
Record = dict[str, Any]
AUTOMATIC = 0.88  # share of texts that are routed without a person; the surest by route
_HOLDOUT = Path(__file__).resolve().parents[1] / "tests/holdout"
# By an author who saw neither corpus nor rules; the second is the same with recognition and typing errors (training/make_noisy.py).
BENCHMARKS = {"author T2": _HOLDOUT / "classify_t2.jsonl", "author T2, noisy": _HOLDOUT / "classify_t2_noisy.jsonl"}


@dataclass(frozen=True)
class Figures:
    """One row of the table; shares between 0 and 1, ``nan`` where the texts lack that label."""

    name: str
    texts: int
    accuracy: float
    low: float
    high: float
    hits2: float
    macro_f1: float
    subtype: float
    route_acceptable: float
    severe_recall: float
    false_alarms: float
    calibration_error: float
    coverage: float
    covered_accuracy: float
    route_of_surest: float = float("nan")  # acceptable among the surest 88 % (the rest goes to people)


def read_labelled(path: Path) -> list[Record]:
    """Rows of a labelled JSONL file."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def evaluate(classifier: Classifier, rows: Sequence[Record], name: str) -> Figures:
    """Score the shipped model as residents would meet it."""
    scores = classifier.probabilities([classifier.tokenizer.clean(row["text"]) for row in rows])
    return figures(scores, rows, classifier.meta.heads, name, classifier.meta.abstain_below)


def figures(scores: dict[str, Array], rows: Sequence[Record], heads: dict[str, tuple[str, ...]], name: str, threshold: float) -> Figures:
    """Figures from probabilities by head (also used for the baseline, whose scores are margins made probabilities)."""
    truth = np.array([heads["type"].index(row["dispute_type"]) for row in rows])
    order = np.argsort(-scores["type"], axis=1, kind="stable")
    right = order[:, 0] == truth
    top = scores["type"].max(axis=1)
    kept = top >= threshold
    low, high = interval(int(right.sum()), len(right))
    severe_recall, false_alarms = _severe(scores["risk"], rows)
    return Figures(
        name=name,
        texts=len(rows),
        accuracy=float(right.mean()),
        low=low,
        high=high,
        hits2=float((order[:, :2] == truth[:, None]).any(axis=1).mean()),
        macro_f1=macro_f1(truth, order[:, 0]),
        subtype=_share([row.get("subtype") for row in rows], [{heads["subtype"][i]} for i in scores["subtype"].argmax(axis=1)]),
        route_acceptable=_acceptable(scores["route"], rows, heads["route"]),
        severe_recall=severe_recall,
        false_alarms=false_alarms,
        calibration_error=calibration_error(top, right),
        coverage=float(kept.mean()),
        covered_accuracy=float(right[kept].mean()) if kept.any() else float("nan"),
        route_of_surest=_surest_routes(scores["route"], rows, heads["route"]),
    )


def interval(right: int, total: int, z: float = 1.96) -> tuple[float, float]:
    """Wilson's 95 % interval of a share."""
    if not total:
        return 0.0, 1.0
    share = right / total
    middle = (share + z * z / (2 * total)) / (1 + z * z / total)
    half = z / (1 + z * z / total) * float(np.sqrt(share * (1 - share) / total + z * z / (4 * total * total)))
    return middle - half, middle + half


def macro_f1(truth: NDArray[np.int64], found: NDArray[np.int64]) -> float:
    """Mean F1 over the classes that occur in ``truth``."""
    each = []
    for label in np.unique(truth):
        hit = int(((truth == label) & (found == label)).sum())
        each.append(2 * hit / (int((truth == label).sum()) + int((found == label).sum())))
    return float(np.mean(each))


def calibration_error(top: Array, right: NDArray[np.bool_], bins: int = 15) -> float:
    """Expected calibration error, equal-width bins."""
    place = np.minimum((top * bins).astype(int), bins - 1)
    return float(
        sum(abs(float(top[place == b].mean() - right[place == b].mean())) * (place == b).sum() for b in np.unique(place)) / len(top)
    )


def _share(wanted: Sequence[str | None], found: Sequence[set[str]]) -> float:
    known = [(w, f) for w, f in zip(wanted, found, strict=True) if w]
    return sum(w in f for w, f in known) / len(known) if known else float("nan")


def _acceptable(scores: Array, rows: Sequence[Record], labels: tuple[str, ...]) -> float:
    known = [(labels[i], row) for i, row in zip(scores.argmax(axis=1), rows, strict=True) if row.get("route")]
    return sum(route in (row.get("acceptable") or [row["route"]]) for route, row in known) / len(known) if known else float("nan")


def _surest_routes(scores: Array, rows: Sequence[Record], labels: tuple[str, ...]) -> float:
    order = np.argsort(-scores.max(axis=1), kind="stable")[: max(1, round(AUTOMATIC * len(rows)))]
    return _acceptable(scores[order], [rows[i] for i in order], labels)


def _severe(scores: Array, rows: Sequence[Record]) -> tuple[float, float]:
    """Recall of R2+ and the share of R0/R1 texts called R2+, by the model alone (cue rules come on top)."""
    truth = np.array([row.get("risk") in ("R2", "R3") for row in rows])
    found = scores.argmax(axis=1) >= 2
    recall = float(found[truth].mean()) if truth.any() else float("nan")
    return recall, float(found[~truth].mean()) if (~truth).any() else float("nan")


def table(rows: Sequence[Figures]) -> str:
    """The figures as a Markdown table."""
    lines = [
        "| set | n | type acc. (95 %) | hits@2 | macro-F1 | subtype | route ok | … surest 88 % | R2+ recall | false alarms | ECE | coverage | acc. covered |",
        "|---|---|---|---|---|---|---|---|---|---|---|---|---|",
    ]
    for row in rows:
        part = [f"{value * 100:.1f}" for value in (row.hits2, row.macro_f1, row.subtype, row.route_acceptable, row.route_of_surest)]
        part += [f"{value * 100:.1f}" for value in (row.severe_recall, row.false_alarms)]
        part += [f"{row.calibration_error:.3f}", f"{row.coverage * 100:.0f}", f"{row.covered_accuracy * 100:.1f}"]
        part = ["–" if value == "nan" else value for value in part]
        accuracy = f"{row.accuracy * 100:.1f} ({row.low * 100:.1f}–{row.high * 100:.1f})"
        lines.append(f"| {row.name} | {row.texts} | {accuracy} | " + " | ".join(part) + " |")
    return "\n".join(lines)


def held_out_sets(questions: Path | None, corpus: Path) -> dict[str, list[Record]]:
    """The texts the shipped model never learned from, by the rules of :mod:`classifier.splits`."""
    from classifier.splits import is_calibration_text, is_dev_question

    sets: dict[str, list[Record]] = {}
    if questions is not None and questions.exists():
        sets["real questions (dev)"] = [row for row in read_labelled(questions) if is_dev_question(row["id"])]
    authored = [row for path in sorted(corpus.glob("*.jsonl")) for row in read_labelled(path)]
    sets["authored (held-out 6 %)"] = [row for row in authored if is_calibration_text(row["id"])]
    for name, file in BENCHMARKS.items():
        if file.exists():
            sets[name] = read_labelled(file)
    return sets


def report(classifier: Classifier, model_dir: Path, sets: dict[str, list[Record]]) -> str:
    """The whole answer of ``jiefen evaluate``: model and baselines for every set, and the margins with their intervals."""
    from classifier.baselines import baseline_figures, margin, read_answers

    rows: list[Figures] = []
    margins: list[str] = []
    others, heads = read_answers(model_dir), classifier.meta.heads
    dispute_heads = {head: heads[head] for head in DISPUTE_HEADS}
    for name, texts in sets.items():
        scores = classifier.probabilities([classifier.tokenizer.clean(row["text"]) for row in texts])
        rows.append(figures(scores, texts, heads, name, classifier.meta.abstain_below))
        own = [heads["type"][i] for i in scores["type"].argmax(axis=1)]
        for other, answers in others.items():
            beside = baseline_figures(other, answers, texts, dispute_heads, name)
            if beside is not None:
                rows.append(beside)
                margins.append(f"- {name}, against {margin(other, answers, texts, own)}")
    better = "\n\nType accuracy gained on the same texts (95 % paired bootstrap):\n" + "\n".join(margins) if margins else ""
    return f"model {classifier.version}\n\n{table(rows)}{better}"
