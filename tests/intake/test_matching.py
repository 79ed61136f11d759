"""The ``When`` matcher: every condition alone, and what unknown facts mean."""

from __future__ import annotations

import pytest

from common.enums import CounterpartyKind, Flag, RiskLevel, Route
from common.payloads import CaseFacts
from knowledge.matching import matches
from knowledge.models import When

WAGES = CaseFacts(
    dispute_type="LD",
    subtype="LD01",
    secondary=("YD",),
    route="LW",
    amount=13500.0,
    people=6,
    counterparty_kind=CounterpartyKind.BUSINESS,
    risk=RiskLevel.R1,
    flags=frozenset({Flag.CONSTRUCTION_SITE, Flag.GROUP}),
)


@pytest.mark.parametrize(
    ("when", "expected"),
    [
        (When(), True),
        (When(dispute_types=["LD", "HT"]), True),
        (When(dispute_types=["HT"]), False),
        (When(subtypes=["LD02"]), False),
        (When(secondary=["YD", "JT"]), True),
        (When(secondary=["JT"]), False),
        (When(routes=[Route.LW]), True),
        (When(routes=[Route.RM]), False),
        (When(risk_at_least=RiskLevel.R1), True),
        (When(risk_at_least=RiskLevel.R2), False),
        (When(amount_over=13499), True),
        (When(amount_over=13500), False),
        (When(amount_at_most=13500), True),
        (When(amount_at_most=13499), False),
        (When(people_at_least=6), True),
        (When(people_at_least=7), False),
        (When(people_at_most=5), False),
        (When(counterparty=[CounterpartyKind.BUSINESS]), True),
        (When(counterparty=[CounterpartyKind.AUTHORITY]), False),
        (When(flags_all=[Flag.GROUP, Flag.CONSTRUCTION_SITE]), True),
        (When(flags_all=[Flag.GROUP, Flag.VIOLENCE]), False),
        (When(flags_any=[Flag.VIOLENCE, Flag.GROUP]), True),
        (When(flags_any=[Flag.VIOLENCE]), False),
        (When(flags_none=[Flag.VIOLENCE]), True),
        (When(flags_none=[Flag.GROUP]), False),
        (When(dispute_types=["LD"], people_at_least=5, flags_none=[Flag.IN_COURT]), True),
    ],
)
def test_each_condition(when: When, expected: bool) -> None:
    assert matches(when, WAGES) is expected


def test_unknown_never_meets_a_condition_but_one_speaker_is_assumed() -> None:
    nothing = CaseFacts(dispute_type="QT")
    assert not matches(When(amount_at_most=5000), nothing)
    assert not matches(When(amount_over=0), nothing)
    assert not matches(When(subtypes=["QT01"]), nothing)
    assert not matches(When(people_at_least=2), nothing)
    assert matches(When(people_at_most=1), nothing)
