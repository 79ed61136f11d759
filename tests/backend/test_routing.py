"""Where real situations go. Expectations come from shared/domain/routing.md and labels.md, not from the code."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

import pytest

from backend.domain.decision import RoutingDecision
from backend.domain.places import find_division
from backend.domain.routing import decide
from common.enums import AdminLevel, CounterpartyKind, Flag, HandlingMode, RiskLevel, Route
from common.payloads import CaseFacts
from knowledge import Knowledge

F, C, L, M, R = Flag, CounterpartyKind, AdminLevel, HandlingMode, Route
NOW = datetime(2026, 11, 27, 2, 30, tzinfo=UTC)  # Friday morning in Beijing
COMMUNITY, STREET, DISTRICT, CITY = L.COMMUNITY, L.STREET, L.DISTRICT, L.CITY


@dataclass(frozen=True)
class Situation:
    """A story in one sentence, what is known of it, and where it belongs."""

    story: str
    facts: CaseFacts
    route: Route
    level: AdminLevel
    mode: HandlingMode | None = None
    organisation: str | None = None  # part of its name
    kind: str | None = None


def facts(subtype: str, route: str | None = None, **more: object) -> CaseFacts:
    place = more.pop("place", None)
    division = DIVISIONS.get(str(place)) if place else None
    flags = frozenset(more.pop("flags", ()))  # type: ignore[arg-type]
    return CaseFacts(subtype[:2], subtype, route=route, division_code=division, flags=flags, **more)  # type: ignore[arg-type]


DIVISIONS = {
    "银河路": "650203004",
    "胜利路": "650203002",
    "天山路": "650203001",
    "克拉玛依区": "650203",
    "独山子": "650202",
    "金山路": "650202001",
    "白碱滩": "650204",
    "乌尔禾镇": "650205100",
}

SITUATIONS = [
    # ── neighbours, family, housing, small money: 人民调解 ──
    Situation("楼上装修天天早上七点电钻", facts("LL01", "RM", place="银河路"), R.RM, COMMUNITY, M.HOME_VISIT, "银河路街道", "P1"),
    Situation("楼上漏水泡了我家天花板，物业不管", facts("LL02", "RM", place="胜利路"), R.RM, COMMUNITY, M.HOME_VISIT, "胜利路街道"),
    Situation("想离婚，孩子归谁谈不拢", facts("HY01", "RM", place="天山路"), R.RM, COMMUNITY, None, "天山路街道"),
    Situation("三个儿子都不养老娘", facts("HY04", "RM", flags={F.ELDERLY}, place="银河路"), R.RM, COMMUNITY, M.HOME_VISIT),
    Situation("父亲的房子兄妹几个分不匀", facts("HY06", "RM", amount=90000, place="银河路"), R.RM, COMMUNITY),
    Situation("朋友借了两万三年不还", facts("JD01", "RM", amount=20000, place="独山子"), R.RM, COMMUNITY, M.APPOINTMENT, "独山子区"),
    Situation(
        "表哥借走三十万只还了五万", facts("JD01", "RM", amount=250000, place="金山路"), R.RM, STREET, M.APPOINTMENT, "金山路街道", "P2"
    ),
    Situation("房东不退押金两千", facts("FW02", "RM", amount=2000, place="银河路"), R.RM, COMMUNITY),
    Situation("社区调过一次没谈成，还是欠三万", facts("JD01", "SF", amount=30000, flags={F.PRIOR_MEDIATION_FAILED}), R.SF, DISTRICT),
    Situation("地界叫邻居占了一垄", facts("TD01", "RM", place="乌尔禾镇"), R.RM, COMMUNITY, M.HOME_VISIT, "乌尔禾镇"),
    Situation("狗咬了孩子，医药费三千", facts("SH04", "RM", amount=3000, flags={F.INJURY}), R.RM, COMMUNITY),
    Situation("对方住独山子，我住白碱滩，借款四万", facts("JD01", "RM", amount=40000, flags={F.CROSS_DISTRICT}), R.RM, STREET),
    # ── professional committees ──
    Situation("医院手术后感染", facts("YL01", "ZY", place="克拉玛依区"), R.ZY, CITY, M.APPOINTMENT, None, "HT-YL"),
    Situation("被车撞断腿，保险公司不赔够", facts("JT01", "ZY", flags={F.INJURY}), R.ZY, CITY, None, None, "HT-JT"),
    Situation("公司无故把我辞退要补偿", facts("LD03", "ZY", amount=40000), R.ZY, DISTRICT, None, None, "HT-LD"),
    Situation("孩子在学校被推倒骨折", facts("XY01", "ZY", flags={F.MINOR_HARMED, F.INJURY}), R.ZY, CITY, None, None, "HT-XY"),
    Situation("二十户业主嫌物业不作为", facts("WY02", "ZY", people=20), R.ZY, STREET, M.CENTRAL),
    Situation("物业欠费说要起诉我，其实暖气不热", facts("WY01", "RM", amount=2600, place="银河路"), R.RM, COMMUNITY),
    # ── trade and associations ──
    Situation("旅行社临时加钱，明天就走", facts("LY01", "HA", flags={F.TOURIST_LEAVING}), R.HA, CITY),
    Situation("银行说我信用卡逾期收了高额费用", facts("JD04", "HA", amount=12000), R.HA, CITY, None, None, "HT-JR"),
    Situation("买的热水器三天就坏，商家不退", facts("XF01", "XH", amount=1800), R.XH, CITY, None, None, "HT-XF"),
    Situation("饭店欠我公司货款六万", facts("SC03", "XH", amount=60000, counterparty_kind=C.BUSINESS), R.XH, CITY, None, None, "HT-SH"),
    Situation("别的店仿冒我家招牌", facts("ZS02", "HA"), R.HA, CITY),
    # ── authorities as mediators ──
    Situation("喝酒吵架打了一拳，派出所在处理", facts("SH01", "XT", place="银河路"), R.XT, STREET, None, None, "A-GA"),
    Situation("烧烤摊油烟往家里灌", facts("HB01", "XT"), R.XT, DISTRICT, None, None, "A-HB"),
    # ── labour inspection and arbitration ──
    Situation("包工头欠我三万二工资", facts("LD01", "LW", amount=32000, flags={F.CONSTRUCTION_SITE}), R.LW, DISTRICT, None, None, "X-LDJC"),
    Situation("我们十二个人的工资都没发", facts("LD01", "LW", people=12, amount=300000), R.LW, DISTRICT, M.CENTRAL),
    Situation("干了两年没签合同没交社保", facts("LD04", "LW"), R.LW, DISTRICT),
    # ── oilfield ──
    Situation(
        "给油田外包队开车，岗位待遇谈不拢", facts("YD02", "QY", counterparty_kind=C.CENTRAL_ENTERPRISE), R.QY, COMMUNITY, None, None, "P-QY"
    ),
    Situation("采油厂的管线压了我家草场", facts("YD03", "QY", counterparty_kind=C.CENTRAL_ENTERPRISE), R.QY, COMMUNITY, None, None, "P-QY"),
    Situation(
        "跟厂里谈过没结果", facts("YD01", "QY", counterparty_kind=C.CENTRAL_ENTERPRISE, flags={F.PRIOR_MEDIATION_FAILED}), R.QY, CITY
    ),
    # ── court ──
    Situation("借款一百八十万证据一大堆", facts("JD01", "SF", amount=1_800_000), R.SF, DISTRICT),
    Situation("判决下来了他就是不给钱", facts("JD01", "SS", flags={F.JUDGED}), R.SS, DISTRICT, None, None, "X-ZX"),
    Situation("法院已经立案了，想让你们再调", facts("HT05", "RM", flags={F.IN_COURT}), R.SS, DISTRICT, None, None, "X-FY"),
    Situation("法院立了案，我和他都愿意谈", facts("HT05", "SF", flags={F.IN_COURT}), R.SF, DISTRICT, None, None, "J2"),
    Situation("领证的时候他已经有老婆，这婚算数吗", facts("HY01", "SS", flags={F.STATUS_MATTER}), R.SS, DISTRICT),
    Situation("对方明说不调，欠我五万", facts("JD01", "SS", amount=50000, flags={F.OTHER_SIDE_REFUSES}), R.SS, DISTRICT),
    Situation("劳动仲裁已经开庭了", facts("LD03", "LW", flags={F.ARBITRATION_PENDING}), R.LW, DISTRICT, None, None, "X-LDZC"),
    # ── authorities as the other side ──
    Situation("城管罚了我两千，我不服", facts("XZ02", "XJ", flags={F.AUTHORITY_ACT}), R.XJ, DISTRICT, None, None, "X-FYS"),
    Situation("征收补偿给得太低", facts("ZD01", "XJ", counterparty_kind=C.AUTHORITY), R.XJ, DISTRICT),
    Situation("社区干部态度恶劣我要反映", facts("XZ03", "XJ"), R.XJ, DISTRICT),
    # ── emergencies ──
    Situation("他现在拿着菜刀在门口", facts("HY08", "JJ", risk=RiskLevel.R3, flags={F.VIOLENCE}), R.JJ, CITY, None, None, "X-110"),
    Situation("邻居吵架，他说现在就点汽油", facts("LL01", "RM", risk=RiskLevel.R3), R.JJ, CITY, None, None, "X-110"),
    Situation("老公喝醉又打我了", facts("HY08", "JJ", risk=RiskLevel.R2, flags={F.VIOLENCE}), R.JJ, DISTRICT, M.HOME_VISIT, None, "X-110"),
    Situation("离婚的事，他动过手", facts("HY01", "RM", risk=RiskLevel.R2, flags={F.VIOLENCE}), R.JJ, DISTRICT),
    Situation("刚转走五万，像是被骗了", facts("JD01", "RM", amount=50000, flags={F.FRAUD_NOW}), R.JJ, DISTRICT, None, None, "X-110"),
    Situation("几百人的理财爆了", facts("JD07", "JJ", people=1), R.JJ, DISTRICT),
    # ── advice only ──
    Situation("办身份证要带什么", facts("XZ05", "ZX"), R.ZX, CITY, None, "12345"),
    Situation("想申请免费律师", facts("XZ06", "ZX"), R.ZX, CITY, None, None, "X-FLYZ"),
    # ── numbers decide the level ──
    Situation("四十个人的工程款", facts("HT03", "RM", people=40, amount=2_000_000), R.SF, CITY, M.CENTRAL),
    Situation("对方威胁要收拾我，邻里停车的事", facts("LL04", "RM", risk=RiskLevel.R2, place="银河路"), R.RM, STREET, None, "银河路街道"),
]


@pytest.mark.parametrize("situation", SITUATIONS, ids=lambda s: s.story)
def test_situation(situation: Situation, knowledge: Knowledge) -> None:
    decision = decide(situation.facts, knowledge, now=NOW)
    told = f"{decision.rules} {decision.organisation_kind} {decision.organisation and decision.organisation.name}"
    assert decision.route is situation.route, told
    assert decision.admin_level is situation.level, told
    if situation.mode is not None:
        assert decision.handling_mode is situation.mode, told
    if situation.kind is not None:
        assert decision.organisation_kind == situation.kind, told
    if situation.organisation is not None:
        assert decision.organisation is not None
        assert situation.organisation in decision.organisation.name, told


def test_the_table_is_wide(knowledge: Knowledge) -> None:
    assert len(SITUATIONS) >= 40
    assert {s.route for s in SITUATIONS} == set(Route)
    assert {s.level for s in SITUATIONS} == set(AdminLevel)


@pytest.mark.parametrize("route", [None, *Route])
def test_every_subtype_and_route_gets_a_whole_decision(route: Route | None, knowledge: Knowledge) -> None:
    for subtype in knowledge.subtypes:
        code = knowledge.type_of(subtype)
        decision = decide(CaseFacts(code, subtype, route=route.value if route else None), knowledge, now=NOW)
        assert decision.organisation is not None, subtype
        assert decision.reasons, subtype
        assert decision.rules, subtype
        assert decision.contact_deadline > NOW, subtype
        assert decision.contact_text, subtype
        assert decision.organisation_kind in knowledge.organisation_kinds, subtype


def test_danger_beats_court(knowledge: Knowledge) -> None:
    both = facts("HY01", "SS", risk=RiskLevel.R3, flags={F.VIOLENCE, F.IN_COURT})
    assert decide(both, knowledge, now=NOW).route is R.JJ


def test_emergency_numbers_come_with_the_exits(knowledge: Knowledge) -> None:
    decision = decide(facts("HY08", "JJ", risk=RiskLevel.R2, flags={F.VIOLENCE}), knowledge, now=NOW)
    assert {door.code: door.phone for door in decision.exits}["X-110"] == "110"


class TestOrganisation:
    """The ladder 社区 → 街道 → 区 → 市."""

    def decided(self, knowledge: Knowledge, place: str | None, **more: object) -> RoutingDecision:
        division = find_division(place, knowledge.divisions)
        return decide(CaseFacts("LL", "LL01", route="RM", division_code=division, **more), knowledge, now=NOW, place=place)  # type: ignore[arg-type]

    def test_street_takes_in_for_a_community_that_we_do_not_know(self, knowledge: Knowledge) -> None:
        decision = self.decided(knowledge, "克拉玛依区银河路街道某个小区")
        assert decision.admin_level is COMMUNITY
        assert decision.organisation is not None
        assert (decision.organisation.kind, decision.organisation.division_code) == ("P2", "650203004")
        assert any("先由" in reason for reason in decision.reasons)

    def test_district_when_only_the_district_is_known(self, knowledge: Knowledge) -> None:
        decision = self.decided(knowledge, "白碱滩")
        assert decision.organisation is not None
        assert (decision.organisation.kind, decision.organisation.division_code) == ("P3", "650204")

    def test_city_when_no_place_is_known(self, knowledge: Knowledge) -> None:
        decision = self.decided(knowledge, None)
        assert decision.organisation is not None
        assert (decision.organisation.kind, decision.organisation.division_code) == ("P3", "650200")

    def test_a_named_community_gets_its_own_room(self, knowledge: Knowledge) -> None:
        rooms = knowledge.organisations_of("P1")
        if not rooms:
            pytest.fail("the demonstration data should hold community rooms")
        room = rooms[0]
        street = knowledge.divisions[room.division_code].name
        community = room.name.replace(street, "").split("社区")[0] + "社区"
        decision = decide(
            CaseFacts("LL", "LL01", route="RM", division_code=room.division_code), knowledge, now=NOW, place=f"{street}{community}3号楼"
        )
        assert decision.organisation == room

    def test_corps_land_goes_to_the_corps(self, knowledge: Knowledge) -> None:
        decision = self.decided(knowledge, "137团五连")
        assert decision.organisation_kind == "X-BT"
        assert any("兵团" in reason for reason in decision.reasons)

    def test_never_another_district(self, knowledge: Knowledge) -> None:
        for organisation in knowledge.organisations.values():
            assert organisation.division_code in knowledge.divisions
        for code in knowledge.divisions:
            decision = decide(CaseFacts("LL", "LL01", route="RM", division_code=code), knowledge, now=NOW)
            assert decision.organisation is not None
            assert decision.organisation.division_code in knowledge.division_chain(code)


class TestMode:
    def test_the_residents_wish_counts(self, knowledge: Knowledge) -> None:
        assert decide(facts("JD01", "RM", amount=2000, handling_mode="home_visit"), knowledge, now=NOW).handling_mode is M.HOME_VISIT

    def test_a_wish_does_not_undo_a_joint_meeting(self, knowledge: Knowledge) -> None:
        assert decide(facts("WY02", "ZY", people=40, handling_mode="home_visit"), knowledge, now=NOW).handling_mode is M.CENTRAL

    def test_disabled_people_are_visited(self, knowledge: Knowledge) -> None:
        assert decide(facts("FW02", "RM", flags={F.DISABLED}), knowledge, now=NOW).handling_mode is M.HOME_VISIT


class TestDeadlines:
    def test_statutory_thirty_working_days_for_medical_disputes(self, knowledge: Knowledge) -> None:
        decision = decide(facts("YL01", "ZY"), knowledge, now=NOW)  # 医疗纠纷预防和处理条例第38条
        assert decision.finish_deadline is not None
        assert decision.finish_deadline.date().isoformat() == "2027-01-08"

    def test_labour_mediation_ends_after_fifteen_days(self, knowledge: Knowledge) -> None:
        decision = decide(facts("LD03", "ZY"), knowledge, now=NOW)  # 劳动争议调解仲裁法第14条
        assert decision.finish_deadline is not None
        assert decision.finish_deadline.date().isoformat() == "2026-12-12"

    def test_noise_is_answered_within_a_day(self, knowledge: Knowledge) -> None:
        decision = decide(facts("LL01", "RM"), knowledge, now=NOW)
        assert (decision.contact_deadline - NOW).total_seconds() <= 24 * 3600
