"""Two disputes in one story: the resident decides, shared things are asked once, each matter keeps its own facts, both are filed linked."""

from __future__ import annotations

from typing import Any

import pytest

from common.payloads import StoryPart
from intake.state import SHARED_SLOTS, IntakeState, Stage
from tests.intake.talk import Talk, engine, known
from tests.intake.talk_helpers import RECEIPT, WAGES, prediction

STORY = "老板欠我三个月工资，我租的房子房东又不退押金"
DEPOSIT = prediction(("FW", 0.97), subtype="FW01")
PARTS = (
    StoryPart("老板欠我三个月工资，", "LD", "LD01", "LW", WAGES),
    StoryPart("我租的房子房东又不退押金", "FW", "FW01", "RM", DEPOSIT),
)
SECOND = {**RECEIPT, "number": "KLMY-20261127-000002", "tracking_code": "WXYZ6789", "linked": [RECEIPT["number"]]}


def asked_how_many(story: str = STORY, parts: tuple[StoryPart, ...] = PARTS, whole: Any = DEPOSIT) -> Talk:
    talk = Talk(understood=False)
    talk.say(story, prediction=whole, parts=parts)
    talk.say("同意")
    talk.say("没有危险")
    return talk


def apart(**given: Any) -> Talk:
    talk = asked_how_many(**given)
    talk.press("two")
    return talk


def at_both_cards() -> Talk:
    """Wages: 老马, 18,000; deposit: 王姐, 2,000."""
    talk = apart()
    answers = {
        0: {"counterparty": "工头老马", "when": "今年7月，在迎宾街道", "amount": "一万八", "claim": "把工资结清"},
        1: {"counterparty": "房东王姐", "when": "这个月初，南泉小区", "amount": "两千", "claim": "退押金"},
    }
    shared = {"contact_name": "何静 17709900011", "handling_mode": "约时间办"}
    while talk.slot != "confirm":
        assert talk.slot is not None, talk.told()
        assert len(talk.said) < 25, talk.told()
        talk.say(answers[talk.state.at].get(talk.slot) or shared.get(talk.slot) or "跳过")
    return talk


def matters(talk: Talk) -> list[dict[str, Any]]:
    """Plain values of each matter's own fields."""
    state = IntakeState.from_dict(talk.state.to_dict())
    state.pack()
    return [{slot: field["value"] for slot, field in entry["fields"].items()} for entry in state.matters]


