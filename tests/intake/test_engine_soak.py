"""Residents from fact sheets, with random interruptions, corrections, skips and cancellations: nothing may be lost, repeated or silent."""

from __future__ import annotations

import os
import random
from dataclasses import dataclass, field
from typing import Any

import pytest

from common.payloads import Prediction, StoryPart
from tests.intake.talk import Talk, known
from tests.intake.talk_helpers import LEAK, LOAN, WAGES, prediction

SEEDS = int(os.environ.get("JIEFEN_SOAK_SEEDS", "60"))


@dataclass
class Resident:
    """Facts by slot: what is said when asked, and what must be filed."""

    story: str
    prediction: Prediction
    says: dict[str, str]
    filed: dict[str, Any]
    told: set[str] = field(default_factory=set)


SHEETS = [
    Resident(
        "我在宏远饭店当厨师，干完了老板不给工资",
        WAGES,
        {
            "counterparty": "宏远饭店的张宏",
            "when": "今年8月，在中兴路",
            "place": "中兴路",
            "amount": "一万一",
            "claim": "把工资结清",
            "contact_name": "王建军 13999221188",
            "contact_phone": "13999221188",
            "handling_mode": "上门吧",
        },
        {"amount": 11000, "when": "2026-08", "contact_phone": "13999221188", "contact_name": "王建军", "handling_mode": "home_visit"},
    ),
    Resident(
        "楼上漏水把我家天花板泡了",
        LEAK,
        {
            "counterparty": "楼上503的老王",
            "when": "上个月，天山路街道友谊小区",
            "place": "天山路街道友谊小区",
            "amount": "两万块",
            "claim": "让他修好",
            "contact_name": "我叫赵敏，电话13709901234",
            "contact_phone": "13709901234",
            "handling_mode": "去窗口",
        },
        {"amount": 20000, "when": "2026-10", "contact_phone": "13709901234", "contact_name": "赵敏", "handling_mode": "central"},
    ),
    Resident(
        "朋友借钱一直不还",
        LOAN,
        {
            "counterparty": "马志强",
            "when": "去年3月借的，在胜利路街道",
            "place": "胜利路街道",
            "amount": "三万二",
            "claim": "还钱就行",
            "contact_name": "刘洋，15199887766",
            "contact_phone": "15199887766",
            "handling_mode": "预约，下周三",
        },
        {"amount": 32000, "when": "2025-03", "contact_phone": "15199887766", "contact_name": "刘洋", "handling_mode": "appointment"},
    ),
    Resident(
        "健身房关门了，我年卡还剩八个月没用",
        prediction(("XF", 0.95), subtype="XF03", route="XH"),
        {
            "counterparty": "力搏健身房",
            "when": "上个月关的门，在昆仑路",
            "place": "昆仑路",
            "amount": "2800块",
            "claim": "把剩下的钱退给我",
            "contact_name": "孙悦 18899001122",
            "contact_phone": "18899001122",
            "handling_mode": "电话联系预约就行",
        },
        {"amount": 2800, "when": "2026-10", "contact_phone": "18899001122", "contact_name": "孙悦", "handling_mode": "appointment"},
    ),
]

INTERRUPTIONS: list[tuple[str, str]] = [
    ("为啥要问这个", "ask_why"),
    ("要钱吗", "ask_cost"),
    ("你是机器人吗", "ask_bot"),
    ("谢谢", "thanks"),
    ("等一下", "wait"),
    ("再说一遍", "repeat"),
    ("会不会泄露", "ask_privacy"),
    ("多久能办好", "ask_duration"),
    ("起诉要交多少钱", "ask_law"),
    ("我上次那个办到哪了", "ask_status"),
    ("滚", "insult"),
    ("ياردەم كېرەك", "other_language"),
    ("asdfgh", "inform"),
    ("今天天气咋样", "out_of_scope"),
    ("你好", "greet"),
    ("对方不来怎么办", "ask_effect"),
]


