"""Opening, consent, safety, story: the same for everybody."""

from __future__ import annotations

import pytest

from common.enums import ConversationState, RiskLevel
from tests.intake.talk import Talk, engine
from tests.intake.talk_helpers import ENQUIRY, LEAK, UNSURE, WAGES, prediction

LEAK_STORY = "楼上漏水把我家天花板泡了"


def quiet() -> Talk:
    return Talk(understood=False)


def agreed() -> Talk:
    talk = quiet()
    talk.say("同意")
    talk.say("没有危险")
    return talk


def test_the_opening_tells_privacy_free_voluntary_emergency_and_asks_for_consent() -> None:
    reply = engine().opening("web")
    for words in ("不是真人", "免费", "自愿", "110", "转人工", "对方看不到"):
        assert words in reply.text
    assert reply.expecting is not None
    assert (reply.expecting.slot, reply.state) == ("consent", ConversationState.INTAKE)
    assert [choice.value for choice in reply.choices] == ["yes", "no"]


def test_a_clerk_at_the_hotline_gets_a_shorter_opening() -> None:
    reply = engine().opening("hotline")
    assert "来电人" in reply.text
    assert reply.expecting is not None
    assert reply.expecting.slot == "consent"


@pytest.mark.parametrize("text", ["同意", "嗯", "可以可以", "好的", "行", "我同意", "开始吧", "1"])
def test_consent_in_many_words(text: str) -> None:
    talk = quiet()
    talk.say(text)
    assert talk.state.consent is not None
    assert talk.state.consent["version"] == "2026-11"
    assert talk.slot == "safety"


def test_a_story_before_consent_is_kept_and_consent_is_asked() -> None:
    talk = quiet()
    talk.say(LEAK_STORY, prediction=LEAK)
    assert talk.slot == "consent"
    assert talk.state.story == [LEAK_STORY]
    talk.say("同意")
    talk.say("没有")
    assert talk.slot not in ("narrative", "consent", "safety")
    assert talk.state.dispute_type == "LL"


def test_consent_and_story_in_one_message() -> None:
    talk = quiet()
    talk.say("可以，我们老板三个月没发工资了", prediction=WAGES)
    assert talk.state.consent is not None
    assert talk.state.story == ["可以，我们老板三个月没发工资了"]
    assert talk.slot == "safety"


def test_declining_is_respected_and_reversible() -> None:
    talk = quiet()
    talk.say("不同意")
    assert talk.state.consent is None
    assert "不留名" in talk.reply.text
    talk.say("同意")
    assert talk.slot == "safety"


def test_consent_by_button() -> None:
    talk = quiet()
    talk.press("yes")
    assert talk.slot == "safety"
    other = quiet()
    other.press("no")
    assert other.state.declined


def test_a_question_before_consent_is_answered_and_consent_asked_again() -> None:
    talk = quiet()
    talk.say("要钱吗", intent="ask_cost", intent_probability=0.9)
    assert "不收钱" in talk.reply.text
    assert talk.slot == "consent"


def test_greeting_does_not_count_as_consent() -> None:
    talk = quiet()
    talk.say("你好", intent="greet", intent_probability=0.99)
    assert talk.state.consent is None
    assert talk.slot == "consent"


def test_safe_goes_on_to_the_story() -> None:
    talk = agreed()
    assert talk.state.safety == "safe"
    assert talk.slot == "narrative"


def test_danger_stops_and_gives_the_numbers() -> None:
    talk = quiet()
    talk.say("同意")
    talk.press("danger")
    assert talk.reply.state is ConversationState.CRISIS
    assert "110" in talk.reply.text
    assert "120" in talk.reply.text
    assert talk.slot is None
    assert [choice.value for choice in talk.reply.choices] == ["safe", "handoff"]


