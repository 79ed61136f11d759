"""Details: everything at once, corrections, skips, undo, combined questions, buttons and the card."""

from __future__ import annotations

from typing import Any

import pytest

from common.enums import ConversationState
from tests.intake.talk import Talk
from tests.intake.talk_helpers import LEAK, LOAN, RECEIPT, WAGES, prediction

ALL_AT_ONCE = (
    "我叫王建军，电话13999221188，在白碱滩区中兴路街道的宏远饭店当厨师，老板张宏从今年8月开始没发工资，"
    "每月5500，欠了两个月，我就想把一万一的工资要回来"
)


def started(story: str = "楼上漏水把我家天花板泡了", prediction: Any = LEAK) -> Talk:
    talk = Talk(understood=False)
    talk.say(story, prediction=prediction)
    talk.say("同意")
    talk.say("没有危险")
    return talk


def answered(talk: Talk, **answers: str) -> Talk:
    """Answer what is asked until the card; what is not in ``answers`` is skipped."""
    for _ in range(12):
        if talk.slot in (None, "confirm"):
            return talk
        talk.say(answers.get(talk.slot or "", "跳过"))
    raise AssertionError(talk.told())


def at_card() -> Talk:
    told = {
        "counterparty": "楼上503的老王",
        "when": "上个月",
        "place": "天山路街道",
        "claim": "让他修好",
        "contact_name": "赵敏 13709901234",
    }
    return answered(started(), amount="两万", handling_mode="预约", **told)


def test_everything_in_the_first_message_is_taken_and_little_is_asked() -> None:
    talk = started(ALL_AT_ONCE, WAGES)
    fields = {slot: field.value for slot, field in talk.state.fields.items()}
    assert fields["amount"] == 11000
    assert fields["contact_phone"] == "13999221188"
    assert fields["contact_name"] == "王建军"
    assert fields["when"] == "2026-08"
    assert "中兴路" in fields["place"]
    assert "张宏" in fields["counterparty"]
    messages = 3
    while talk.slot != "confirm":
        assert talk.slot not in ("amount", "contact_phone", "contact_name", "when", "place", "counterparty", "claim"), talk.told()
        talk.say("跳过")
        messages += 1
    talk.say("对")
    assert talk.turn.action == "file"
    assert messages + 1 <= 6


def test_one_question_a_turn_and_none_twice() -> None:
    talk = started()
    seen: list[str] = []
    while talk.slot != "confirm":
        assert talk.slot is not None
        assert talk.slot not in seen, talk.told()
        seen.append(talk.slot)
        assert talk.reply.text.count("？") <= 3, talk.reply.text
        talk.say("跳过")
    assert len(seen) <= 9


def test_name_and_phone_together() -> None:
    talk = answered(started(), contact_name="我姓周 周桂兰 电话 幺三八零九九零五六七八")
    assert talk.value("contact_phone") == "13809905678"
    assert talk.value("contact_name") == "周桂兰"


def test_a_name_alone_leaves_the_phone_to_be_asked() -> None:
    talk = started()
    while talk.slot != "contact_name":
        talk.say("跳过")
    talk.say("我叫赵敏")
    assert talk.slot == "contact_phone"
    talk.say("13709901234")
    assert talk.value("contact_name") == "赵敏"
    assert talk.value("contact_phone") == "13709901234"


def test_time_and_place_together() -> None:
    talk = started()
    while talk.slot != "when":
        talk.say("跳过")
    talk.say("上个月开始的，在天山路街道友谊小区")
    assert talk.value("when") == "2026-10"
    assert "友谊小区" in talk.value("place")


def test_mode_and_time_together() -> None:
    talk = answered(started(), handling_mode="预约吧，下周一下午")
    assert talk.value("handling_mode") == "appointment"
    assert "下周一下午" in talk.value("appointment")


@pytest.mark.parametrize("words", ["不知道", "不想说", "跳过", "记不清了", "不方便"])
def test_not_knowing_is_fine(words: str) -> None:
    talk = started()
    slot = talk.slot
    assert slot is not None
    talk.say(words)
    assert slot in talk.state.skipped
    assert talk.slot not in (slot, None)


