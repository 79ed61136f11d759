"""The limitation clock 时效提醒: which period applies, when it may end, with the article. It never says “too late”.

Calendar arithmetic follows 民法典第201–202条: the first day is not counted, a period of months or years ends on the same date, and on
the last day of the month where that date does not exist. Extensions over holidays (第203条) are left out: an earlier date is safer.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from common.payloads import CaseFacts
from intake.extract.almanac import add_months
from knowledge import Knowledge
from knowledge.models import Citation, LimitationRule

SOON_DAYS = 60
"""Fewer days left than this, and a person should look at it (intake.md section 4: warnings at 60/30/7 days)."""


@dataclass(frozen=True)
class ClockItem:
    """One period.

    Attributes:
        text: what a resident may read, calm, with the date when there is one.
        may_end_on: last day as far as the told dates go; None when the start is not known or nothing runs.
        days_left: whole days from today to that day; 0 when it has passed (a person must look, it may have begun anew).
        needs_human: fewer than 60 days, passed, or unclear.
    """

    rule_id: str
    text: str
    may_end_on: date | None
    days_left: int | None
    citations: tuple[Citation, ...]
    needs_human: bool


def clock(facts: CaseFacts, dates: Mapping[str, date], knowledge: Knowledge, today: date) -> list[ClockItem]:
    """Periods of the dispute type that concern the subtype, soonest end first, unclear ones last.

    Args:
        dates: day by slot (``when``, ``left_on``, ``ruling_received`` …); only full days.
        today: the day to count from.
    """
    kind = knowledge.types.get(facts.dispute_type)
    if kind is None:
        return []
    asked = {"when", *(question.slot for question in kind.questions)}
    rules = [
        rule
        for rule in kind.limitation
        if (not rule.subtypes or facts.subtype in rule.subtypes)
        # A period that runs from a day nobody asks for (coercion ended, a legacy was heard of) concerns only those who told that day.
        and (rule.none or rule.starts in asked or rule.starts in dates)
    ]
    items = [_item(rule, dates.get(rule.starts), today) for rule in rules]
    return sorted(items, key=lambda item: (item.may_end_on is None, item.may_end_on or today))


def end_of(rule: LimitationRule, start: date) -> date | None:
    """Last day of the period that begins after ``start``; None for a rule without a period."""
    if rule.none:
        return None
    if rule.days is not None:
        return start + timedelta(days=rule.days)
    months = rule.months if rule.months is not None else 12 * (rule.years or 0)
    return add_months(start, months)


def _item(rule: LimitationRule, start: date | None, today: date) -> ClockItem:
    citations = tuple(rule.citations)
    if rule.none:
        return ClockItem(rule.id, rule.text, None, None, citations, needs_human=False)
    end = end_of(rule, start) if start is not None and start <= today else None
    if end is None:
        return ClockItem(rule.id, rule.text, None, None, citations, needs_human=True)
    left = (end - today).days
    day = f"{end.year}年{end.month}月{end.day}日"
    if left < 0:
        said = "照您说的日子，这一条要请工作人员仔细核对：中间要过、找过有关部门，时间都可能重新算。"
    elif left < SOON_DAYS:
        said = f"照您说的日子算，大约到{day}。日子不算宽裕，我们会请工作人员先帮您看这一条。"
    else:
        said = f"照您说的日子算，大约到{day}，时间来得及，早点办更稳妥。"
    return ClockItem(rule.id, f"{rule.text}{said}", end, max(left, 0), citations, needs_human=left < SOON_DAYS)