class TestAsking:
    def test_both_matters_are_named_and_the_choice_is_hers(self) -> None:
        talk = asked_how_many()
        assert talk.slot == "split"
        assert "两件事" in talk.reply.text
        assert "拖欠工资" in talk.reply.text
        assert known().subtypes["FW01"].plain in talk.reply.text
        assert [(c.title, c.value) for c in talk.reply.choices] == [
            ("分开办两件", "two"),
            ("合在一起办", "one"),
            ("先办其中一件", "first"),
        ]

    def test_one_dispute_is_never_asked_about(self) -> None:
        talk = asked_how_many("老板欠我三个月工资", (StoryPart("老板欠我三个月工资", "LD", "LD01", "LW"),), WAGES)
        assert talk.slot != "split"

    @pytest.mark.parametrize(
        ("words", "decision"),
        [
            ("分开办吧", "two"), ("好的", "two"), ("嗯呐", "two"), ("两件都办", "two"), ("都要登记", "two"), ("随便，你们看着办", "two"), ("1", "two"),
            ("合在一起就行", "one"), ("不用", "one"), ("不用分，一起办", "one"), ("一件就行", "one"), ("别分开了", "one"), ("2", "one"),
            ("跳过", "one"), ("就是一回事", "one"), ("先办押金的", "first"), ("工资的先不管", "first"), ("只办工资那件", "first"),
        ],
    )  # fmt: skip
    def test_words_are_as_good_as_buttons(self, words: str, decision: str) -> None:
        talk = asked_how_many()
        talk.say(words)
        assert talk.state.split == decision, talk.told()
        assert talk.slot not in ("split", "which"), talk.told()

    def test_a_side_question_is_answered_and_the_choice_stays_open(self) -> None:
        talk = asked_how_many()
        talk.say("为啥要问这个", intent="ask_why", intent_probability=0.95)
        assert talk.slot == "split"
        assert "不同的事归不同的人管" in talk.reply.text
        assert talk.state.asked["split"] == 1

    def test_whoever_passes_over_it_files_one_case_with_a_second_type(self) -> None:
        talk = asked_how_many()
        talk.say("工头叫老马，他电话一直打不通，人也找不到了")
        assert talk.slot not in ("split", None)
        body = engine().filing_bodies(talk.state)
        assert list(body) == [0]
        assert (body[0]["dispute_type"], body[0]["secondary"]) == ("FW", ["LD"])
        assert "老马" in body[0]["narrative"]

    def test_together_where_the_whole_is_unclear_needs_no_question_about_the_type(self) -> None:
        unsure = prediction(("LD", 0.4), ("FW", 0.4), abstained=True)
        talk = asked_how_many(whole=unsure)
        talk.press("one")
        assert talk.slot != "dispute_type"
        assert engine().filing_body(talk.state)["dispute_type"] == "LD"

    def test_a_second_dispute_told_at_the_card_is_asked_about(self) -> None:
        talk = Talk(understood=False)
        talk.say("老板欠我三个月工资", prediction=WAGES)
        talk.say("同意")
        talk.say("没有危险")
        while talk.slot != "confirm":
            talk.say("跳过")
        talk.say("另外我租的房子房东又不退押金", intent="describe_dispute", intent_probability=0.9, prediction=DEPOSIT, parts=PARTS)
        assert talk.slot == "split", talk.told()
        talk.say("分开办")
        assert [entry["dispute_type"] for entry in talk.state.matters] == ["LD", "FW"]


class TestCollecting:
    def test_facts_of_the_story_go_to_their_own_matter(self) -> None:
        parts = (
            StoryPart("工头老马欠我一万八工资，从今年7月干到9月，在迎宾街道。", "LD", "LD01", "LW", WAGES),
            StoryPart("我租的房子房东王姐不退我两千块押金，我叫何静17709900011", "FW", "FW01", "RM", DEPOSIT),
        )
        talk = apart(story="".join(part.text for part in parts), parts=parts)
        wages, deposit = matters(talk)
        assert (wages["amount"], deposit["amount"]) == (18000, 2000)
        assert "老马" in wages["counterparty"]
        assert "王姐" in deposit["counterparty"]
        assert wages["place"] == "迎宾街道"
        assert "place" not in deposit
        assert talk.value("contact_phone") == "17709900011"

    def test_a_few_words_before_the_word_that_announces_belong_to_the_first(self) -> None:
        parts = (
            StoryPart("老板欠我三个月工资，", "LD", "LD01", "LW", WAGES),
            StoryPart("一共一万八，另外我朋友老李借我两万块钱不还", "JD", "JD01", "RM"),
        )
        talk = apart(story="".join(part.text for part in parts), parts=parts)
        wages, loan = matters(talk)
        assert (wages["amount"], loan["amount"]) == (18000, 20000)

    def test_first_one_then_the_other_then_what_they_share_once(self) -> None:
        talk = at_both_cards()
        order = [(talk_at, slot) for talk_at, slot in asked_in_order(talk)]
        assert [slot for _, slot in order].count("contact_name") == 1
        assert [slot for _, slot in order].count("handling_mode") == 1
        assert len(order) == len(set(order)), talk.told()
        assert "先说拖欠工资这件" in talk.told()
        assert f"再说{known().subtypes['FW01'].plain}这件" in talk.told()
        wages, deposit = matters(talk)
        assert (wages["counterparty"], wages["amount"], wages["claim"]) == ("工头老马", 18000, "把工资结清")
        assert (deposit["counterparty"], deposit["amount"], deposit["claim"]) == ("房东王姐", 2000, "退押金")

    def test_what_is_said_of_the_other_matter_goes_there_and_is_not_asked(self) -> None:
        talk = apart()
        assert talk.slot == "counterparty"
        talk.say("工头老马，押金是两千块")
        wages, deposit = matters(talk)
        assert (wages["counterparty"], deposit["amount"]) == ("工头老马", 2000)
        assert "amount" not in wages

    def test_one_step_back_takes_back_both_halves_of_a_message(self) -> None:
        talk = apart()
        talk.say("工头老马，押金是两千块")
        talk.say("上一步")
        wages, deposit = matters(talk)
        assert (wages.get("counterparty"), deposit.get("amount")) == ("老板", None)
        assert talk.slot == "counterparty"

    def test_the_decision_itself_can_be_taken_back(self) -> None:
        talk = apart()
        talk.say("上一步")
        assert talk.slot == "split"
        assert talk.state.matters == []
        assert talk.state.split is None
        talk.press("one")
        assert talk.state.split == "one"

    def test_second_thoughts_in_both_directions(self) -> None:
        talk = apart()
        talk.say("工头老马")
        talk.say("算了还是合在一起办吧")
        assert talk.state.matters == []
        assert talk.value("counterparty") == "工头老马"
        talk.say("想了想还是分开办吧")
        assert len(talk.state.matters) == 2
        assert matters(talk)[0]["counterparty"] == "工头老马"

    def test_cancel_and_resume_in_the_second_matter(self) -> None:
        talk = apart()
        while talk.state.at == 0:
            talk.say("跳过")
        slot = talk.slot
        talk.say("算了先不弄了")
        assert talk.reply.state.value == "closed"
        talk.say("继续")
        assert (talk.slot, talk.state.at) == (slot, 1)

    def test_the_state_survives_json_whichever_matter_is_open(self) -> None:
        talk = at_both_cards()
        again = IntakeState.from_dict(talk.state.to_dict())
        assert again.to_dict() == talk.state.to_dict()

    def test_flags_stay_with_the_matter_that_raised_them(self) -> None:
        parts = (StoryPart("我在工地干活老板欠我工资，", "LD", "LD01", "LW", WAGES), PARTS[1])
        talk = apart(story="".join(part.text for part in parts), parts=parts)
        bodies = engine().filing_bodies(talk.state)
        assert "construction_site" in bodies[0]["flags"]
        assert "construction_site" not in bodies[1]["flags"]