def test_everything_may_be_skipped_and_the_case_still_filed() -> None:
    talk = answered(started())
    talk.say("对")
    assert talk.turn.action == "file"
    assert talk.turn.payload["narrative"] == "楼上漏水把我家天花板泡了"
    assert "contact_phone" not in talk.turn.payload["fields"]


def test_without_a_phone_the_consequence_is_said() -> None:
    talk = started()
    while talk.slot != "contact_name":
        talk.say("跳过")
    talk.say("不方便说")
    assert talk.slot == "contact_phone"
    talk.say("不想留")
    assert "编号" in talk.reply.text


@pytest.mark.parametrize(
    ("words", "slot", "value"),
    [
        ("不对，是八千", "amount", 8000),
        ("金额改成三万五", "amount", 35000),
        ("电话写错了，是13899512346", "contact_phone", "13899512346"),
        ("名字错了，应该是赵慧敏", "contact_name", "赵慧敏"),
        ("地点不对，应该是银河路街道", "place", "银河路街道"),
        ("不对 四千", "amount", 4000),
        ("13800002233", "contact_phone", "13800002233"),
        ("去年十月", "when", "2025-10"),
        ("月份错了 九月", "when", "2026-09"),
        ("对方不姓王 姓汪", "counterparty", "汪"),
    ],
)
def test_corrections_at_the_card(words: str, slot: str, value: object) -> None:
    talk = at_card()
    talk.say(words)
    got = talk.value(slot)
    assert got == value or (isinstance(value, str) and value in got), talk.told()
    assert talk.slot == "confirm"
    assert talk.reply.card is not None
    line = next(line for line in talk.reply.card["lines"] if line["slot"] == slot)
    assert line["value"]


def test_several_corrections_at_once() -> None:
    talk = at_card()
    talk.say("电话写错了是13899512346，金额是六千")
    assert talk.value("contact_phone") == "13899512346"
    assert talk.value("amount") == 6000
    assert "6,000元" in talk.reply.text


def test_a_correction_of_the_other_sides_role() -> None:
    talk = started("楼上漏水，物业不管", LEAK)
    talk.say("楼上的老王")
    talk.say("不是老王，是老黄", intent="correct", intent_probability=0.9)
    assert "老黄" in talk.value("counterparty")


def test_a_wrong_value_without_the_right_one_is_asked() -> None:
    talk = at_card()
    talk.say("电话写错了")
    assert talk.slot == "contact_phone"
    talk.say("13899512347")
    assert talk.value("contact_phone") == "13899512347"
    assert talk.slot == "confirm"


def test_no_at_the_card_asks_what_is_wrong() -> None:
    talk = at_card()
    talk.say("不对")
    assert "哪一处" in talk.reply.text
    assert talk.slot == "confirm"
    assert talk.reply.card is not None


def test_correction_in_the_middle_keeps_the_question_open() -> None:
    talk = started("朋友马志强借了我三万二不还", LOAN)
    slot = talk.slot
    talk.say("不对，是两万三")
    assert talk.value("amount") == 23000
    assert talk.slot == slot
    assert talk.state.asked[str(slot)] == 1


def test_undo_the_last_answer() -> None:
    talk = started()
    talk.say("楼上503的老王")
    assert talk.value("counterparty") == "楼上503的老王"
    talk.say("撤回上一条")
    assert talk.value("counterparty") != "楼上503的老王"
    assert "退回" in talk.reply.text
    assert talk.slot == "counterparty"


def test_an_answer_to_something_else_is_taken_and_the_question_stays() -> None:
    talk = started()
    assert talk.slot == "counterparty"
    talk.say("去年三月，在胜利路街道")
    assert talk.value("when") == "2025-03"
    assert "胜利路" in talk.value("place")
    assert talk.slot == "counterparty"


