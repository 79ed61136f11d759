"""Anything in any order: words, buttons, edits, danger. The engine answers, stays JSON-safe, and files only what the backend takes."""

from __future__ import annotations

import json
import os
import random
from functools import cache
from typing import Any

import pytest
import yaml

from backend.services.filing import CaseFiling
from common.enums import RiskLevel
from common.payloads import Prediction, to_json
from common.settings import ROOT
from tests.intake.talk import Talk, engine, known
from tests.intake.talk_helpers import ENQUIRY, LEAK, LOAN, PENALTY, RECEIPT, UNSURE, WAGES, prediction

SEEDS = int(os.environ.get("JIEFEN_MONKEY_SEEDS", "80"))
BUTTONS = [
    *("yes", "no", "skip", "handoff", "safe", "danger", "resume", "continue", "statement", "restart", "cancel", "status", "new_case"),
    *("edit", "none", "LD", "WY", "home_visit", "1", "", "ask_law", "x" * 50, "submit"),
]
PREDICTIONS: list[Prediction | None] = [
    *(WAGES, LEAK, LOAN, UNSURE, PENALTY, ENQUIRY, None),
    *(prediction(("XY", 0.9), subtype="XY01"), prediction(("HY", 0.8), subtype="HY08", route="JJ")),
]
EDITS: list[dict[str, Any]] = [
    *(
        {"amount": "三万"},
        {"amount": None},
        {"amount": -5},
        {"contact_phone": "x"},
        {"nope": 1},
        {"dispute_type": "ZZ"},
        {"dispute_type": "HY"},
    ),
    *({"when": ""}, {"narrative": "a"}, {"people": 0}, {"claim": ["a"]}, {"handling_mode": "home_visit"}, {"contact_name": "张" * 100}),
]


@cache
def utterances() -> list[tuple[str, str]]:
    """What three authors wrote, with its intent."""
    found = []
    for path in sorted((ROOT / "nlu_data/nlu").glob("*.yml")):
        content = yaml.load(path.read_text(encoding="utf-8"), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
        found += [(example["text"], path.stem) for example in content["nlu"][0]["examples"]]
    return found


def step(talk: Talk, chance: random.Random) -> None:
    roll = chance.random()
    if roll < 0.6:
        text, intent = chance.choice(utterances())
        intent = intent if chance.random() < 0.8 else chance.choice(utterances())[1]
        risk = chance.choice([RiskLevel.R0] * 12 + [RiskLevel.R1, RiskLevel.R2, RiskLevel.R3])
        given = {"intent": intent, "intent_probability": chance.random() ** 0.4, "prediction": chance.choice(PREDICTIONS)}
        talk.say(text, risk=risk, **given)
    elif roll < 0.85:
        offered = [choice.value for choice in talk.reply.choices]
        value = chance.choice(offered) if offered and chance.random() < 0.6 else chance.choice(BUTTONS)
        risk = chance.choice([RiskLevel.R0] * 5 + [RiskLevel.R2])
        talk.press(value, chance.choice(["", "继续", "我老公昨天打我了我要离婚"]), risk=risk)
    else:
        talk.edit(**chance.choice(EDITS))


@pytest.mark.parametrize("seed", range(SEEDS))
def test_anything_in_any_order(seed: int) -> None:
    chance, talk = random.Random(seed), Talk(understood=False)
    for _ in range(chance.randint(4, 22)):
        step(talk, chance)
        json.dumps(talk.state.to_dict())
        json.dumps(to_json(talk.reply))
        assert engine().resume(talk.state).reply.text.strip(), talk.told()
        if talk.turn.action == "file":
            body = json.loads(json.dumps(engine().filing_body(talk.state)))
            assert CaseFiling.model_validate(body).facts(known(), None).dispute_type in known().types
            talk.file(RECEIPT if chance.random() < 0.8 else None)