class TestTheCard:
    def test_one_card_shows_both_and_what_they_share(self) -> None:
        talk = at_both_cards()
        lines = talk.reply.card["lines"] if talk.reply.card else []
        slots = [line["slot"] for line in lines]
        assert len(slots) == len(set(slots))
        by_slot = {line["slot"]: line for line in lines}
        assert by_slot["m1_amount"]["value"] == "18,000元"
        assert by_slot["m2_amount"]["value"] == "2,000元"
        assert by_slot["m1_amount"]["group"] == "第1件：拖欠工资"
        assert by_slot["contact_phone"]["value"] == "17709900011"
        assert by_slot["narrative"]["value"] == STORY

    def test_a_line_of_either_matter_can_be_edited(self) -> None:
        talk = at_both_cards()
        talk.edit(m2_amount="2500", m1_counterparty="工头马建国", contact_name="何静静")
        wages, deposit = matters(talk)
        assert (wages["counterparty"], wages["amount"], deposit["amount"]) == ("工头马建国", 18000, 2500)
        assert talk.value("contact_name") == "何静静"

    def test_a_correction_that_names_its_matter(self) -> None:
        talk = at_both_cards()
        talk.say("押金改成两千五")
        assert [fields["amount"] for fields in matters(talk)] == [18000, 2500]
        assert known().subtypes["FW01"].plain in talk.reply.text
        talk.say("工资那件改成两万")
        assert [fields["amount"] for fields in matters(talk)] == [20000, 2500]

    def test_a_correction_that_names_the_old_value(self) -> None:
        talk = at_both_cards()
        talk.say("不是老马，是老黄")
        assert matters(talk)[0]["counterparty"] == "工头老黄"
        assert matters(talk)[1]["counterparty"] == "房东王姐"

    def test_a_correction_that_fits_both_is_asked_about_once(self) -> None:
        talk = at_both_cards()
        talk.say("金额改成三千")
        assert talk.slot == "which"
        talk.press("m2")
        assert [fields["amount"] for fields in matters(talk)] == [18000, 3000]
        assert talk.slot == "confirm"

    def test_a_phone_is_shared_and_needs_no_question(self) -> None:
        talk = at_both_cards()
        talk.say("电话写错了，是13899512345")
        assert talk.value("contact_phone") == "13899512345"
        assert talk.slot == "confirm"

    def test_undo_at_the_card(self) -> None:
        talk = at_both_cards()
        talk.say("押金改成两千五")
        talk.say("上一步")
        assert [fields["amount"] for fields in matters(talk)] == [18000, 2000]


