"""The legality gate on the real rules, and the calendar of the limitation clock."""

from __future__ import annotations

import functools
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

import knowledge
from common.enums import CounterpartyKind, Flag
from common.payloads import CaseFacts
from intake.extract.almanac import add_months
from intake.legality import check
from intake.limitation import SOON_DAYS, ClockItem, clock, end_of
from knowledge import Knowledge
from knowledge.models import LimitationRule, Source

TODAY = date(2026, 11, 27)


@functools.cache
def book() -> Knowledge:
    return knowledge.load()


def rule(**period: int) -> LimitationRule:
    return LimitationRule(id="x", text="一般是这么久。", starts_text="从那天起", citations=[], source=Source(mark="D"), **period)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("facts", "hard"),
    [
        (CaseFacts("XZ", "XZ01"), True),
        (CaseFacts("JD", "JD01", flags=frozenset({Flag.JUDGED})), True),
        (CaseFacts("HT", "HT01", flags=frozenset({Flag.IN_COURT})), True),
        (CaseFacts("XZ", "XZ02", counterparty_kind=CounterpartyKind.AUTHORITY, flags=frozenset({Flag.AUTHORITY_ACT})), True),
    ],
)
def test_what_mediation_cannot_take_meets_a_hard_rule(facts: CaseFacts, hard: bool) -> None:
    found = check(facts, book())
    assert found is not None
    assert found.hard is hard
    assert found.doors


def test_an_ordinary_quarrel_passes_the_gate() -> None:
    assert check(CaseFacts("LL", "LL01", counterparty_kind=CounterpartyKind.PERSON), book()) is None


def test_a_soft_rule_never_hides_a_hard_one() -> None:
    hard = next(r for r in book().legality if r.hard and r.when.flags_any)
    flags = frozenset(hard.when.flags_any[:1])
    soft = hard.model_copy(update={"id": "soft", "hard": False})
    mixed = functools.partial(check, CaseFacts("QT", flags=flags))

    class _Book:
        legality = (soft, hard)

    assert mixed(_Book()).id == hard.id  # type: ignore[arg-type, union-attr]


@pytest.mark.parametrize(
    ("period", "start", "end"),
    [
        ({"years": 3}, date(2024, 2, 29), date(2027, 2, 28)),
        ({"years": 1}, date(2026, 3, 15), date(2027, 3, 15)),
        ({"months": 1}, date(2026, 1, 31), date(2026, 2, 28)),
        ({"months": 6}, date(2026, 8, 31), date(2027, 2, 28)),
        ({"days": 60}, date(2026, 11, 1), date(2026, 12, 31)),
        ({"days": 15}, date(2026, 2, 20), date(2026, 3, 7)),
    ],
)
def test_calendar_arithmetic(period: dict[str, int], start: date, end: date) -> None:
    assert end_of(rule(**period), start) == end


@given(st.dates(min_value=date(2000, 1, 1), max_value=date(2100, 1, 1)), st.integers(min_value=-240, max_value=240))
def test_months_land_on_the_same_day_or_the_last(day: date, months: int) -> None:
    found = add_months(day, months)
    assert (found.year * 12 + found.month) - (day.year * 12 + day.month) == months
    assert found.day == day.day or (found + timedelta(days=1)).day == 1


def test_every_period_of_every_type_reads_calmly() -> None:
    for code, kind in book().types.items():
        for subtype in kind.subtypes:
            for when in (TODAY - timedelta(days=n) for n in (1, 330, 400, 1200, 9000)):
                dates = {r.starts: when for r in kind.limitation}
                for item in clock(CaseFacts(code, subtype.code), dates, book(), TODAY):
                    assert not any(word in item.text for word in ("太迟", "来不及", "过期", "超过了时效", "已经过了", "失效"))
                    assert (item.may_end_on is None) == (item.days_left is None)
                    if item.days_left is not None:
                        assert item.needs_human == (item.days_left < SOON_DAYS)


def arbitration(dates: dict[str, date]) -> ClockItem:
    return next(item for item in clock(CaseFacts("LD", "LD02"), dates, book(), TODAY) if item.rule_id == "LD-arbitration")


def test_soon_passed_and_unclear_call_a_person() -> None:
    soon = arbitration({"when": date(2025, 12, 20)})
    assert (soon.may_end_on, soon.days_left, soon.needs_human) == (date(2026, 12, 20), 23, True)
    assert "2026年12月20日" in soon.text
    far = arbitration({"when": date(2026, 11, 20)})
    assert (far.may_end_on, far.needs_human) == (date(2027, 11, 20), False)
    passed = arbitration({"when": date(2024, 1, 5)})
    assert (passed.days_left, passed.needs_human) == (0, True)
    unclear = arbitration({})
    assert (unclear.may_end_on, unclear.needs_human) == (None, True)
    assert clock(CaseFacts("??"), {}, book(), TODAY) == []
