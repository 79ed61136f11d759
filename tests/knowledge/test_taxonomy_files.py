"""The 22 taxonomy files: complete, askable, calm, and consistent with each other.

The loader (knowledge/checks.py) tests references between files; here stand the rules of the house for what a resident is asked and told.
"""

from __future__ import annotations

import re
from collections import defaultdict
from functools import cache
from pathlib import Path
from statistics import median

import pytest
import yaml

from knowledge.models import Citation, DisputeType, LimitationRule, Question

FOLDER = Path(__file__).resolve().parents[2] / "knowledge" / "taxonomy"
COUNTS = {
    **{"HY": 8, "LL": 6, "WY": 7, "FW": 7, "HT": 8, "JD": 7, "SC": 6, "SH": 8, "LD": 8, "JT": 6, "YL": 6},
    **{"XF": 7, "LY": 6, "WL": 6, "ZS": 5, "TD": 6, "ZD": 5, "HB": 5, "XY": 5, "YD": 6, "XZ": 8, "QT": 4},
}
# The classifier's heads are exactly these; a missing or extra code would shift every label.
_CODES = """
HY01 HY02 HY03 HY04 HY05 HY06 HY07 HY08 LL01 LL02 LL03 LL04 LL05 LL06 WY01 WY02 WY03 WY04 WY05 WY06 WY07
FW01 FW02 FW03 FW04 FW05 FW06 FW07 HT01 HT02 HT03 HT04 HT05 HT06 HT07 HT08 JD01 JD02 JD03 JD04 JD05 JD06 JD07
SC01 SC02 SC03 SC04 SC05 SC06 SH01 SH02 SH03 SH04 SH05 SH06 SH07 SH08 LD01 LD02 LD03 LD04 LD05 LD06 LD07 LD08
JT01 JT02 JT03 JT04 JT05 JT06 YL01 YL02 YL03 YL04 YL05 YL06 XF01 XF02 XF03 XF04 XF05 XF06 XF07
LY01 LY02 LY03 LY04 LY05 LY06 WL01 WL02 WL03 WL04 WL05 WL06 ZS01 ZS02 ZS03 ZS04 ZS05
TD01 TD02 TD03 TD04 TD05 TD06 ZD01 ZD02 ZD03 ZD04 ZD05 HB01 HB02 HB03 HB04 HB05 XY01 XY02 XY03 XY04 XY05
YD01 YD02 YD03 YD04 YD05 YD06 XZ01 XZ02 XZ03 XZ04 XZ05 XZ06 XZ07 XZ08 QT01 QT02 QT03 QT04
"""
CODES = _CODES.split()
# Categories of the official form of people's mediation statistics, and the exit class that is not counted.
_STATISTICS = (
    "婚姻家庭纠纷 邻里纠纷 房屋宅基地纠纷 合同纠纷 生产经营纠纷 损害赔偿纠纷 山林土地纠纷 征地拆迁纠纷 环境污染（环境保护）纠纷 "
    "劳动争议纠纷 消费纠纷 医疗纠纷 道路交通事故纠纷 物业纠纷 其他纠纷 不计入调解统计"
)
STATISTICS = set(_STATISTICS.split())
_GENERAL = (
    "consent safety narrative dispute_type counterparty relation when place amount people tried claim willing evidence "
    "contact_name contact_phone handling_mode appointment confirm"
)
GENERAL = set(_GENERAL.split())
OVERRIDABLE = {"counterparty", "when", "amount", "place", "claim"}
# Days a limitation may run from that nobody is asked for as a matter of course; they are taken when told.
_TOLD_DATES = (
    "award_received judgment_date coercion_ended bequest_known discovered_on paid_for_other reminder_sent notice_received "
    "received_on resolution_date trip_end mediation_ended turned_18"
)
TOLD_DATES = set(_TOLD_DATES.split())
NEVER_SAID = ("太晚", "过期", "来不及", "晚了吧", "一定能", "保证能", "肯定能", "活该", "无理取闹")
SUPERSEDED = {("劳动法", "第82条")}  # 60 days of 1994, overtaken by the law of 2008
SUPERSEDED_LAWS = {"噪声污染防治法", "环境保护法"}  # absorbed by 生态环境法典 of 2026, not mapped yet