class TestFiling:
    def test_two_bodies_with_their_own_type_and_the_whole_story(self) -> None:
        talk = at_both_cards()
        talk.say("对")
        assert talk.turn.action == "file"
        wages, deposit = talk.turn.payload["filings"]
        assert (wages["dispute_type"], wages["subtype"], wages["route"]) == ("LD", "LD01", "LW")
        assert (deposit["dispute_type"], deposit["subtype"], deposit["route"]) == ("FW", "FW01", "RM")
        assert (wages["secondary"], deposit["secondary"]) == ([], [])
        assert wages["narrative"] == deposit["narrative"] == STORY
        assert (wages["fields"]["amount"], deposit["fields"]["amount"]) == (18000, 2000)
        for body in (wages, deposit):
            assert (body["fields"]["contact_name"], body["fields"]["contact_phone"]) == ("何静", "17709900011")

    def test_both_numbers_are_told_and_status_looks_at_both(self) -> None:
        talk = at_both_cards()
        talk.say("对")
        talk.file(RECEIPT, SECOND)
        for word in (RECEIPT["number"], RECEIPT["tracking_code"], SECOND["number"], SECOND["tracking_code"], "两件都登记好了"):
            assert word in talk.reply.text
        assert talk.reply.case_number == RECEIPT["number"]
        card = talk.reply.card or {}
        assert (card["number"], [other["number"] for other in card["others"]]) == (RECEIPT["number"], [SECOND["number"]])
        talk.say("查一下进度", intent="ask_status", intent_probability=0.95)
        assert talk.turn.payload == {
            "number": RECEIPT["number"],
            "code": RECEIPT["tracking_code"],
            "also": [{"number": SECOND["number"], "code": SECOND["tracking_code"]}],
        }
        talk.say("押金那个办到哪了", intent="ask_status", intent_probability=0.95)
        assert talk.turn.payload == {"number": SECOND["number"], "code": SECOND["tracking_code"]}

    def test_nothing_is_withdrawn_on_a_guess(self) -> None:
        talk = at_both_cards()
        talk.say("对")
        talk.file(RECEIPT, SECOND)
        talk.say("撤了吧", intent="withdraw_case", intent_probability=0.95)
        assert talk.turn.action == "none"
        assert [choice.value for choice in talk.reply.choices] == [f"withdraw:{RECEIPT['number']}", f"withdraw:{SECOND['number']}"]
        talk.press(f"withdraw:{SECOND['number']}")
        assert (talk.turn.action, talk.turn.payload) == ("withdraw", {"number": SECOND["number"], "code": SECOND["tracking_code"]})

    def test_a_named_case_is_taken_back_on_a_second_word_and_it_alone(self) -> None:
        talk = at_both_cards()
        talk.say("对")
        talk.file(RECEIPT, SECOND)
        talk.say("押金那件撤了吧", intent="withdraw_case", intent_probability=0.95)
        assert talk.turn.action == "none"
        talk.say("是的")
        assert (talk.turn.action, talk.turn.payload) == ("withdraw", {"number": SECOND["number"], "code": SECOND["tracking_code"]})

    def test_what_is_added_later_goes_to_the_case_it_is_about(self) -> None:
        talk = at_both_cards()
        talk.say("对")
        talk.file(RECEIPT, SECOND)
        talk.say("房东今天说押金只退一半", intent="inform", intent_probability=0.9)
        assert talk.turn.action == "add_information"
        assert (talk.turn.payload["number"], "also" in talk.turn.payload) == (SECOND["number"], False)
        talk.say("我下周要出差，电话可能打不通", intent="inform", intent_probability=0.9)
        assert (talk.turn.payload["number"], len(talk.turn.payload["also"])) == (RECEIPT["number"], 1)

    def test_half_filed_is_said_honestly_and_the_rest_comes_later(self) -> None:
        talk = at_both_cards()
        talk.say("对")
        talk.file(RECEIPT, None)
        assert RECEIPT["number"] in talk.reply.text
        assert "还没有出编号" in talk.reply.text
        assert talk.state.stage.value == "filing"
        talk.file(RECEIPT, SECOND)
        assert talk.state.stage.value == "filed"

    def test_none_filed_waits(self) -> None:
        talk = at_both_cards()
        talk.say("对")
        talk.file(None, None)
        assert talk.state.stage is Stage.FILING
        assert talk.state.receipt is None

    def test_a_refused_half_comes_back_alone(self) -> None:
        talk = at_both_cards()
        talk.say("对")
        turn = engine().refused(talk.state, "没有这个纠纷类型", [RECEIPT, None])
        assert RECEIPT["number"] in turn.reply.text
        assert turn.reply.card is not None
        assert not any(line["slot"].startswith("m1_") for line in turn.reply.card["lines"])
        assert list(engine().filing_bodies(turn.state)) == [1]