def test_after_danger_safe_goes_on_without_telling_twice() -> None:
    talk = quiet()
    talk.say(LEAK_STORY, prediction=LEAK)
    talk.say("同意")
    talk.say("有危险")
    assert talk.reply.state is ConversationState.CRISIS
    talk.press("safe")
    assert talk.reply.state is ConversationState.INTAKE
    assert talk.state.safety == "safe"
    assert talk.slot == "counterparty"


def test_an_old_injury_is_noted_and_the_intake_goes_on() -> None:
    talk = quiet()
    talk.say("同意")
    talk.say("腿骨折了，已经出院在家养着")
    assert talk.state.safety == "hurt"
    assert "injury" in talk.state.flags
    assert "120" in talk.reply.text
    assert talk.slot == "narrative"


def test_plain_words_about_safety_win_over_a_worried_model() -> None:
    talk = quiet()
    talk.say("同意")
    talk.say("人已经出院了", intent="crisis", intent_probability=0.75)
    assert talk.state.safety == "hurt"
    assert talk.slot == "narrative"


def test_a_story_instead_of_an_answer_about_safety_is_taken() -> None:
    talk = quiet()
    talk.say("同意")
    talk.say("我想说的是楼上天天半夜跺脚，我七十三了睡不着觉", prediction=LEAK)
    assert talk.state.story == ["我想说的是楼上天天半夜跺脚，我七十三了睡不着觉"]
    assert talk.slot not in ("safety", "narrative")


def test_an_unclear_yes_about_safety_is_asked_once_more_plainly() -> None:
    talk = quiet()
    talk.say("同意")
    talk.say("嗯")
    assert "安全吗" in talk.reply.text
    assert talk.slot == "safety"
    talk.say("安全")
    assert talk.slot == "narrative"


def test_the_story_is_kept_word_for_word_in_parts() -> None:
    talk = agreed()
    talk.say("  楼上漏水了！！把我家泡了😭 ", prediction=LEAK)
    talk.say("还有啊，他家孩子天天跳绳，吵得我们一家都睡不着觉", intent="describe_dispute", intent_probability=0.95, prediction=LEAK)
    assert talk.state.story == ["  楼上漏水了！！把我家泡了😭 ", "还有啊，他家孩子天天跳绳，吵得我们一家都睡不着觉"]


def test_the_core_is_reflected_once() -> None:
    talk = agreed()
    talk.say(LEAK_STORY, prediction=LEAK)
    assert "漏水渗水方面的事" in talk.reply.text
    talk.say("楼上503的老王")
    assert "方面的事" not in talk.reply.text


def test_a_second_dispute_in_the_story_is_heard_and_filed_as_such() -> None:
    talk = quiet()
    two = prediction(("LD", 0.6), ("FW", 0.35), subtype="LD01", route="LW")
    talk.say("老板欠我三个月工资，还有房东也不退我押金", prediction=two)
    talk.say("同意")
    talk.say("没有")
    assert "工资工伤、租房买房" in talk.reply.text
    assert engine().filing_body(talk.state)["secondary"] == ["FW"]


def test_a_doubt_of_the_model_is_no_second_dispute() -> None:
    talk = quiet()
    talk.say("老板欠我三个月工资", prediction=prediction(("LD", 0.6), ("FW", 0.35), subtype="LD01", route="LW"))
    talk.say("同意")
    talk.say("没有")
    assert "几件事" not in talk.reply.text


def test_an_unsure_model_asks_for_the_type_once() -> None:
    talk = agreed()
    talk.say("楼道里的事情跟物业和邻居都有关系", prediction=UNSURE)
    assert talk.slot == "dispute_type"
    assert [choice.value for choice in talk.reply.choices] == ["LL", "WY", "XF", "none"]
    talk.press("WY")
    assert talk.state.dispute_type == "WY"
    assert talk.state.type_fixed
    assert talk.slot not in ("dispute_type", "narrative")


