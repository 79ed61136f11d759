"""The page to take along: what stands on it, in which order, where it can be had, and what is left off."""

from __future__ import annotations

from typing import Any

import pytest

from common.enums import ConversationState
from tests.intake.talk import Talk, engine

STORY = "我在宏达建筑劳务公司的工地上干了三个月木工，一个月四千五，老板一直说月底给，到现在一分没见着。"
RECEIPT = {"number": "KLMY-20261127-000001", "tracking_code": "AB2CD34E"}
# Only what the resident may sign: nothing of the assistant's own voice, nothing promised.
NEVER = ("您", "我帮您", "保证", "一定能", "打包票")


def told() -> Talk:
    """A story at the card, with a name to sign with and a sum."""
    talk = Talk(understood=False)
    for words in ("同意", "没有危险", STORY):
        talk.say(words)
    for _ in range(14):
        if talk.slot == "confirm":
            return talk
        answers = {"contact_name": "王建国", "claim": "把三个月工资结清", "place": "胜利路街道", "when": "今年8月"}
        talk.say(answers.get(talk.slot or "", "跳过"))
    raise AssertionError(talk.slot)


def card(talk: Talk) -> dict[str, Any]:
    assert talk.reply.card is not None
    assert talk.reply.card["kind"] == "statement"
    return talk.reply.card


def values(card: dict[str, Any]) -> dict[str, str]:
    return {line["slot"]: line["value"] for line in card["lines"]}


def test_at_the_card_the_page_is_a_button_and_the_question_stays_open() -> None:
    talk = told()
    assert "statement" in [choice.value for choice in talk.reply.choices]
    talk.press("statement")
    page = card(talk)
    assert values(page)["narrative"] == STORY
    assert values(page)["contact_name"] == "王建国"
    assert values(page)["claim"] == "把三个月工资结清"
    assert talk.slot == "confirm"
    assert talk.reply.state is ConversationState.CONFIRMING
    talk.press("yes")
    assert talk.turn.action == "file"


def test_who_comes_first_and_the_particulars_before_the_story() -> None:
    talk = told()
    talk.press("statement")
    slots = [line["slot"] for line in card(talk)["lines"]]
    assert slots[:2] == ["contact_name", "contact_phone"]
    assert slots.index("counterparty") < slots.index("narrative") < slots.index("claim")
    assert not {"handling_mode", "appointment", "adult"} & set(slots)


def test_what_was_not_told_of_the_parties_is_left_open_to_be_written_in() -> None:
    talk = told()
    talk.press("statement")
    assert values(card(talk))["contact_phone"] == ""
    assert "amount" not in values(card(talk)) or values(card(talk))["amount"]


@pytest.mark.parametrize(
    ("words", "wanted"),
    [
        ("帮我整理一份说明", True),
        ("能打印一份情况说明吗", True),
        ("我想要一份书面的", True),
        ("给我下载成word文档", True),
        ("他给我写了一份说明", False),
        ("老板让我写一份说明才给钱", False),
    ],
)
def test_the_page_can_be_asked_for_in_words_after_filing(words: str, wanted: bool) -> None:
    talk = told()
    talk.press("yes")
    talk.file(RECEIPT)
    assert "statement" in [choice.value for choice in talk.reply.choices]
    talk.say(words)
    assert (talk.reply.card is not None and talk.reply.card["kind"] == "statement") is wanted
    assert talk.reply.state is ConversationState.FILED


def test_the_page_for_another_door_names_it_and_what_to_bring() -> None:
    talk = Talk(understood=False)
    for words in ("同意", "没有", "交警队给我开的罚单我不服，罚了二百，去年10月的事"):
        talk.say(words)
    assert talk.reply.state is ConversationState.REDIRECTED
    shown = talk.reply.card
    assert shown is not None
    talk.press("statement")
    page = card(talk)
    assert [door["name"] for door in page["doors"]] == [door["name"] for door in shown["doors"]]
    assert page["bring"] == shown["bring"] != []
    assert "dispute_type" not in values(page) or "非调解" not in values(page)["dispute_type"]


def test_nothing_on_it_is_in_the_assistants_voice() -> None:
    talk = told()
    talk.press("statement")
    page = card(talk)
    own = [*page["notes"], *(line["label"] for line in page["lines"]), page["title"]]
    for text in own:
        assert not any(word in text for word in NEVER), text
    assert any("不是法律意见" in note for note in page["notes"])


def test_the_draft_holds_the_page_once_there_is_one() -> None:
    talk = Talk(understood=False)
    talk.say("同意")
    assert "statement" not in engine().draft(talk.state)
    talk = told()
    assert engine().draft(talk.state)["statement"]["title"] == "情况说明"
    talk.press("cancel")
    assert engine().draft(talk.state)["statement"]["kind"] == "statement"


def test_two_matters_stand_apart_on_one_page_with_what_they_share_once() -> None:
    talk = Talk()
    story = "我在宏达建筑公司干活，老板欠我三个月工资一万三千五不给。另外我租的房子退了，房东张丽扣着押金两千不退。"
    for words in ("同意", "没有危险", story):
        talk.say(words)
    assert talk.slot == "split"
    talk.press("two")
    for _ in range(20):
        if talk.slot == "confirm":
            break
        talk.say({"contact_name": "王建国", "contact_phone": "13999990000"}.get(talk.slot or "", "跳过"))
    talk.press("statement")
    lines = card(talk)["lines"]
    groups = list(dict.fromkeys(line["group"] for line in lines if "group" in line))
    assert len(groups) == 2
    amounts = {line["group"]: line["value"] for line in lines if line["slot"] == "amount"}
    assert list(amounts.values()) == ["13,500元", "2,000元"]
    assert [line["value"] for line in lines if line["slot"] == "contact_name"] == ["王建国"]
    assert [line["value"] for line in lines if line["slot"] == "narrative"] == [story]