class TestOneFirst:
    def test_the_other_one_is_kept_and_goes_on_without_telling_again(self) -> None:
        talk = asked_how_many()
        talk.press("first")
        assert talk.slot == "which"
        talk.press("m2")
        while talk.slot != "confirm":
            talk.say({"counterparty": "房东王姐", "contact_name": "何静 17709900011"}.get(talk.slot or "", "跳过"))
        talk.say("对")
        assert (talk.turn.payload["dispute_type"], talk.turn.payload["narrative"]) == ("FW", STORY)
        talk.file(RECEIPT)
        assert "拖欠工资" in talk.reply.text
        assert talk.reply.choices[0].value == "next_matter"
        talk.state.link = "conversation-0"
        talk.press("next_matter")
        assert talk.slot not in ("consent", "safety", "narrative", "split", "contact_name"), talk.told()
        assert (talk.state.dispute_type, talk.state.case_seq, talk.state.link) == ("LD", 1, "conversation-0")
        while talk.slot != "confirm":
            assert talk.slot != "contact_name", talk.told()
            talk.say("跳过")
        assert talk.value("contact_phone") == "17709900011"
        talk.say("对")
        assert (talk.turn.payload["dispute_type"], talk.turn.payload["narrative"]) == ("LD", STORY)

    def test_in_words(self) -> None:
        talk = asked_how_many()
        talk.say("先办其中一件吧")
        assert talk.slot == "which"
        talk.say("工资那个")
        assert (talk.state.dispute_type, talk.state.later[0]["dispute_type"]) == ("LD", "FW")


def test_a_matter_for_other_doors_can_be_left_out_and_the_other_is_filed() -> None:
    crime = StoryPart("我被人打成轻伤二级，派出所已经立案，", "SH", None, "JJ", prediction(("SH", 0.9), route="JJ"))
    parts = (crime, PARTS[1])
    talk = apart(story="".join(part.text for part in parts), parts=parts, whole=prediction(("SH", 0.6), ("FW", 0.3), route="JJ"))
    assert talk.reply.state.value == "redirected", talk.told()
    assert "leave_matter" in [choice.value for choice in talk.reply.choices]
    talk.press("leave_matter")
    assert (talk.state.dispute_type, len(talk.state.matters)) == ("FW", 1)
    assert talk.slot == "counterparty"


def asked_in_order(talk: Talk) -> list[tuple[str, str]]:
    """What was asked, each with the matter it was asked for; repeats by interruption are none here."""
    found: list[tuple[str, str]] = []
    group = ""
    for _, reply in talk.said:
        if "先说" in reply.text or "再说" in reply.text:
            group = reply.text.split("这件")[0][-6:]
        if reply.expecting is not None:
            found.append(("shared" if reply.expecting.slot in SHARED_SLOTS else group, reply.expecting.slot))
    return found
