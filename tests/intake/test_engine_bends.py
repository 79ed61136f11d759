"""Bends, never breaks: interruptions anywhere, cancel and resume, other languages, the doors, what comes after filing."""

from __future__ import annotations

from typing import Any

import pytest

from common.enums import ConversationState
from tests.intake.talk import Talk, engine
from tests.intake.talk_helpers import LEAK, LOAN, PENALTY, RECEIPT, WAGES
from tests.intake.test_engine_details import at_card, started

INTERRUPTIONS: list[tuple[str, str, str]] = [
    ("为啥要问这个", "ask_why", "社区"),
    ("要钱吗", "ask_cost", "不收钱"),
    ("你们会不会告诉对方", "ask_privacy", "看不到"),
    ("你是机器人吗", "ask_bot", "程序"),
    ("多久能办好", "ask_duration", "一个月"),
    ("在哪里办", "ask_place", "这里"),
    ("我会说哈语，有翻译吗", "ask_language", "翻译"),
    ("要准备什么材料", "ask_evidence", "留好"),
    ("对方不来怎么办", "ask_effect", "自愿"),
    ("你好", "greet", "您好"),
    ("谢谢", "thanks", "客气"),
    ("你这机器人太笨了记都记不住", "complain_service", "对不起"),
    ("滚", "insult", "理解"),
    ("今天天气咋样", "out_of_scope", "12345"),
    ("ياردەم كېرەك", "other_language", "转人工"),
    ("asdfgh", "inform", "再打一遍"),
    ("我有照片怎么传", "upload_evidence", "照片"),
    ("你们怎么办这个调解的", "ask_process", "登记"),
]


@pytest.mark.parametrize(("words", "intent", "says"), INTERRUPTIONS)
def test_an_interruption_is_answered_and_the_question_put_again(words: str, intent: str, says: str) -> None:
    talk = started()
    slot, question = talk.slot, talk.reply.text.splitlines()[-1]
    before = dict(talk.state.fields)
    talk.say(words, intent=intent, intent_probability=0.95)
    assert says in talk.reply.text, talk.reply.text
    assert talk.slot == slot
    assert talk.reply.text.endswith(question)
    assert talk.state.fields == before
    assert talk.state.asked[str(slot)] == 1


@pytest.mark.parametrize("stage", ["consent", "safety", "narrative", "details", "card"])
def test_a_human_the_first_time_everywhere(stage: str) -> None:
    talk = at_card() if stage == "card" else started() if stage == "details" else Talk(understood=False)
    if stage in ("safety", "narrative"):
        talk.say("同意")
    if stage == "narrative":
        talk.say("没有")
    talk.say("转人工")
    assert talk.reply.state is ConversationState.HANDOFF
    assert talk.turn.action == "handoff"
    assert talk.reply.draft is not None


def test_a_handoff_carries_story_and_fields() -> None:
    talk = started()
    talk.say("楼上503的老王")
    talk.say("我要找真人")
    draft = talk.reply.draft
    assert draft is not None
    assert draft["narrative"] == "楼上漏水把我家天花板泡了"
    assert draft["fields"]["counterparty"] == "楼上503的老王"


def test_after_a_human_the_open_question_comes_back() -> None:
    talk = started()
    slot = talk.slot
    talk.say("转人工")
    talk.press("resume", "继续")
    assert talk.reply.state is ConversationState.INTAKE
    assert talk.slot == slot


def test_a_law_question_in_the_middle_goes_back_to_the_question() -> None:
    talk = started()
    slot = talk.slot
    talk.say("起诉要交多少钱", intent="ask_law", intent_probability=0.9)
    assert (talk.turn.action, talk.turn.payload) == ("answer_law", {"question": "起诉要交多少钱"})
    assert talk.slot == slot


def test_a_long_story_that_sounds_like_a_question_is_a_story() -> None:
    talk = Talk(understood=False)
    talk.say("同意")
    talk.say("没有")
    story = "我在饭店干了三个月老板一分钱没给还把我拉黑了，我能不能去告他让他把两万一的工资给我结了"
    talk.say(story, intent="ask_law", intent_probability=0.8, prediction=WAGES)
    assert talk.state.story == [story]
    assert talk.turn.action == "none"
    assert talk.value("amount") == 21000


def test_waiting_does_not_ask_again() -> None:
    talk = started()
    talk.say("等一下")
    assert "？" not in talk.reply.text
    assert talk.slot == "counterparty"


