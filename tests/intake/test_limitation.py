"""Which periods a resident hears of."""

from __future__ import annotations

from datetime import date

import knowledge
from common.payloads import CaseFacts
from intake.limitation import clock

KNOWLEDGE = knowledge.load()


def test_a_period_from_a_day_nobody_told_is_not_brought_up() -> None:
    """A plain divorce hears nothing of coerced marriages; who told the day hears of it."""
    facts = CaseFacts(dispute_type="HY", subtype="HY01")
    silent = {item.rule_id for item in clock(facts, {}, KNOWLEDGE, date(2026, 11, 27))}
    told = {item.rule_id for item in clock(facts, {"coercion_ended": date(2026, 5, 1)}, KNOWLEDGE, date(2026, 11, 27))}
    assert told - silent == {rule.id for rule in KNOWLEDGE.types["HY"].limitation if rule.starts == "coercion_ended"}
    assert len(told - silent) == 1