def test_an_unreadable_phone_is_asked_once_more_then_passed_over() -> None:
    talk = started()
    while talk.slot != "contact_name":
        talk.say("跳过")
    talk.say("赵敏")
    talk.say("一时说不全呢")
    assert talk.slot == "contact_phone"
    assert "十一位" in talk.reply.text
    talk.say("一时说不全哎呀")
    assert talk.slot != "contact_phone"


def test_buttons_answer_the_open_question() -> None:
    talk = started()
    while talk.slot != "handling_mode":
        talk.say("跳过")
    talk.press("home_visit")
    assert talk.value("handling_mode") == "home_visit"
    assert talk.slot == "confirm"


def test_skip_button() -> None:
    talk = started()
    slot = talk.slot
    talk.press("skip")
    assert slot in talk.state.skipped


def test_the_card_shows_everything_editable_but_the_own_words() -> None:
    card = at_card().reply.card
    assert card is not None
    assert card["kind"] == "summary"
    lines = {line["slot"]: line for line in card["lines"]}
    assert lines["amount"]["value"] == "20,000元"
    assert lines["contact_phone"]["value"] == "13709901234"
    assert lines["dispute_type"]["value"].startswith("邻里纠纷")
    assert lines["narrative"]["value"] == "楼上漏水把我家天花板泡了"
    assert not lines["narrative"]["editable"]
    assert all(line["editable"] for slot, line in lines.items() if slot != "narrative")
    assert "原话" in card["note"]


def test_edits_on_the_card() -> None:
    talk = at_card()
    talk.edit(amount="三万五", contact_phone="138 9951 2345", claim="赔三万五", handling_mode="home_visit", when="")
    assert talk.value("amount") == 35000
    assert talk.value("contact_phone") == "13899512345"
    assert talk.value("claim") == "赔三万五"
    assert talk.value("handling_mode") == "home_visit"
    assert talk.value("when") is None
    assert talk.slot == "confirm"


def test_an_edit_that_cannot_be_read_is_said_and_changes_nothing() -> None:
    talk = at_card()
    talk.edit(contact_phone="我也不知道")
    assert talk.value("contact_phone") == "13709901234"
    assert "填不进" in talk.reply.text


def test_the_type_can_be_changed_on_the_card() -> None:
    talk = at_card()
    talk.edit(dispute_type="WY")
    assert talk.state.dispute_type == "WY"
    assert talk.state.type_fixed


def test_own_words_cannot_be_edited_away() -> None:
    talk = at_card()
    talk.edit(narrative="什么事都没有")
    assert talk.state.story == ["楼上漏水把我家天花板泡了"]


@pytest.mark.parametrize("words", ["对", "没问题，提交吧", "对头", "👌", "可以提交", "确认", "行", "没错", "1"])
def test_confirming_files(words: str) -> None:
    talk = at_card()
    talk.say(words)
    assert talk.turn.action == "file"


def test_more_story_at_the_card_is_added_and_shown() -> None:
    talk = at_card()
    talk.say("还有个情况没写，他还欠我两个月水电费", intent="describe_dispute", intent_probability=0.95, prediction=LEAK)
    assert talk.state.story[-1] == "还有个情况没写，他还欠我两个月水电费"
    assert talk.slot == "confirm"
    assert talk.reply.card is not None


def test_a_correction_of_the_story_is_kept_in_the_residents_words() -> None:
    talk = at_card()
    talk.say("不是厨房是卫生间漏的", intent="correct", intent_probability=0.9)
    assert talk.state.story[-1] == "不是厨房是卫生间漏的"
    assert "原样记在经过后面" in talk.reply.text
    assert talk.slot == "confirm"


@pytest.mark.parametrize("words", ["没有要改的", "您记的没错", "听清了 没说错", "对 赶紧的 急得很", "快点给我交上去"])
def test_nothing_to_change_files(words: str) -> None:
    talk = at_card()
    intent = "urge_case" if "急" in words or "快" in words else "affirm"
    talk.say(words, intent=intent, intent_probability=0.9)
    assert talk.turn.action == "file"


def test_urging_an_older_case_does_not_file_this_one() -> None:
    talk = at_card()
    talk.say("上一单先给我催催", intent="urge_case", intent_probability=0.9)
    assert talk.turn.action == "none"
    assert talk.slot == "confirm"