def test_cancel_keeps_the_draft_and_resume_goes_on() -> None:
    talk = started("同事李涛借了我五千不还", LOAN)
    slot = talk.slot
    talk.say("算了先不弄了")
    assert talk.reply.state is ConversationState.CLOSED
    assert "7天" in talk.reply.text
    talk.say("继续刚才的")
    assert talk.reply.state is ConversationState.INTAKE
    assert talk.slot == slot
    assert talk.value("amount") == 5000


def test_an_answer_after_cancelling_is_taken() -> None:
    talk = started()
    talk.say("取消")
    talk.say("楼上503的老王", intent="inform", intent_probability=0.9)
    assert talk.value("counterparty") == "楼上503的老王"
    assert talk.reply.state is ConversationState.INTAKE


def test_a_choice_survives_a_new_process() -> None:
    talk = started()
    turn = engine().resume(talk.state)
    assert turn.reply.expecting == talk.reply.expecting


def test_restart_begins_anew_with_the_consent_kept() -> None:
    talk = started()
    talk.say("重新开始")
    assert talk.turn.action == "restart"
    assert talk.state.story == []
    assert talk.state.consent is not None
    assert talk.slot == "safety"


def test_repeat_says_the_question_again() -> None:
    talk = started()
    question = talk.reply.text.splitlines()[-1]
    talk.say("再说一遍")
    assert talk.reply.text == question


def test_insults_stay_calm_and_then_offer_a_human() -> None:
    talk = started()
    talk.say("滚")
    talk.say("你个傻子")
    assert "转人工" in talk.reply.text


def test_refusing_mediation_is_noted_not_argued() -> None:
    talk = started()
    talk.say("我不想调解，我要直接告他", intent="refuse_mediation", intent_probability=0.9)
    assert talk.value("willing") == "no"
    assert "自愿" in talk.reply.text
    assert talk.slot == "counterparty"


def test_speaking_for_somebody_else_is_told_and_asked() -> None:
    talk = started("替我妈问的，她八十了，我两个哥哥都不给赡养费", LEAK)
    assert "本人同意" in talk.reply.text
    seen = []
    while talk.slot != "confirm":
        seen.append(talk.slot)
        talk.say("跳过")
    assert "speaks_for" in seen


def test_a_group_is_told_about_representatives() -> None:
    talk = started("我们十几个工友都没拿到工资，包工头老李跑了", WAGES)
    assert "代表" in talk.reply.text
    assert talk.value("people") == 10


# ── the doors ──


def redirected() -> Talk:
    talk = started("城管上个星期给我开了两千块罚单，说我占道经营，我不服，想要回来", PENALTY)
    assert talk.reply.state is ConversationState.REDIRECTED
    return talk


def test_an_authority_is_no_matter_for_mediation_and_the_door_is_named() -> None:
    talk = redirected()
    assert "复议" in talk.reply.text
    assert "不是说您的问题不重要" in talk.reply.text
    assert "带上" in talk.reply.text
    card = talk.reply.card
    assert card is not None
    assert card["kind"] == "redirect"
    assert card["doors"][0]["code"] == "X-FYS"
    assert [choice.value for choice in talk.reply.choices] == ["statement", "continue", "handoff"]


def test_a_page_to_take_along() -> None:
    talk = redirected()
    talk.press("statement")
    card = talk.reply.card
    assert card is not None
    assert card["kind"] == "statement"
    assert any("罚单" in line["value"] for line in card["lines"])
    assert talk.reply.state is ConversationState.REDIRECTED


def test_nobody_is_refused() -> None:
    talk = redirected()
    talk.say("我还是想登记一下")
    assert talk.reply.state is ConversationState.INTAKE
    while talk.slot != "confirm":
        assert talk.slot not in (None, "handling_mode")
        talk.say("跳过")
    talk.say("对")
    assert talk.turn.action == "file"
    assert talk.turn.payload["route"] == "XJ"


def test_asking_what_to_do_shows_the_doors_again() -> None:
    talk = redirected()
    doors = talk.reply.card
    talk.say("那我现在怎么办")
    assert talk.reply.card == doors
    assert talk.reply.state is ConversationState.REDIRECTED


def test_a_dispute_told_after_an_enquiry_is_taken_in() -> None:
    from tests.intake.talk_helpers import ENQUIRY

    talk = started("办居住证要带什么材料呢我想问一下", ENQUIRY)
    assert talk.reply.state is ConversationState.REDIRECTED
    talk.say("还有就是我们老板三个月没给我发工资了", intent="describe_dispute", intent_probability=0.9, prediction=WAGES)
    assert talk.reply.state is ConversationState.INTAKE
    assert talk.state.dispute_type == "LD"