def converse(seed: int) -> tuple[Talk, Resident, list[str]]:
    chance = random.Random(seed)
    sheet = chance.choice(SHEETS)
    talk = Talk(understood=False)
    asked: list[str] = []
    skipped: set[str] = set()
    while talk.slot != "confirm":
        slot = talk.slot
        assert slot is not None, talk.told()
        assert len(talk.said) < 45, talk.told()
        roll = chance.random()
        if roll < 0.25:
            words, intent = chance.choice(INTERRUPTIONS)
            talk.say(words, intent=intent, intent_probability=0.95)
            if talk.turn.action == "none" and talk.state.stage.value == "open":
                assert talk.slot == slot, talk.told()
            continue
        if roll < 0.30 and slot not in ("consent", "safety"):
            talk.say("算了先不弄了")
            talk.say("继续")
            assert talk.slot == slot, talk.told()
            continue
        asked.append(slot)
        if slot == "consent":
            talk.say("同意")
        elif slot == "safety":
            talk.say("没有危险")
        elif slot == "narrative":
            talk.say(sheet.story, prediction=sheet.prediction)
        elif slot in sheet.says and (roll < 0.9 or slot in ("contact_name", "contact_phone")):
            talk.say(sheet.says[slot])
        else:
            skipped.add(slot)
            talk.say(chance.choice(["不知道", "跳过", "不想说"]))
    sheet.told = {"amount", "when", "contact_phone", "contact_name", "handling_mode"} - skipped
    if {"contact_name"} & skipped:
        sheet.told -= {"contact_phone"}
    return talk, sheet, asked


@pytest.mark.parametrize("seed", range(SEEDS))
def test_nothing_is_lost_repeated_or_silent(seed: int) -> None:
    talk, sheet, asked = converse(seed)
    assert len(asked) == len(set(asked)), f"asked again\n{talk.told()}"
    assert len(asked) <= 12, talk.told()
    for slot in sheet.told & set(asked):
        assert talk.value(slot) == sheet.filed[slot], f"{slot}\n{talk.told()}"
    talk.say("对")
    assert talk.turn.action == "file", talk.told()
    body = talk.turn.payload
    assert sheet.story in body["narrative"]
    assert body["dispute_type"] in known().types


TWO = (
    StoryPart("我在宏远饭店当厨师，干完了老板不给工资，", "LD", "LD01", "LW", WAGES),
    StoryPart("还有我租的房子房东不退押金", "FW", "FW01", "RM"),
)
EACH = (
    {"counterparty": "宏远饭店的张宏", "when": "今年8月，在中兴路", "place": "中兴路", "amount": "一万一", "claim": "把工资结清"},
    {"counterparty": "房东王姐", "when": "上个月，在南泉小区", "place": "南泉小区", "amount": "两千", "claim": "把押金退了"},
)
FILED = ({"amount": 11000, "when": "2026-08"}, {"amount": 2000, "when": "2026-10"})
SHARED = {"contact_name": "王建军 13999221188", "contact_phone": "13999221188", "handling_mode": "去窗口"}


@pytest.mark.parametrize("seed", range(SEEDS))
def test_two_disputes_with_interruptions_lose_and_repeat_nothing(seed: int) -> None:
    chance = random.Random(seed)
    talk = Talk(understood=False)
    asked: list[tuple[int, str]] = []
    skipped: set[tuple[int, str]] = set()
    story = "".join(part.text for part in TWO)
    talk.say(story, prediction=WAGES, parts=TWO)
    while talk.slot != "confirm":
        slot, at = talk.slot, talk.state.at
        assert slot is not None, talk.told()
        assert len(talk.said) < 60, talk.told()
        roll = chance.random()
        if roll < 0.25:
            words, intent = chance.choice(INTERRUPTIONS)
            talk.say(words, intent=intent, intent_probability=0.95)
            if talk.turn.action == "none" and talk.state.stage.value == "open":
                assert (talk.slot, talk.state.at) == (slot, at), talk.told()
            continue
        if roll < 0.32 and slot not in ("consent", "safety"):
            talk.say("算了先不弄了")
            talk.say("继续")
            assert (talk.slot, talk.state.at) == (slot, at), talk.told()
            continue
        asked.append((at if slot in EACH[0] or slot not in SHARED else 0, slot))
        if slot == "consent":
            talk.say("同意")
        elif slot == "safety":
            talk.say("没有危险")
        elif slot == "split":
            talk.say(chance.choice(["分开办吧", "好的", "两件都办"]))
        elif slot in SHARED:
            talk.say(SHARED[slot])
        elif slot in EACH[at] and roll < 0.85:
            talk.say(EACH[at][slot])
        else:
            skipped.add((at, slot))
            talk.say(chance.choice(["不知道", "跳过", "不想说"]))
    assert len(asked) == len(set(asked)), f"asked again\n{talk.told()}"
    talk.say("对")
    assert talk.turn.action == "file", talk.told()
    for at, body in enumerate(talk.turn.payload["filings"]):
        assert body["dispute_type"] == TWO[at].dispute_type
        assert story in body["narrative"]
        assert body["fields"]["contact_phone"] == "13999221188", talk.told()
        for slot, value in FILED[at].items():
            if (at, slot) in asked and (at, slot) not in skipped:
                assert body["fields"].get(slot) == value, f"{at} {slot}\n{talk.told()}"
