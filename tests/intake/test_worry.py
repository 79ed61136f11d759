"""Danger heard too faintly to stop: one calm question, once, and the story goes on."""

from __future__ import annotations

from common.enums import ConversationState, RiskLevel
from tests.intake.talk import Talk, known

STORY = "地旱死了借的款还不上，我想悄悄地找个戈壁滩走进去，省得拖累三个娃"
CALM = "现在有没有人会受伤"


def agreed() -> Talk:
    talk = Talk(understood=False)
    talk.say("同意")
    talk.say("没有危险")
    return talk


def test_a_worry_is_asked_about_once_and_the_story_is_kept() -> None:
    talk = agreed()
    talk.say(STORY, risk=RiskLevel.R1, worry=True)
    assert known().phrase("crisis.calm_question") in talk.reply.text
    assert CALM in talk.reply.text
    assert "110" in talk.reply.text
    assert (talk.slot, talk.reply.state) == ("safety", ConversationState.INTAKE)
    assert talk.state.story == [STORY]
    assert talk.state.risk == "R1"
    talk.say("没有危险")
    assert talk.slot not in ("safety", "narrative", None)
    talk.say("就是心里难受，不知道跟谁说", risk=RiskLevel.R1, worry=True)
    assert CALM not in talk.reply.text
    assert talk.slot != "safety"


def test_yes_to_the_calm_question_stops_the_intake() -> None:
    talk = agreed()
    talk.say(STORY, risk=RiskLevel.R1, worry=True)
    talk.press("danger")
    assert talk.reply.state is ConversationState.CRISIS
    assert talk.state.risk == "R2"


def test_before_consent_the_numbers_are_told_and_consent_is_asked() -> None:
    talk = Talk(understood=False)
    talk.say(STORY, risk=RiskLevel.R1, worry=True)
    assert "110" in talk.reply.text
    assert talk.slot == "consent"
    talk.say("同意")
    assert talk.slot == "safety"
    assert talk.state.story == [STORY]


def test_heat_without_a_worry_asks_nothing() -> None:
    talk = agreed()
    talk.say("邻居天天骂我，我咽不下这口气", risk=RiskLevel.R1)
    assert CALM not in talk.reply.text
    assert talk.state.risk == "R1"
