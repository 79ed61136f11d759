"""The routing book: every rule can be reached, and typical cases find the door the reference names."""

from __future__ import annotations

import itertools
from dataclasses import replace

import pytest

from common.enums import CounterpartyKind, Flag, RiskLevel, Route
from common.payloads import CaseFacts
from knowledge import Knowledge
from knowledge.matching import matches
from knowledge.models import ChannelRule, When


def channel(knowledge: Knowledge, facts: CaseFacts) -> ChannelRule:
    return next(rule for rule in knowledge.routing.channel_rules if matches(rule.when, facts))


def facts_for(knowledge: Knowledge, when: When) -> list[CaseFacts]:
    """Cases that meet a rule's conditions with as little else as possible."""
    types = when.dispute_types or list(knowledge.types)
    pairs: list[tuple[str, str | None]] = [(knowledge.type_of(code), code) for code in when.subtypes]
    pairs = pairs or [(code, None) for code in types] + [(code, s.code) for code in types for s in knowledge.types[code].subtypes]
    flags = [{*when.flags_all, *extra} for extra in ([{f} for f in when.flags_any] or [set()])]
    amount = (when.amount_over or 0) + 1 if when.amount_over else when.amount_at_most
    made = []
    for (dispute, subtype), route, flag in itertools.product(pairs, when.routes or [None], flags):
        facts = CaseFacts(dispute, subtype, tuple(when.secondary), route.value if route else None, amount, when.people_at_least)
        kind = when.counterparty[0] if when.counterparty else CounterpartyKind.UNKNOWN
        made.append(replace(facts, flags=frozenset(flag), risk=when.risk_at_least or RiskLevel.R0, counterparty_kind=kind))
    return made


def test_every_channel_rule_can_be_reached(shipped: Knowledge) -> None:
    never = []
    for rule in shipped.routing.channel_rules:
        facts = facts_for(shipped, rule.when)
        if not any(channel(shipped, one).id == rule.id for one in facts):
            never.append(rule.id)
    assert never == []


def test_every_level_rule_can_be_reached(shipped: Knowledge) -> None:
    for rule in shipped.routing.level_rules:
        found = {next(r.id for r in shipped.routing.level_rules if matches(r.when, one)) for one in facts_for(shipped, rule.when)}
        assert rule.id in found, rule.id


def test_rules_name_kinds_of_their_own_route(shipped: Knowledge) -> None:
    for rule in shipped.routing.channel_rules:
        first = shipped.organisation_kinds[rule.organisation_kinds[0]]
        assert first.route is rule.route, rule.id
        assert rule.reason.endswith("。")
        assert len(rule.reason) <= 45, rule.id


CASES = [
    (CaseFacts("HY", "HY08"), Route.JJ, "X-110"),
    (CaseFacts("HY", "HY01", flags=frozenset({Flag.VIOLENCE})), Route.JJ, "X-110"),
    (CaseFacts("HY", "HY01"), Route.RM, "P1"),
    (CaseFacts("HY", "HY06"), Route.RM, "P1"),
    (CaseFacts("LL", "LL02"), Route.RM, "P1"),
    (CaseFacts("WY", "WY02"), Route.ZY, "HT-WY"),
    (CaseFacts("WY", "WY01", people=40), Route.ZY, "HT-WY"),
    (CaseFacts("FW", "FW01"), Route.RM, "P1"),
    (CaseFacts("LD", "LD01", people=3), Route.LW, "X-LDJC"),
    (CaseFacts("LD", "LD01", people=23), Route.LW, "X-LDJC"),
    (CaseFacts("LD", "LD03"), Route.ZY, "HT-LD"),
    (CaseFacts("LD", "LD03", flags=frozenset({Flag.ARBITRATION_PENDING})), Route.LW, "X-LDZC"),
    (CaseFacts("LD", "LD03", counterparty_kind=CounterpartyKind.CENTRAL_ENTERPRISE), Route.QY, "P-QY"),
    (CaseFacts("YL", "YL01"), Route.ZY, "HT-YL"),
    (CaseFacts("JT", "JT01", flags=frozenset({Flag.INJURY})), Route.ZY, "HT-JT"),
    (CaseFacts("JT", "JT04"), Route.HA, "HT-JR"),
    (CaseFacts("JD", "JD04"), Route.HA, "HT-JR"),
    (CaseFacts("JD", "JD01", amount=30000), Route.RM, "P1"),
    (CaseFacts("JD", "JD01", amount=1_200_000), Route.SF, "J1"),
    (CaseFacts("JD", "JD07"), Route.JJ, "X-110"),
    (CaseFacts("XF", "XF02"), Route.XH, "HT-XF"),
    (CaseFacts("SC", "SC03"), Route.XH, "HT-SH"),
    (CaseFacts("LY", "LY03", flags=frozenset({Flag.TOURIST_LEAVING})), Route.HA, "HT-LY"),
    (CaseFacts("ZS", "ZS02"), Route.HA, "HT-ZS"),
    (CaseFacts("HB", "HB02"), Route.XT, "A-HB"),
    (CaseFacts("SH", "SH01"), Route.XT, "A-GA"),
    (CaseFacts("TD", "TD03"), Route.XT, "A-ZR"),
    (CaseFacts("XY", "XY01"), Route.ZY, "HT-XY"),
    (CaseFacts("YD", "YD01"), Route.QY, "P-QY"),
    (CaseFacts("YD", "YD06", people=130), Route.QY, "X-YD"),
    (CaseFacts("ZD", "ZD01"), Route.XJ, "X-FYS"),
    (CaseFacts("ZD", "ZD04"), Route.RM, "P2"),
    (CaseFacts("XZ", "XZ02"), Route.XJ, "X-FYS"),
    (CaseFacts("XZ", "XZ03"), Route.XJ, "X-XF"),
    (CaseFacts("XZ", "XZ05"), Route.ZX, "X-12345"),
    (CaseFacts("XZ", "XZ07"), Route.JJ, "X-12356"),
    (CaseFacts("HT", "HT01", route="SF"), Route.SF, "J1"),
    (CaseFacts("HT", "HT01", flags=frozenset({Flag.JUDGED})), Route.SS, "X-ZX"),
    (CaseFacts("HT", "HT01", flags=frozenset({Flag.OTHER_SIDE_REFUSES})), Route.SS, "X-FY"),
    (CaseFacts("HT", "HT01", flags=frozenset({Flag.AUTHORITY_ACT})), Route.XJ, "X-FYS"),
    (CaseFacts("LL", "LL01", risk=RiskLevel.R3), Route.JJ, "X-110"),
    (CaseFacts("QT", "QT04"), Route.RM, "P1"),
]


@pytest.mark.parametrize(("facts", "route", "kind"), CASES, ids=lambda v: str(v)[:60])
def test_typical_cases_find_their_door(shipped: Knowledge, facts: CaseFacts, route: Route, kind: str) -> None:
    rule = channel(shipped, facts)
    assert (rule.route, rule.organisation_kinds[0]) == (route, kind), rule.id


def test_danger_and_judgments_stand_before_the_model(shipped: Knowledge) -> None:
    judged = CaseFacts("LD", "LD01", route="RM", flags=frozenset({Flag.JUDGED}))
    assert channel(shipped, judged).route is Route.SS
    violent = CaseFacts("HY", "HY04", route="RM", flags=frozenset({Flag.VIOLENCE}))
    assert channel(shipped, violent).route is Route.JJ
    assert channel(shipped, replace(judged, risk=RiskLevel.R3)).route is Route.JJ
