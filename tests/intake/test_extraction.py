"""The extractor on written cases, and what must hold for any text at all."""

from __future__ import annotations

import json
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from intake.extract import PUBLIC_FIELDS, extract, public_values
from tests.intake.score import TODAY, load, score, total

LITERAL = ("counterparty", "place", "claim", "tried", "when_text")


def values(text: str, expecting: str | None = None, today: date = TODAY) -> dict[str, object]:
    return public_values(extract(text, expecting=expecting, today=today))


def test_precision_and_recall_on_the_written_cases() -> None:
    scores = score(load())
    together = total(scores)
    assert together.precision >= 0.95
    assert together.recall >= 0.93
    weak = {name: (one.precision, one.recall) for name, one in scores.items() if one.precision < 0.9 or one.recall < 0.9}
    assert weak == {}


@pytest.mark.parametrize(
    ("text", "field", "value"),
    [
        ("欠我三万二", "amount", 32000),
        ("还欠3.2w", "amount", 32000),
        ("一万五到两万之间", "amount", 15000),
        ("每月四千五欠了仨月", "amount", 13500),
        ("货款12,800元没给", "amount", 12800),
        ("交了两千来块", "amount", 2000),
        ("不是两万是三万", "amount", 30000),
        ("欠条写着陆万叁仟圆整", "amount", 63000),
        ("他说你给我等着", "amount", None),
        ("上礼拜三打的", "date", "2026-11-18"),
        ("去年腊月二十借的", "date", "2026-02-07"),
        ("国庆那几天", "date", "2026-10-01"),
        ("今年开春", "date", "2026-03"),
        ("前天的事", "date", "2026-11-25"),
        ("半个月前", "date", "2026-11-12"),
        ("10月8号", "date", "2026-10-08"),
        ("12月5号出的事", "date", "2025-12-05"),
        ("2025年3月", "date", "2025-03"),
        ("中秋节那天", "date", "2026-09-25"),
        ("去年的事", "date", None),
        ("2023年就开始了", "date", None),
        ("下周三开庭", "date", None),
        ("我姓欧阳", "name", "欧阳"),
        ("我叫阿依古丽·买买提", "name", "阿依古丽·买买提"),
        ("我是业主", "name", None),
        ("我是张伟的老婆", "name", None),
        ("我電話１３９-９９００-１２３４", "phone", "13999001234"),
        ("幺三八九九零零一二三四", "phone", "13899001234"),
        ("身份证650203199001011234", "phone", None),
        ("他们三个人打我", "people", None),
    ],
)
def test_one_field(text: str, field: str, value: object) -> None:
    assert values(text)[field] == value


@pytest.mark.parametrize(
    ("expecting", "text", "field", "value"),
    [
        ("amount", "三万", "amount", 30000),
        ("amount", "五千多吧", "amount", 5000),
        (None, "4500", "amount", None),
        ("amount", "4500", "amount", 4500),
        ("contact_name", "刘伟", "name", "刘伟"),
        (None, "刘伟", "name", None),
        ("contact_name", "刘伟 13999340066", "phone", "13999340066"),
        ("contact_phone", "6889201", "phone", "6889201"),
        ("when", "上个月", "date", "2026-10"),
        ("when", "3.12", "date", "2026-03-12"),
        (None, "3.12", "date", None),
        ("people", "就我一个", "people", 1),
        ("people", "五六个", "people", 5),
        ("counterparty", "301的", "counterparty", "301的"),
    ],
)
def test_what_was_asked_changes_the_reading(expecting: str | None, text: str, field: str, value: object) -> None:
    assert values(text, expecting)[field] == value


def test_weeks_start_on_monday() -> None:
    sunday = date(2026, 11, 29)
    assert values("上周一", today=sunday)["date"] == "2026-11-16"
    assert values("周一", today=sunday)["date"] == "2026-11-23"


def test_the_other_sides_number_is_kept_apart() -> None:
    fields = {f.name: f.value for f in extract("对方电话13811112222，我的是13922223333", today=TODAY)}
    assert (fields["phone"], fields["counterparty_phone"]) == ("13922223333", "13811112222")


def test_deadlines_and_attempts_are_told_too() -> None:
    fields = extract("找过社区两回没用，下周三开庭", today=TODAY)
    assert [(f.name, f.value) for f in fields if f.name in ("tried", "deadline")] == [
        ("tried", "找过社区两回没用"),
        ("deadline", "2026-12-02"),
    ]


PIECES = st.sampled_from(
    ["我叫", "欧阳", "阿依古丽·买买提", "欠我", "三万二", "3.2w", "每月四千五", "欠了仨月", "不是", "是", "，", " ", "去年腊月三十", "二月三十号", "13899001234", "幺三八", "物业", "老板", "在白碱滩区", "要求", "闰", "周", "九十九", "2月29日", "元", "0", "·"]
)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(st.one_of(st.text(max_size=80), st.lists(PIECES, max_size=14).map("".join)), st.sampled_from([None, "amount", "contact_name", "contact_phone", "when", "people", "counterparty", "place", "claim"]))  # fmt: skip
def test_any_text_is_survived_and_spans_are_slices(text: str, expecting: str | None) -> None:
    fields = extract(text, expecting=expecting, today=TODAY)
    for field in fields:
        assert text[field.start : field.end] == field.text
        assert field.text
        assert 0 < field.confidence <= 1
        if field.name in LITERAL:
            assert field.value == field.text
    public = [f.name for f in fields if f.name in PUBLIC_FIELDS]
    assert len(public) == len(set(public))
    json.dumps([f.value for f in fields])


@given(st.dates(min_value=date(2020, 1, 1), max_value=date(2090, 12, 31)))
def test_what_happened_never_lies_ahead(today: date) -> None:
    for words in ("去年腊月二十", "国庆节", "正月十五", "12月31号", "礼拜天", "2月29号", "大年三十", "上个月31号", "古尔邦节", "年底"):
        value = values(words, "when", today)["date"]
        assert value is None or str(value) <= today.isoformat()
