"""Replies in the light of the question."""

from __future__ import annotations

import pytest

from intake import answers
from intake.references import case_reference
from intake.state import FieldValue
from knowledge.models import ChoiceItem, Question

PROOF = [
    ChoiceItem(title="有借条", value="iou"),
    ChoiceItem(title="转账记录", value="transfer"),
    ChoiceItem(title="都没有", value="none"),
]


def question(slot: str = "loan_proof", kind: str = "choice", choices: list[ChoiceItem] | None = None) -> Question:
    return Question.model_validate(
        {"slot": slot, "label": "凭据", "ask": ["有凭据吗？"], "kind": kind, "why": "有凭据好谈。", "choices": choices or []}
    )


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("有借条", "iou"),
        ("借条有", None),
        ("1", "iou"),
        ("第二个", "transfer"),
        ("就是微信转账记录", "transfer"),
        ("没有", "none"),
        ("三", "none"),
        ("嗯", None),
    ],
)
def test_choices_by_title_number_and_negation(text: str, value: str | None) -> None:
    assert answers.chosen(question(choices=PROOF), PROOF, text) == value


@pytest.mark.parametrize(("text", "value"), [("嗯呐", "yes"), ("没得", "no"), ("是的", "yes"), ("不是", "no"), ("也许", None)])
def test_yes_and_no_questions(text: str, value: str | None) -> None:
    assert answers.chosen(question(kind="yesno"), [], text) == value


@pytest.mark.parametrize(
    ("text", "mode"),
    [
        ("我腿脚不好 你们来家里行不行", "home_visit"),
        ("上门吧，老人走不动", "home_visit"),
        ("能来家里看看最好", "home_visit"),
        ("去窗口就行，这周五上午", "appointment"),
        ("去窗口就行", "central"),
        ("去社区就行", "central"),
        ("预约吧，下周一下午", "appointment"),
        ("电话说就行", "appointment"),
        ("都行", "any"),
        ("听你们安排", "any"),
        ("嗯嗯嗯什么", None),
    ],
)
def test_handling_mode(text: str, mode: str | None) -> None:
    assert answers.handling_mode(text) == mode


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("没有危险", "safe"),
        ("没得危险 就是睡不着", "safe"),
        ("没人受伤", "safe"),
        ("没有动过手，没危险", "safe"),
        ("都好着呢，安全", "safe"),
        ("现在在家养着，没危险", "safe"),
        ("人已经出院了", "hurt"),
        ("上个月骨折了，在家养着", "hurt"),
        ("有人受伤，正流血", "danger"),
        ("有", "danger"),
        ("不安全", "danger"),
        ("我想说房子的事", None),
    ],
)
def test_safety(text: str, said: str | None) -> None:
    assert answers.safety(text) == said


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        ("name", "我叫王桂芝", "王桂芝"),
        ("name", "姓马", "马"),
        ("name", "阿依古丽·买买提", "阿依古丽·买买提"),
        ("name", "我是他女儿现在在外地打工", None),
        ("name", "先给我通水", None),
        ("name", "随便", None),
        ("phone", "没带手机", None),
        ("text", "让他修好", "让他修好"),
        ("text", "嗯", None),
    ],
)
def test_weak_answers(kind: str, text: str, value: str | None) -> None:
    found = answers.weak(question(slot="x", kind=kind), text)
    assert (found.value if found else None) == value


@pytest.mark.parametrize("text", ["赔医药费", "让他道歉", "要他给钱", "我就想要他们把工资给我", "退一半团费", "叫他一个月给我五百"])
def test_wishes(text: str) -> None:
    assert answers.is_wish(text)


@pytest.mark.parametrize(
    "text",
    ["楼上503的老王", "去年还的", "他去年还没退钱", "要过两次", "他说要赔一直没赔我们家里的损失费到现在都半年多了人也找不到了", "上个月"],
)
def test_no_wishes(text: str) -> None:
    assert not answers.is_wish(text)


def test_a_question_is_nobodys_name() -> None:
    assert answers.weak(question(slot="counterparty", kind="text"), "楼上漏水该谁赔") is None
    found = answers.weak(question(slot="counterparty", kind="text"), "就是说对方是楼上老李")
    assert found is not None
    assert found.value == "楼上老李"


def test_values_are_shown_as_people_read_them() -> None:
    amount = question(slot="amount", kind="amount")
    assert answers.shown(amount, [], FieldValue(32000, "三万二")) == "32,000元"
    assert answers.shown(amount, [], FieldValue(12.5, "12.5")) == "12.50元"
    assert answers.shown(question(choices=PROOF), PROOF, FieldValue("iou", "有条子")) == "有借条"
    assert answers.shown(question(kind="date"), [], FieldValue("2026-10", "上个月")) == "2026-10（上个月）"
    assert answers.shown(question(kind="people"), [], FieldValue(12, "十二个")) == "12人"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("KLMY-20261127-000123 查询码 AB2C-D3EF", ("KLMY-20261127-000123", "AB2CD3EF")),
        ("编号klmy20261127000123，查询码ab2cd3ef", ("KLMY-20261127-000123", "AB2CD3EF")),
        ("ＫＬＭＹ－20261127－000123", ("KLMY-20261127-000123", None)),
        ("我的电话13899512345", (None, None)),
        ("查询码 QW23ER45", (None, "QW23ER45")),
        ("老板欠我工资", (None, None)),
    ],
)
def test_case_references(text: str, found: tuple[str | None, str | None]) -> None:
    assert case_reference(text) == found