@pytest.mark.parametrize("words", ["没有", "不用", "略过", "next", "不留名"])
def test_refusals_are_nobodys_name(words: str) -> None:
    talk = started()
    while talk.slot != "contact_name":
        talk.say("跳过")
    talk.say(words)
    assert talk.value("contact_name") is None
    assert talk.slot == "contact_phone"


def test_a_wish_is_kept_whatever_was_asked() -> None:
    talk = started()
    while talk.slot != "place":
        talk.say("跳过")
    talk.say("让他赔钱")
    assert talk.value("place") is None
    assert talk.value("claim") == "让他赔钱"
    assert talk.slot == "place"


def test_no_contact_is_respected_before_it_is_asked() -> None:
    talk = started()
    slot = talk.slot
    talk.say("名字电话都不想留")
    assert talk.slot == slot
    while talk.slot != "confirm":
        assert talk.slot not in ("contact_name", "contact_phone")
        talk.say("跳过")


def test_no_money_is_an_answer() -> None:
    talk = started()
    while talk.slot != "amount":
        talk.say("跳过")
    talk.say("不涉及钱，就是想让他道歉")
    assert talk.value("amount") is None
    assert talk.slot != "amount"


def test_not_yet_keeps_everything() -> None:
    talk = at_card()
    talk.press("cancel")
    assert talk.reply.state is ConversationState.CLOSED
    talk.say("继续")
    assert talk.slot == "confirm"
    assert talk.value("amount") == 20000


def test_the_filing_body_is_what_the_backend_takes() -> None:
    from backend.services.filing import CaseFiling

    talk = at_card()
    talk.say("对")
    body = talk.turn.payload
    filing = CaseFiling.model_validate(body)
    assert filing.dispute_type == "LL"
    assert filing.subtype == "LL02"
    assert filing.fields["amount"] == 20000
    assert filing.fields["contact_phone"] == "13709901234"
    assert filing.fields["when"] == "2026-10"
    assert filing.fields["when_text"] == "上个月"
    assert filing.narrative == "楼上漏水把我家天花板泡了"
    assert filing.consent.version == "2026-11"


def test_the_result_tells_number_code_who_when_what_to_bring_free_and_voluntary() -> None:
    talk = at_card()
    talk.say("对")
    talk.file(RECEIPT)
    for words in ("KLMY-20261127-000001", "ABCD2345", "天山路街道", "3个工作日", "身份证", "免费", "自愿", "不是律师意见"):
        assert words in talk.reply.text, words
    assert talk.reply.state is ConversationState.FILED
    assert talk.reply.case_number == "KLMY-20261127-000001"
    card = talk.reply.card
    assert card is not None
    assert (card["kind"], card["tracking_code"], card["admin_level"]) == ("result", "ABCD2345", "street")


def test_while_the_backend_is_away_the_truth_is_said() -> None:
    talk = at_card()
    talk.say("对")
    talk.file(None)
    assert "还没有出编号" in talk.reply.text
    assert talk.reply.state is ConversationState.FILED
    assert talk.reply.case_number is None
    talk.say("我这个办到哪一步了", intent="ask_status", intent_probability=0.9)
    assert "还没有出编号" in talk.reply.text


def test_a_second_case_has_its_own_key_and_needs_no_second_consent() -> None:
    talk = at_card()
    talk.say("对")
    talk.file(RECEIPT)
    talk.press("new_case")
    assert talk.state.case_seq == 1
    assert talk.state.consent is not None
    assert talk.slot == "safety"
    assert talk.state.fields == {}


def test_people_named_to_a_question_of_the_types_own_are_its_answer() -> None:
    talk = started("我妈八十了，我哥不给赡养费", prediction(("HY", 0.95), subtype="HY05"))
    while talk.slot != "caregivers":
        assert talk.slot not in (None, "confirm"), talk.told()
        talk.say("跳过")
    talk.say("就一个儿子")
    assert talk.value("caregivers") == "就一个儿子"
