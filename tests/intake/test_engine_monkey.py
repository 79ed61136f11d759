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
from common.payloads import Prediction, StoryPart, to_json
from common.settings import ROOT
from tests.intake.talk import Talk, engine, known
from tests.intake.talk_helpers import ENQUIRY, LEAK, LOAN, PENALTY, RECEIPT, UNSURE, WAGES, prediction

SEEDS = int(os.environ.get("JIEFEN_MONKEY_SEEDS", "80"))
BUTTONS = [
    *("yes", "no", "skip", "handoff", "safe", "danger", "resume", "continue", "statement", "restart", "cancel", "status", "new_case"),
    *("two", "one", "first", "m1", "m2", "m9", "next_matter", "leave_matter", f"withdraw:{RECEIPT['number']}", "withdraw:x"),
    *("edit", "none", "LD", "WY", "home_visit", "1", "", "ask_law", "x" * 50, "submit"),
]
PREDICTIONS: list[Prediction | None] = [
    *(WAGES, LEAK, LOAN, UNSURE, PENALTY, ENQUIRY, None),
    *(prediction(("XY", 0.9), subtype="XY01"), prediction(("HY", 0.8), subtype="HY08", route="JJ")),
]
PARTS: list[tuple[StoryPart, ...]] = [
    (StoryPart("老板欠我三个月工资，", "LD", "LD01", "LW", WAGES), StoryPart("我租的房子房东又不退押金两千", "FW", "FW01", "RM")),
    (
        StoryPart("我被打成轻伤二级派出所立案了，", "SH", None, "JJ"),
        StoryPart("楼上漏水，", "LL", "LL02", "RM", LEAK),
        StoryPart("另外老李借我两万", "JD", "JD01"),
    ),
    (StoryPart("楼上漏水把我家泡了", "LL", "LL02"),),
    (),
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
    *({"m1_amount": "五千"}, {"m2_counterparty": "房东王姐", "contact_name": "何静"}, {"m7_amount": "一万"}, {"m2_dispute_type": "HY"}),
    *({"when": ""}, {"narrative": "a"}, {"people": 0}, {"claim": ["a"]}, {"handling_mode": "home_visit"}, {"contact_name": "张" * 100}),
]


SPLITTING = [
    "分开办吧",
    "合在一起",
    "先办押金的",
    "工资的先不管",
    "押金改成三千",
    "还是合在一起办吧",
    "还是分开办",
    "第二件不办了",
    "金额改成三千",
    "工资一万八，押金两千",
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
        given["parts"] = chance.choice(PARTS) if chance.random() < 0.4 else ()
        if chance.random() < 0.15:
            text = chance.choice(SPLITTING)
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
            bodies = json.loads(json.dumps(engine().filing_bodies(talk.state)))
            assert bodies
            assert len({body["narrative"] for body in bodies.values()}) == 1
            for body in bodies.values():
                assert CaseFiling.model_validate(body).facts(known(), None).dispute_type in known().types
            cases = max(1, len(talk.state.matters))
            receipts = [{**RECEIPT, "number": f"{RECEIPT['number'][:-1]}{i}"} for i in range(1, cases + 1)]
            if chance.random() < 0.15:
                half = [receipt if i == 0 and cases > 1 else None for i, receipt in enumerate(receipts)]
                talk.turn = engine().refused(talk.state, "填得不对", half)
                talk.state, talk.reply = talk.turn.state, talk.turn.reply
            else:
                talk.file(*(receipt if chance.random() < 0.8 else None for receipt in receipts))
