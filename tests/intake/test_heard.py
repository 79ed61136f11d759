"""What the story said already is not asked again: the listed ways of saying it, and the traps that must stay questions."""

from __future__ import annotations

import pytest

from tests.intake.test_inference import told


def inferred(story: str, dispute_type: str, subtype: str, slot: str) -> object:
    state = told(story, dispute_type, subtype)
    return state.fields[slot].value if slot in state.fields else None


@pytest.mark.parametrize(
    ("story", "value"),
    [
        ("我想离婚，他不同意，我们已经分开住一年了", "one_two"),
        ("分居都三年了他还拖着", "over2"),
        ("分居五个月了，孩子跟我", "under1"),
        ("天天吵，可是还住一起，孩子看着难受", "together"),
        ("我们结婚五年了，想离", None),
        ("要是分开他肯定不给抚养费", None),
        ("法律上要分居多久才能离", None),
    ],
)
def test_divorce_hears_whether_they_live_together(story: str, value: str | None) -> None:
    assert inferred(story, "HY", "HY01", "separated") == value


@pytest.mark.parametrize(
    ("story", "value"),
    [
        ("老板欠我三个月工资，我上个月已经辞职了", "no"),
        ("活干完了钱不给", "no"),
        ("我还在厂里上班，就是两个月没发钱", "yes"),
        ("工地停工等着，工资也没结", "suspended"),
        ("想辞职又怕钱要不回来", None),
        ("欠薪三个月", None),
    ],
)
def test_wages_hear_whether_they_still_work_there(story: str, value: str | None) -> None:
    assert inferred(story, "LD", "LD01", "still_employed") == value


@pytest.mark.parametrize(
    ("story", "value"),
    [
        ("在白碱滩的宏远饭店当厨师，老板不发工资", "shop"),
        ("我在一家电子厂上班，三个月没发钱", "company"),
        ("在工地扛钢筋，包工头跑了", "site"),
        ("在井队干了半年没见钱", "oilfield"),
        ("老板欠我一万一", None),
        ("我在工地旁边的饭馆洗碗没给钱", "shop"),
    ],
)
def test_wages_hear_where_the_work_was(story: str, value: str | None) -> None:
    assert inferred(story, "LD", "LD01", "worksite") == value