def test_a_story_with_two_sides_is_no_enquiry() -> None:
    from tests.intake.talk_helpers import prediction

    praise = prediction(("XZ", 0.9), ("HY", 0.05), subtype="XZ08", route="ZX")
    talk = started("我想反应个事儿就是我那个儿子啊不管我我今年七十六了一个人住", praise)
    assert talk.reply.state is ConversationState.INTAKE
    assert talk.slot == "dispute_type"


def test_thanks_at_the_doors_ends_politely() -> None:
    talk = redirected()
    talk.say("知道了谢谢", intent="thanks", intent_probability=0.9)
    assert talk.reply.state is ConversationState.REDIRECTED
    assert "随时" in talk.reply.text


def test_a_doubtful_type_sends_nobody_away() -> None:
    from tests.intake.talk_helpers import prediction

    talk = started("那个我想反应一下就是我家羊吃了隔壁老杨家的麦子", prediction(("XZ", 0.25), ("LL", 0.2), subtype="XZ08", abstained=True))
    assert talk.reply.state is ConversationState.INTAKE
    assert talk.slot == "dispute_type"


def test_a_judgment_goes_to_enforcement() -> None:
    talk = started("法院去年就判了，判他还我五万块，他到现在一分不给", LOAN)
    assert talk.reply.state is ConversationState.REDIRECTED
    assert "执行" in talk.reply.text


# ── after filing ──


def filed() -> Talk:
    talk = at_card()
    talk.say("对")
    talk.file(RECEIPT)
    return talk


@pytest.mark.parametrize(
    ("words", "intent", "action"),
    [
        ("我这个办到哪一步了", "ask_status", "case_status"),
        ("催一下吧", "urge_case", "urge"),
    ],
)
def test_the_filed_case_is_known(words: str, intent: str, action: str) -> None:
    talk = filed()
    talk.say(words, intent=intent, intent_probability=0.95)
    assert talk.turn.action == action
    assert talk.turn.payload == {"number": "KLMY-20261127-000001", "code": "ABCD2345"}
    assert talk.reply.state is ConversationState.FILED


def test_thanks_after_filing() -> None:
    talk = filed()
    talk.say("谢谢啊", intent="thanks", intent_probability=0.95)
    assert "客气" in talk.reply.text
    assert talk.reply.case_number == "KLMY-20261127-000001"


def test_once_more_after_filing_is_never_silent() -> None:
    talk = filed()
    talk.say("听不清", intent="repeat", intent_probability=0.95)
    assert "查进度" in talk.reply.text


def test_more_information_after_filing_is_passed_on() -> None:
    talk = filed()
    talk.say("昨天他又来闹了一次，还骂人", intent="describe_dispute", intent_probability=0.95)
    assert talk.turn.action == "add_information"
    assert talk.turn.payload["text"] == "昨天他又来闹了一次，还骂人"
    assert [choice.value for choice in talk.reply.choices] == ["new_case", "handoff"]


def test_status_before_filing_asks_for_number_and_code() -> None:
    talk = started()
    talk.say("我上次那个办到哪了", intent="ask_status", intent_probability=0.95)
    assert "编号" in talk.reply.text
    assert "还没提交" in talk.reply.text
    assert talk.slot == "counterparty"
    talk.say("KLMY-20261127-000123 查询码 AB2C-D3EF")
    assert talk.turn.action == "case_status"
    assert talk.turn.payload == {"number": "KLMY-20261127-000123", "code": "AB2CD3EF"}
    assert talk.slot == "counterparty"


@pytest.mark.parametrize(
    "words",
    [
        "",
        "   ",
        "哈" * 3000,
        "/intent{}",
        "<script>alert(1)</script>",
        "0",
        "？？？",
        "😭😭😭",
        "null",
        "1" * 50,
        "不",
        "是",
        '{"a":1}',
        "％％％％",
    ],
)
@pytest.mark.parametrize("where", ["consent", "safety", "narrative", "details", "card", "filed", "doors"])
def test_anything_gets_an_answer_anywhere(words: str, where: str) -> None:
    makers: dict[str, Any] = {"details": started, "card": at_card, "filed": filed, "doors": redirected}
    talk = makers[where]() if where in makers else Talk(understood=False)
    if where in ("safety", "narrative"):
        talk.say("同意")
    if where == "narrative":
        talk.say("没有")
    talk.say(words)
    assert talk.reply.text.strip()