@cache
def types() -> dict[str, DisputeType]:
    loaded = [DisputeType.model_validate(yaml.safe_load(path.read_text("utf-8"))) for path in sorted(FOLDER.glob("*.yml"))]
    return {kind.code: kind for kind in loaded}


def fits(subtypes: list[str], code: str) -> bool:
    return not subtypes or code in subtypes


def required_of_its_own(kind: DisputeType, code: str) -> list[str]:
    """Slots of the type's own that a case of the subtype should have."""
    return [q.slot for q in kind.questions if q.required and q.slot not in GENERAL and fits(q.subtypes, code)]


ALL = sorted(COUNTS)
EVERY_SUBTYPE = [(code[:2], code) for code in CODES]


def test_files_hold_exactly_the_140_subtypes_of_22_types() -> None:
    assert {code: len(kind.subtypes) for code, kind in types().items()} == COUNTS
    found = [subtype.code for kind in types().values() for subtype in kind.subtypes]
    assert sorted(found) == sorted(CODES)
    assert len(set(CODES)) == 140
    assert {path.stem for path in FOLDER.glob("*.yml")} == set(COUNTS), "a file is named after the code in it"


@pytest.mark.parametrize("code", ALL)
def test_button_titles_are_short_and_unlike_each_other(code: str) -> None:
    kind = types()[code]
    titles = [subtype.plain for subtype in kind.subtypes]
    assert len(kind.plain) <= 12
    assert all(0 < len(title) <= 12 for title in titles), titles
    assert len(set(titles)) == len(titles)
    assert all(subtype.definition.endswith("。") and len(subtype.definition) <= 60 for subtype in kind.subtypes)


def test_no_two_buttons_say_the_same() -> None:
    titles = [kind.plain for kind in types().values()] + [s.plain for kind in types().values() for s in kind.subtypes]
    assert sorted(titles) == sorted(set(titles))


@pytest.mark.parametrize("code", ALL)
def test_every_type_rolls_up_to_the_official_form(code: str) -> None:
    kind = types()[code]
    assert kind.statistics_category in STATISTICS
    assert (kind.statistics_category == "不计入调解统计") == (code == "XZ")
    assert kind.governance_group


def test_some_causes_carry_their_number() -> None:
    by_code = {s.code: s.causes for kind in types().values() for s in kind.subtypes}
    assert by_code["LD01"] == ["205.5 追索劳动报酬纠纷", "209 承包人、被挂靠人用工主体责任纠纷"]
    assert by_code["JD01"] == ["108.3 民间借贷纠纷"]
    assert by_code["JD07"] == []
    assert "网络侵权责任纠纷" not in "".join(by_code["WL01"]), "not in the list of 2025"


@pytest.mark.parametrize(("kind_code", "code"), EVERY_SUBTYPE)
def test_a_subtype_asks_at_most_three_things_of_its_own(kind_code: str, code: str) -> None:
    asked = required_of_its_own(types()[kind_code], code)
    assert len(asked) <= 3, asked
    assert len(set(asked)) == len(asked)


def test_the_typical_subtype_asks_two_things_and_hardly_any_three() -> None:
    counts = {code: len(required_of_its_own(types()[kind_code], code)) for kind_code, code in EVERY_SUBTYPE}
    assert median(counts.values()) == 2
    assert [code for code, count in counts.items() if count > 2] == ["JT01", "XY02"]


@pytest.mark.parametrize(
    ("code", "slots"),
    [
        ("LD01", {"worksite", "still_employed"}),
        ("LD02", {"injury_status", "employer_insured"}),
        ("LD04", {"contract_form", "work_start"}),
        ("JT01", {"traffic_ruling", "injury", "insurance"}),
        ("YL02", {"medical_records_sealed", "death_date"}),
        ("SH02", {"injury", "pet_vaccine"}),
        ("HY01", {"separated", "children"}),
        ("HY08", {"violence_last", "separated"}),
        ("FW01", {"contract_form", "eviction"}),
        ("WY06", {"owners_affected", "utility_cut"}),
        ("XF03", {"shop_contacted", "order_platform"}),
        ("JD01", {"loan_proof", "due_date"}),
        ("ZD01", {"decision_received", "agreement_signed"}),
        ("LY05", {"leaving_when", "injury"}),
        ("XZ08", set()),
    ],
)
def test_what_matters_most_is_asked(code: str, slots: set[str]) -> None:
    assert set(required_of_its_own(types()[code[:2]], code)) == slots