def test_none_of_the_types_is_accepted() -> None:
    talk = agreed()
    talk.say("楼道里的事情跟物业和邻居都有关系", prediction=UNSURE)
    talk.press("none")
    assert talk.state.dispute_type == "QT"
    assert talk.state.excluded_types == ["LL", "WY", "XF"]
    assert talk.slot not in (None, "dispute_type")


@pytest.mark.parametrize(("text", "code"), [("第二个", "WY"), ("2", "WY"), ("物业的事", "WY"), ("不知道", "LL")])
def test_the_type_in_words(text: str, code: str) -> None:
    talk = agreed()
    talk.say("楼道里的事情跟物业和邻居都有关系", prediction=UNSURE)
    talk.say(text)
    assert talk.state.dispute_type == code


def test_without_a_model_the_type_is_asked() -> None:
    talk = agreed()
    talk.say("我们那边的事情真的没法说清楚了")
    assert talk.slot == "dispute_type"
    assert len(talk.reply.choices) > 10


def test_skipping_the_story() -> None:
    talk = agreed()
    talk.say("说不清")
    assert talk.slot == "dispute_type"


def test_only_a_question_about_procedures_goes_to_the_hotline() -> None:
    talk = quiet()
    talk.say("办居住证要带什么材料", intent="ask_evidence", intent_probability=0.9, prediction=ENQUIRY)
    talk.say("同意")
    talk.say("没有")
    assert talk.reply.state is ConversationState.REDIRECTED
    assert "12345" in talk.reply.text


def test_a_law_question_first_is_answered_and_the_story_asked() -> None:
    talk = quiet()
    talk.say("离婚冷静期是多少天", intent="ask_law", intent_probability=0.95, prediction=ENQUIRY)
    assert (talk.turn.action, talk.turn.payload) == ("answer_law", {"question": "离婚冷静期是多少天"})
    talk.say("同意")
    talk.say("没有")
    assert talk.slot == "narrative"


def test_a_child_alone_is_asked_for_an_adult_and_not_for_details() -> None:
    talk = quiet()
    talk.say("我上初一，同学老是抢我零花钱还骂我", prediction=LEAK)
    talk.say("同意")
    talk.say("没有受伤")
    assert "大人" in talk.reply.text
    assert talk.slot == "adult"
    talk.say("没有")
    assert talk.reply.state is ConversationState.HANDOFF


def test_a_child_with_an_adult_goes_on() -> None:
    talk = quiet()
    talk.say("我上初一，同学老是抢我零花钱还骂我", prediction=LEAK)
    talk.say("同意")
    talk.say("没有受伤")
    talk.press("yes")
    assert talk.reply.state is ConversationState.INTAKE
    assert talk.slot not in ("adult", None)


@pytest.mark.parametrize("level", [RiskLevel.R2, RiskLevel.R3])
def test_danger_from_the_screen_stops_every_question(level: RiskLevel) -> None:
    talk = agreed()
    talk.say("他说今晚就来砍我", risk=level)
    assert talk.reply.state is ConversationState.CRISIS
    assert talk.slot is None
    assert talk.state.story == ["他说今晚就来砍我"]
    assert talk.state.risk == level.value


def test_the_backend_hands_the_story_over_once_the_resident_is_safe() -> None:
    talk = quiet()
    talk.say("同意")
    talk.press("safe", "我老公昨天打我，我要离婚", risk=RiskLevel.R2)
    assert talk.state.safety == "safe"
    assert talk.state.story == ["我老公昨天打我，我要离婚"]
    assert talk.state.risk == "R2"
    assert talk.reply.state is not ConversationState.CRISIS


def test_danger_only_the_model_hears_is_asked_about_once() -> None:
    talk = agreed()
    talk.say("我实在撑不住了", intent="crisis", intent_probability=0.9)
    assert "110" in talk.reply.text
    assert talk.slot == "safety"
    assert talk.state.risk == "R1"
    talk.say("没有危险")
    assert talk.reply.state is ConversationState.INTAKE
    assert talk.slot != "safety"
