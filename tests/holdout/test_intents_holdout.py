"""Utterances of author T3 with what was asked last, never trained or tuned on; public labels. The floor lies a little under what was measured."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import yaml

from classifier import runtime
from common.settings import ROOT

TEXTS = Path(__file__).parent / "intents_t3.jsonl"


def test_intents_of_an_unseen_author() -> None:
    fine = yaml.safe_load((ROOT / "nlu_data/intent_map.yml").read_text(encoding="utf-8"))["fine"]
    rows = [json.loads(line) for line in TEXTS.read_text(encoding="utf-8").splitlines()]
    model, right = runtime.load(), 0
    for row in rows:
        mass: Counter[str] = Counter()
        for score in model.intent(row["text"], row["context"]):
            mass[fine.get(score.name, score.name)] += score.probability
        right += mass.most_common(1)[0][0] == row["intent"]
    print(f"intents T3: {right}/{len(rows)} = {right / len(rows):.3f}")
    assert len(rows) == 480
    assert right / len(rows) >= 0.925