def test_a_slot_means_one_kind_of_answer_everywhere() -> None:
    kinds: dict[str, set[str]] = defaultdict(set)
    for kind in types().values():
        for question in kind.questions:
            kinds[question.slot].add(question.kind)
    assert {slot: found for slot, found in kinds.items() if len(found) > 1} == {}


def test_a_flag_is_raised_by_the_same_answer_everywhere() -> None:
    """“住过院” must not mean injury in one type and nothing in another."""
    raised: dict[tuple[str, str], set[tuple[str, ...]]] = defaultdict(set)
    for kind in types().values():
        for question in kind.questions:
            for choice in question.choices:
                flags = question.sets_flags.get(choice.value, [])
                raised[question.slot, choice.value].add(tuple(sorted(flag.value for flag in flags)))
    assert {key: found for key, found in raised.items() if len(found) > 1} == {}


@pytest.mark.parametrize(
    ("code", "slot", "choice", "flag"),
    [
        ("LD", "worksite", "site", "construction_site"),
        ("WY", "utility_cut", "heat", "utility_cut"),
        ("HY", "prior_lawsuit", "filed", "in_court"),
        ("HY", "violence_last", "today", "violence"),
        ("JT", "injury", "serious", "death_or_serious_injury"),
        ("LY", "leaving_when", "today", "tourist_leaving"),
        ("TD", "land_manager", "corps", "bingtuan"),
        ("LD", "arbitration_state", "pending", "arbitration_pending"),
        ("JD", "organiser_reachable", "just", "fraud_now"),
        ("XZ", "authority_action", "fine", "authority_act"),
    ],
)
def test_answers_raise_the_flags_that_change_the_door(code: str, slot: str, choice: str, flag: str) -> None:
    question = next(q for q in types()[code].questions if q.slot == slot)
    assert flag in [f.value for f in question.sets_flags[choice]]


def questions() -> list[tuple[str, Question]]:
    return [(f"{code}:{q.slot}:{q.rank}", q) for code, kind in types().items() for q in kind.questions]


@pytest.mark.parametrize(("name", "question"), questions(), ids=[name for name, _ in questions()])
def test_questions_sound_like_a_person(name: str, question: Question) -> None:
    assert len(question.ask) >= 2, "asked again in other words"
    assert all(len(wording) <= 60 for wording in question.ask)
    assert all(re.search(r"[？。]$", wording) for wording in question.ask)
    assert "你" not in "".join(question.ask) + question.why, "residents are 您"
    assert question.why.endswith("。")
    assert question.why.count("。") == 1, "one sentence for “为什么要问这个”"
    assert re.fullmatch(r"[a-z][a-z0-9_]+", question.slot)
    if question.slot in GENERAL:
        assert question.slot in OVERRIDABLE, "asked of everybody, in questions.yml"
    if question.kind == "choice":
        assert 2 <= len(question.choices) <= 6
        assert all(len(choice.title) <= 12 for choice in question.choices)


@pytest.mark.parametrize("code", ALL)
def test_type_wording_of_a_shared_slot_covers_each_subtype_once(code: str) -> None:
    kind = types()[code]
    for subtype in kind.subtypes:
        slots = [q.slot for q in kind.questions if fits(q.subtypes, subtype.code)]
        assert len(set(slots)) == len(slots), f"{subtype.code} asks a slot twice"
        assert {"counterparty", "when", "amount"} <= set(slots)


@pytest.mark.parametrize("code", ALL)
def test_evidence_is_named_for_every_subtype(code: str) -> None:
    kind = types()[code]
    for subtype in kind.subtypes:
        if subtype.code in {"XZ07", "XZ08"}:  # someone in distress, or somebody who praises, is not sent for papers
            continue
        assert any(fits(item.subtypes, subtype.code) for item in kind.evidence), subtype.code


