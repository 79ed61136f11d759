"""After filing: another time, a mark, taking the case back only on a second word, and coming with number and code."""

from __future__ import annotations

import pytest

from common.enums import ConversationState
from intake.wishes import score_of
from tests.intake.talk import Talk
from tests.intake.test_statement import RECEIPT, told


@pytest.fixture
def talk() -> Talk:
    filed = told()
    filed.press("yes")
    filed.file(RECEIPT)
    return filed


@pytest.mark.parametrize(
    ("words", "score"),
    [
        *[("五星", 5), ("给4分", 4), ("3", 3), ("打两分吧", 2), ("一颗星", 1)],
        *[("很满意", 5), ("挺满意的", 4), ("一般吧", 3), ("不太满意", 2), ("非常不满意", 1), ("差评", 1)],
        *[("我还有话说", None), ("谢谢", None)],
    ],
)
def test_a_mark_in_words(words: str, score: int | None) -> None:
    assert score_of(words) == score


@pytest.mark.parametrize(
    "words", ["改到下周三下午", "那天我上班去不了，换到周五行不行", "能不能改成上门", "改约到12月3号", "时间能推迟到月底吗，改天"]
)
def test_another_time_goes_to_the_people_of_the_case(talk: Talk, words: str) -> None:
    talk.say(words, intent="appointment", intent_probability=0.9)
    assert talk.turn.action == "reschedule"
    assert talk.turn.payload == {"number": RECEIPT["number"], "code": RECEIPT["tracking_code"], "text": words}


def test_without_a_time_it_is_asked_for(talk: Talk) -> None:
    talk.press("reschedule")
    assert "改到什么时候" in talk.reply.text
    talk.say("下周一上午吧", intent="inform", intent_probability=0.9)
    assert (talk.turn.action, talk.turn.payload["text"]) == ("reschedule", "下周一上午吧")


def test_something_else_instead_of_a_time_is_heard_as_such(talk: Talk) -> None:
    talk.press("reschedule")
    talk.say("算了不改了，谢谢", intent="thanks", intent_probability=0.9)
    assert talk.turn.action == "none"


def test_a_mark_by_button(talk: Talk) -> None:
    talk.press("rate")
    assert [choice.value for choice in talk.reply.choices] == [f"rate:{score}" for score in (5, 4, 3, 2, 1)]
    talk.press("rate:4")
    assert (talk.turn.action, talk.turn.payload["score"]) == ("rate", 4)
    talk.press("rate:9")
    assert talk.turn.action != "rate"


def test_a_mark_with_a_word(talk: Talk) -> None:
    talk.press("rate")
    talk.say("很满意，调解员很耐心", intent="thanks", intent_probability=0.9)
    assert (talk.turn.action, talk.turn.payload["score"], talk.turn.payload["text"]) == ("rate", 5, "很满意，调解员很耐心")


def test_a_complaint_reaches_the_case(talk: Talk) -> None:
    talk.say("你们打电话的人态度太差了", intent="complain_service", intent_probability=0.95)
    assert talk.turn.action == "add_information"


def withdrawing(talk: Talk) -> None:
    talk.say("撤了吧", intent="withdraw_case", intent_probability=0.95)
    assert talk.turn.action == "none"
    assert "撤回后不再调解" in talk.reply.text
    assert [choice.value for choice in talk.reply.choices] == [f"withdraw:{RECEIPT['number']}", "keep"]


@pytest.mark.parametrize("words", ["是的", "撤吧", "嗯"])
def test_a_case_is_taken_back_on_the_second_word(talk: Talk, words: str) -> None:
    withdrawing(talk)
    talk.say(words, intent="withdraw_case" if "撤" in words else "affirm", intent_probability=0.95)
    assert talk.turn.action == "withdraw"


@pytest.mark.parametrize("words", ["先不撤", "不撤了", "别撤", "算了", "我再想想", "不", "等等吧，继续办"])
def test_a_no_counts_whatever_the_model_makes_of_it(talk: Talk, words: str) -> None:
    withdrawing(talk)
    talk.say(words, intent="withdraw_case", intent_probability=0.99)
    assert talk.turn.action == "none"
    assert "不撤回" in talk.reply.text
    talk.say("嗯", intent="affirm", intent_probability=0.99)
    assert talk.turn.action != "withdraw"


def test_by_button_it_is_taken_back_at_once_or_kept(talk: Talk) -> None:
    withdrawing(talk)
    talk.press("keep")
    assert talk.turn.action == "none"
    withdrawing(talk)
    talk.press(f"withdraw:{RECEIPT['number']}")
    assert talk.turn.action == "withdraw"


@pytest.mark.parametrize("words", ["算了", "撤回上一条"])
def test_nothing_is_lost_by_a_word_that_may_mean_something_else(talk: Talk, words: str) -> None:
    talk.say(words, intent="cancel", intent_probability=0.99)
    assert talk.turn.action == "none"


def test_number_and_code_in_a_fresh_talk_ask_for_a_visit_and_a_told_story_does_not() -> None:
    talk = Talk(understood=False)
    talk.say("查进度 KLMY-20261127-000001 AB2CD34E")
    assert talk.turn.action == "case_status"
    assert talk.turn.payload.get("visit") is True
    assert talk.state.receipt is None, "only the backend knows whether the code is right"
    talk = Talk(understood=False)
    talk.say("同事借了我五千块不还，一年多了")
    talk.say("查进度 KLMY-20261127-000001 AB2CD34E")
    assert "visit" not in talk.turn.payload


def test_a_visit_is_about_that_case_from_then_on() -> None:
    from tests.intake.talk import engine

    turn = engine().visiting(engine().start(), "KLMY-20261127-000001", "AB2CD34E")
    assert (turn.reply.state, turn.reply.case_number) == (ConversationState.FILED, "KLMY-20261127-000001")
    talk = Talk(understood=False)
    talk.state = turn.state
    talk.say("我又找到一张收条", intent="inform", intent_probability=0.9)
    assert (talk.turn.action, talk.turn.payload["code"]) == ("add_information", "AB2CD34E")


@pytest.mark.parametrize("leaves", ["先不弄了", "等一下", "再见"])
def test_whoever_leaves_in_the_middle_is_given_a_way_back(leaves: str) -> None:
    talk = Talk(understood=False)
    for words in ("同意", "没有危险", "同事借了我五千块不还，一年多了"):
        talk.say(words)
    talk.say(leaves, intent={"再见": "goodbye", "等一下": "wait"}.get(leaves, "cancel"), intent_probability=0.95)
    assert talk.reply.card == {"kind": "pause"}


def test_whoever_told_nothing_needs_no_way_back() -> None:
    talk = Talk(understood=False)
    talk.say("等一下", intent="wait", intent_probability=0.95)
    assert talk.reply.card is None
