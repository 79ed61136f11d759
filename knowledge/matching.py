"""Does a case meet the conditions of a rule? Shared by routing, the legality gate and whatever else is written as a ``When``."""

from __future__ import annotations

from common.payloads import CaseFacts
from knowledge.models import When


def matches(when: When, facts: CaseFacts) -> bool:
    """All conditions that are set must hold; an empty ``When`` holds for every case.

    What is unknown never meets a condition about it, with one exception: an unknown number of people counts as one,
    because residents who speak for a group say so. ``secondary`` asks for any overlap with the secondary types.

    Args:
        when: the conditions of a rule; amounts in CNY, people on the applicant's side.
        facts: what is known of the case.
    """
    return _labels_hold(when, facts) and _numbers_hold(when, facts) and _flags_hold(when, facts)


def _labels_hold(when: When, facts: CaseFacts) -> bool:
    if when.dispute_types and facts.dispute_type not in when.dispute_types:
        return False
    if when.subtypes and facts.subtype not in when.subtypes:
        return False
    if when.secondary and not set(when.secondary) & set(facts.secondary):
        return False
    if when.routes and facts.route not in {route.value for route in when.routes}:
        return False
    return not when.counterparty or facts.counterparty_kind in when.counterparty


def _numbers_hold(when: When, facts: CaseFacts) -> bool:
    if when.risk_at_least is not None and not facts.risk.at_least(when.risk_at_least):
        return False
    if when.amount_over is not None and (facts.amount is None or facts.amount <= when.amount_over):
        return False
    if when.amount_at_most is not None and (facts.amount is None or facts.amount > when.amount_at_most):
        return False
    people = 1 if facts.people is None else facts.people
    if when.people_at_least is not None and people < when.people_at_least:
        return False
    return when.people_at_most is None or people <= when.people_at_most


def _flags_hold(when: When, facts: CaseFacts) -> bool:
    if not facts.flags.issuperset(when.flags_all):
        return False
    if when.flags_any and facts.flags.isdisjoint(when.flags_any):
        return False
    return facts.flags.isdisjoint(when.flags_none)
