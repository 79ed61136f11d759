"""What the files promise residents: wording, sources, organisations, questions, phrases, answers."""

from __future__ import annotations

import re

import pytest

from common.enums import AdminLevel, Route
from knowledge import Knowledge

FORBIDDEN = ("忍一忍", "一定能", "肯定能", "来不及了", "太晚了", "活该")
PUBLIC_SLOTS = (
    *("consent", "safety", "narrative", "dispute_type", "counterparty", "relation", "when", "place", "amount", "people", "tried"),
    *("claim", "willing", "evidence", "contact_name", "contact_phone", "handling_mode", "appointment", "confirm"),
)


def shown(knowledge: Knowledge) -> list[str]:
    """Every sentence of these files that a resident may read."""
    texts = [w for entry in knowledge.phrases.values() for w in ([entry] if isinstance(entry, str) else entry)]
    texts += [w for q in knowledge.questions.values() for w in (*q.ask, q.why)]
    texts += [rule.reason for rule in knowledge.routing.level_rules]
    texts += [w for rule in knowledge.routing.channel_rules for w in (rule.reason, *rule.advice)]
    texts += [w for rule in knowledge.legality for w in (rule.reason, rule.still_possible)]
    texts += [text.text for text in knowledge.risk.texts]
    texts += [w for kind in knowledge.organisation_kinds.values() for w in (kind.handles, kind.time_limit)]
    texts += [answer.answer for answer in knowledge.faq.values()]
    return texts


def test_nothing_forbidden_is_said(shipped: Knowledge) -> None:
    assert [t for t in shown(shipped) if any(word in t for word in FORBIDDEN)] == []


def test_unverified_marks_never_reach_a_resident(shipped: Knowledge) -> None:
    assert [t for t in shown(shipped) if re.search(r"\[U\]|\[V|待核|未核实|没有核实", t)] == []
    unverified = [k.code for k in shipped.organisation_kinds.values() if k.source.mark == "U"]
    unverified += [r.id for r in (*shipped.routing.level_rules, *shipped.routing.channel_rules) if r.source.mark == "U"]
    unverified += [r.id for r in shipped.legality if r.source.mark == "U"]
    unverified += [a.id for a in shipped.faq.values() if a.source.mark == "U"]
    assert unverified == []


def test_numbers_in_sentences_are_the_known_ones(shipped: Knowledge) -> None:
    allowed = {"110", "119", "120", "122", "12338", "12345", "12348", "12356"}
    found = {n for t in shown(shipped) for n in re.findall(r"(?<![\d.])(1[12]\d|12\d{3}|96\d{3}|0\d{3}-?\d{7})(?![\d元号])", t)}
    assert found <= allowed


@pytest.mark.parametrize("slot", PUBLIC_SLOTS)
def test_every_public_slot_can_be_asked_in_two_ways(shipped: Knowledge, slot: str) -> None:
    question = shipped.questions[slot]
    assert len(question.ask) >= 2
    assert question.why
    assert all(len(wording) <= 60 for wording in question.ask)


def test_questions_come_in_the_order_of_a_good_officer(shipped: Knowledge) -> None:
    order = [slot for slot in shipped.questions if slot in PUBLIC_SLOTS]
    assert order[:4] == ["consent", "safety", "narrative", "dispute_type"]
    assert order.index("counterparty") < order.index("amount") < order.index("claim") < order.index("contact_name") < order.index("confirm")
    assert shipped.questions["contact_name"].also == ["contact_phone"]
    assert shipped.questions["when"].also == ["place"]
    assert shipped.questions["handling_mode"].also == ["appointment"]


def test_questions_for_a_subtype_leave_out_those_of_others(shipped: Knowledge) -> None:
    asked = shipped.questions_for("LD", "LD01")
    assert asked == sorted(asked, key=lambda q: q.rank)
    assert all(not q.subtypes or "LD01" in q.subtypes for q in asked)
    assert {q.slot for q in asked} != {q.slot for q in shipped.questions_for("LD", "LD02")}
    assert shipped.questions_for("没有", None) == []


def test_phrases_fill_their_placeholders(shipped: Knowledge) -> None:
    assert shipped.phrase("filed.done", number="JF2026-1", code="8K3P", extra=1).count("JF2026-1") == 1
    assert shipped.phrase("ack.detail", variant=0) != shipped.phrase("ack.detail", variant=1)
    assert shipped.phrase("ack.detail", variant=3) == shipped.phrase("ack.detail", variant=0)
    with pytest.raises(KeyError, match="code"):
        shipped.phrase("filed.done", number="JF2026-1")
    with pytest.raises(KeyError):
        shipped.phrase("no.such.phrase")


def test_opening_says_free_voluntary_private_and_human(shipped: Knowledge) -> None:
    words = "".join(shipped.phrase(f"opening.{k}", centre="化解中心") for k in ("greeting", "free", "privacy", "human"))
    for needed in ("化解中心", "免费", "由您定", "对方看不到", "转人工", "不是真人"):
        assert needed in words


def test_placeholder_organisations_invent_nothing(shipped: Knowledge) -> None:
    assert [o.id for o in shipped.organisations.values() if o.placeholder and (o.phone or o.address or o.hours)] == []
    real = {o.phone for o in shipped.organisations.values() if not o.placeholder}
    assert real == {"110", "119", "120", "122", "12338", "12345", "12348", "12356", "12315", "12333"}


def test_the_four_levels_of_karamay_exist(shipped: Knowledge) -> None:
    offices = shipped.organisations.values()
    centres = [o for o in offices if o.kind == "P3"]
    assert [o.admin_level for o in centres].count(AdminLevel.CITY) == 1
    assert {o.division_code for o in centres if o.admin_level is AdminLevel.DISTRICT} == {"650202", "650203", "650204", "650205"}
    streets = {d.code for d in shipped.divisions.values() if d.level == "street" and not d.bingtuan}
    assert len(streets) == 16
    assert {o.division_code for o in offices if o.kind == "P2"} == streets
    assert len([o for o in offices if o.kind == "P1"]) >= 8
    assert [d.name for d in shipped.divisions.values() if d.bingtuan] == ["兵团一二九团分部", "兵团一三六团", "兵团一三七团乡"]
    assert shipped.division_chain("650204003") == ["650204003", "650204", "650200"]
    nearest = shipped.organisations_of("X-FY", "650204003")[0]
    assert nearest.division_code == "650204"


def test_every_kind_has_an_organisation_and_every_route_a_door(shipped: Knowledge) -> None:
    held = {o.kind for o in shipped.organisations.values()}
    assert sorted(set(shipped.organisation_kinds) - held) == []
    for route in Route:
        assert set(shipped.routes[route].organisation_kinds) & held


def test_answers_are_short_and_end_with_the_disclaimer(shipped: Knowledge) -> None:
    for answer in shipped.faq.values():
        assert answer.answer.endswith("具体以官方答复和生效法律为准。"), answer.id
        assert len(answer.answer) <= 170, answer.id
        assert len(answer.paraphrases) >= 3
        assert answer.where


def test_changing_laws_are_not_answered_from(shipped: Knowledge) -> None:
    changing = {law for law, statute in shipped.statutes.items() if statute.status == "changing"}
    assert {"噪声污染防治法", "环境保护法", "生态环境法典"} <= changing
    assert [a.id for a in shipped.faq.values() if any(c.law in changing for c in a.citations) and not a.changing] == []