def rules() -> list[tuple[DisputeType, LimitationRule]]:
    return [(kind, rule) for kind in types().values() for rule in kind.limitation]


@pytest.mark.parametrize(("kind", "rule"), rules(), ids=[rule.id for _, rule in rules()])
def test_limitation_names_one_period_with_its_source(kind: DisputeType, rule: LimitationRule) -> None:
    units = [rule.years, rule.months, rule.days]
    assert sum(unit is not None for unit in units) + rule.none == 1
    assert rule.source.mark == "V"
    assert rule.source.ref
    assert rule.citations
    asked = {q.slot for q in kind.questions if q.kind == "date"}
    assert rule.starts in {"when"} | asked | TOLD_DATES
    assert rule.id.startswith(kind.code + "-")


def test_limitation_ids_are_unique_and_say_what_the_law_says() -> None:
    by_id = {rule.id: rule for _, rule in rules()}
    assert len(by_id) == len(rules())
    assert (by_id["LD-arbitration"].years, by_id["LD-injury-employer"].days, by_id["LD-award-suit"].days) == (1, 30, 15)
    assert by_id["LD-wages-left"].starts == "left_on"
    assert by_id["HY-support"].none
    assert by_id["JD-guarantee"].months == 6
    assert (by_id["JD-insurance-nonlife"].years, by_id["JD-insurance-life"].years) == (2, 5)
    assert (by_id["JT-review"].days, by_id["JT-police-mediation"].days) == (3, 10)
    assert (by_id["ZD-review"].days, by_id["ZD-suit"].months) == (60, 6)
    assert by_id["TD-arbitration"].years == 2
    assert by_id["XF-return7"].days == 7


@pytest.mark.parametrize("code", [code for code in ALL if code != "XZ"])
def test_every_civil_subtype_but_the_exits_has_a_period(code: str) -> None:
    kind = types()[code]
    without = [s.code for s in kind.subtypes if not any(fits(rule.subtypes, s.code) for rule in kind.limitation)]
    # 离婚之外的家事没有固定期限；集资诈骗先报警；多年遗留的事看实体类型
    assert without == {"HY": ["HY03", "HY07", "HY08"], "JD": ["JD07"], "YD": ["YD06"]}.get(code, [])


def cited() -> set[tuple[str, str]]:
    found: list[Citation] = []
    for kind in types().values():
        found += kind.legal_basis
        found += [citation for rule in kind.limitation for citation in rule.citations]
        found += [citation for item in kind.not_possible for citation in item.citations]
    return {(citation.law, citation.article) for citation in found}


def test_only_opened_articles_are_cited() -> None:
    statutes = yaml.safe_load((FOLDER.parent / "statutes.yml").read_text("utf-8"))
    opened = {(statute["law"], article) for statute in statutes for article in statute["articles"]}
    assert cited() - opened == set()
    assert cited() & SUPERSEDED == set()
    assert {law for law, _ in cited()} & SUPERSEDED_LAWS == set()


@pytest.mark.parametrize("code", ALL)
def test_nothing_unverified_and_nothing_cruel_is_said(code: str) -> None:
    kind = types()[code]
    assert {rule.source.mark for rule in kind.limitation} | {item.source.mark for item in kind.not_possible} <= {"V", "D"}
    assert all(item.citations for item in kind.not_possible if item.source.mark == "V"), "V means that an article was read"
    said = (FOLDER / f"{code}.yml").read_text("utf-8")
    assert [word for word in NEVER_SAID if word in said] == []


@pytest.mark.parametrize("code", ALL)
def test_acknowledgements_are_short_warm_and_varied(code: str) -> None:
    said = types()[code].acknowledge
    assert 3 <= len(said) <= 4
    assert len(set(said)) == len(said)
    assert all(8 <= len(sentence) <= 32 and sentence.endswith("。") for sentence in said)
    assert all("？" not in sentence for sentence in said), "a reflection is no question"
