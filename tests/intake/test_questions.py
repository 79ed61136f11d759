"""Which detail is asked next, and with how much restraint."""

from __future__ import annotations

import pytest

from intake import questions
from intake.state import FieldValue, IntakeState, prediction_to_dict
from tests.intake.talk import known
from tests.intake.talk_helpers import LEAK, LOAN, WAGES


def told(**values: object) -> dict[str, FieldValue]:
    return {slot: FieldValue(value, str(value)) for slot, value in values.items()}


def wages(**values: object) -> IntakeState:
    return IntakeState(dispute_type="LD", subtype="LD01", prediction=prediction_to_dict(WAGES), story=["欠薪"], fields=told(**values))


def test_nothing_told_asks_everything_that_matters_once() -> None:
    plan = questions.plan(wages(), known())
    assert plan[:2] == ["counterparty", "when"]
    assert plan[-3:] == ["contact_name", "contact_phone", "handling_mode"]
    assert {"amount", "claim", "place"} <= set(plan)
    assert len(plan) == len(set(plan))


def test_what_was_told_is_never_asked() -> None:
    plan = questions.plan(wages(counterparty="张宏", when="2026-08", place="中兴路街道", amount=11000, claim="要回工资"), known())
    assert not {"counterparty", "when", "place", "amount", "claim"} & set(plan)


def test_a_rich_story_is_asked_one_question_of_its_type() -> None:
    rich = wages(counterparty="张宏", when="2026-08", place="中兴路街道", amount=11000, claim="要回工资")
    own = {q.slot for q in known().questions_for("LD", "LD01")} - set(known().questions)
    assert len([slot for slot in questions.plan(rich, known()) if slot in own]) == 1


def test_a_thin_story_is_asked_at_most_two() -> None:
    own = {q.slot for q in known().questions_for("LD", "LD01")} - set(known().questions)
    assert 1 <= len([slot for slot in questions.plan(wages(), known()) if slot in own]) <= questions.SPECIFIC_MOST


@pytest.mark.parametrize(
    "code", ["HY", "LL", "WY", "FW", "HT", "JD", "SC", "SH", "LD", "JT", "YL", "XF", "LY", "WL", "ZS", "TD", "ZD", "HB", "XY", "YD", "QT"]
)
def test_no_type_asks_for_more_than_nine_details(code: str) -> None:
    """With consent, safety, story and confirmation: at most 13 messages when nothing at all was told and nothing is combined."""
    state = IntakeState(dispute_type=code, type_fixed=True, story=["事情"])
    combined = {"place", "contact_phone"}  # answered together with when and contact_name
    assert len([slot for slot in questions.plan(state, known()) if slot not in combined]) <= 9


def test_money_is_asked_where_money_is_the_matter() -> None:
    loan = IntakeState(dispute_type="JD", subtype="JD01", prediction=prediction_to_dict(LOAN), story=["借钱不还"])
    assert "amount" in questions.plan(loan, known())
    noise = IntakeState(dispute_type="LL", subtype="LL01", type_fixed=True, prediction=None, story=["楼上吵"])
    assert "amount" not in questions.plan(noise, known())


def test_people_are_asked_of_groups_only() -> None:
    alone, group = wages(), wages()
    group.flags = ["group"]
    assert "people" not in questions.plan(alone, known())
    assert "people" in questions.plan(group, known())


def test_somebody_who_speaks_for_another_is_asked_for_whom() -> None:
    state = wages()
    state.flags = ["speaks_for_other"]
    assert "speaks_for" in questions.plan(state, known())


def test_a_skipped_slot_is_not_asked() -> None:
    state = wages()
    state.skipped = ["counterparty", "contact_phone"]
    assert not {"counterparty", "contact_phone"} & set(questions.plan(state, known()))


def test_a_matter_sent_elsewhere_has_no_handling_mode() -> None:
    state = wages()
    state.told = ["redirected"]
    assert "handling_mode" not in questions.plan(state, known())


@pytest.mark.parametrize(
    "name", ["老板", "物业", "楼上", "我们公司", "那个房东", "一个朋友", "以前的同事", "楼上那家子", "隔壁邻居", "健身房", "房东"]
)
def test_roles_are_not_names(name: str) -> None:
    assert questions.is_generic(name)


@pytest.mark.parametrize("name", ["老板张宏", "安居物业公司", "楼上503的住户", "我老公", "包工头老李", "房东王姐", "力搏健身房", "马志强"])
def test_names_are_names(name: str) -> None:
    assert not questions.is_generic(name)


def test_a_role_is_asked_for_a_name_once() -> None:
    state = wages(counterparty="老板")
    assert questions.plan(state, known())[0] == "counterparty"
    state.asked["counterparty"], state.expecting = 1, "when"
    assert "counterparty" not in questions.plan(state, known())


def test_the_types_own_wording_wins() -> None:
    leak = IntakeState(dispute_type="LL", subtype="LL02", prediction=prediction_to_dict(LEAK))
    own = next(q for q in known().questions_for("LL", "LL02") if q.slot == "counterparty")
    found = questions.question_for("counterparty", leak, known())
    assert found is not None
    assert found.ask == own.ask
    assert questions.question_for("counterparty", IntakeState(), known()) == known().questions["counterparty"]


def test_questions_of_a_doubtful_subtype_are_not_asked() -> None:
    doubtful = wages()
    doubtful.prediction = {"types": [["LD", 0.9]], "subtypes": [["LD01", 0.3]], "routes": [], "abstained": False, "version": ""}
    assert questions.subtype_for_questions(doubtful) is None
    assert questions.subtype_for_questions(wages()) == "LD01"
