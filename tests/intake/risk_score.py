"""How much danger the screen hears, and how often it starts for nothing; prints shares only, never a text.

``python -m tests.intake.risk_score [--model DIR] [--authors A2 A5] [--held-back] [FILE …]`` — default: the blind set
``tests/holdout/risk_t1.jsonl``. Thresholds (``model`` in ``knowledge/risk_cues.yml``) are set on texts the model has not learned from:
authors left out of its training (``--authors`` with the model folder of the honest run), or ``--held-back``, the six in a hundred
authored texts that the shipped model never reads. They are never set on the blind set.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import knowledge
from classifier import runtime
from classifier.splits import is_calibration_text
from common.payloads import UNNAMED_RISK, RiskAssessment
from intake.safety import ModelRisk, Screen
from knowledge.models import RiskBook

ROOT = Path(__file__).resolve().parents[2]
BLIND = ROOT / "tests/holdout/risk_t1.jsonl"
AUTHORED = ROOT / "classifier/corpus/authored"
Row = dict[str, Any]


@dataclass(frozen=True)
class Shares:
    """Of the texts of one level: stopped by cues alone, stopped by cues and model (R2 or R3), heard (stopped, or asked about)."""

    texts: int
    by_cues: float
    stopped: float
    heard: float


def read(paths: Iterable[Path]) -> list[Row]:
    return [json.loads(line) for path in paths for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def model_risks(rows: Sequence[Row], classifier: runtime.Classifier) -> list[ModelRisk]:
    return [ModelRisk.of(prediction.risk) for prediction in classifier.predict_many([row["text"] for row in rows])]


def shares(rows: Sequence[Row], risks: Sequence[ModelRisk], book: RiskBook) -> dict[str, Shares]:
    """By level, and ``R2+`` for R2 and R3 together."""
    screen = Screen(book)
    alone = [screen.assess(row["text"]) for row in rows]
    joint = [screen.assess(row["text"], risk) for row, risk in zip(rows, risks, strict=True)]
    chosen = {level: [i for i, row in enumerate(rows) if row["risk"] == level] for level in ("R0", "R1", "R2", "R3")}
    chosen["R2+"] = chosen["R2"] + chosen["R3"]
    return {
        level: Shares(
            len(places),
            sum(alone[i].level.rank >= 2 for i in places) / len(places),
            sum(joint[i].level.rank >= 2 for i in places) / len(places),
            sum(_heard(joint[i]) for i in places) / len(places),
        )
        for level, places in chosen.items()
        if places
    }


def _heard(found: RiskAssessment) -> bool:
    return found.level.rank >= 2 or any(cue.category == UNNAMED_RISK for cue in found.cues)


def table(name: str, found: dict[str, Shares]) -> str:
    lines = [f"{name}: level, texts, stopped by cues alone, stopped by cues and model, stopped or asked"]
    lines += [f"  {level:3} {s.texts:5} {s.by_cues:6.1%} {s.stopped:6.1%} {s.heard:6.1%}" for level, s in found.items()]
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else None)
    parser.add_argument("files", nargs="*", type=Path)
    parser.add_argument("--model", type=Path, default=None)
    parser.add_argument("--authors", nargs="*", default=[])
    parser.add_argument("--held-back", action="store_true")
    given = parser.parse_args()
    book, classifier = knowledge.load().risk, runtime.load(given.model)
    sets: dict[str, list[Row]] = {path.stem: read([path]) for path in given.files}
    if given.authors or given.held_back:
        rows = read(sorted(AUTHORED.glob("*.jsonl")))
        sets |= {author: [row for row in rows if row["author"] == author] for author in given.authors}
        if given.held_back:
            sets["held back"] = [row for row in rows if is_calibration_text(row["id"])]
    for name, rows in (sets or {BLIND.stem: read([BLIND])}).items():
        print(table(f"{name}, model {classifier.version}", shares(rows, model_risks(rows, classifier), book)))


if __name__ == "__main__":
    main()
