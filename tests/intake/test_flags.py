"""Flags of real sentences, and what negation and plans do to them; kinds of the other side."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.enums import CounterpartyKind, Flag
from intake.counterparty import kind_of
from intake.flags import find_flags


@pytest.mark.parametrize(
    ("text", "flags"),
    [
        ("我已经起诉了，下周三开庭", {Flag.IN_COURT}),
        ("没起诉", set()),
        ("准备去起诉他", set()),
        ("法院去年就判了，他一直不给钱", {Flag.JUDGED}),
        ("已经申请劳动仲裁了，下个月开庭", {Flag.ARBITRATION_PENDING, Flag.IN_COURT}),
        ("还没去仲裁", set()),
        ("他喝了酒就打我", {Flag.VIOLENCE}),
        ("我从来没打过他，就是吵了几句", set()),
        ("打电话给他不接", set()),
        ("摔断了腿，住院花了两万", {Flag.INJURY}),
        ("还好没有人受伤", set()),
        ("产妇没抢救过来", {Flag.DEATH_OR_SERIOUS_INJURY, Flag.INJURY}),
        ("父亲去世后房子没分", set()),
        ("物业让我们爱上哪告上哪告，叫我去法院告", {Flag.OTHER_SIDE_REFUSES}),
        ("交警给我开了罚单我不服，想行政复议", {Flag.AUTHORITY_ACT}),
        ("在工地上绑钢筋，包工头跑了", {Flag.CONSTRUCTION_SITE, Flag.OTHER_SIDE_MISSING}),
        ("物业把我家水给停了", {Flag.UTILITY_CUT}),
        ("社区调过两次没成", {Flag.PRIOR_MEDIATION_FAILED}),
        ("我今年14岁，我爸天天骂我", {Flag.MINOR_APPLICANT}),
        ("我上初二，同学老欺负我", {Flag.MINOR_APPLICANT}),
        ("我儿子上初二", set()),
        ("我今年七十六了，腿脚不好", {Flag.ELDERLY}),
        ("我在厂里干了十五年了", set()),
        ("替我妈问一下这个事", {Flag.SPEAKS_FOR_OTHER}),
        ("帮我问一下什么时候能来", set()),
        ("我们三十一户业主都没暖气", {Flag.GROUP, Flag.UTILITY_CUT}),
        ("我们一家六口人", set()),
        ("一三六团的地被占了", {Flag.BINGTUAN}),
        ("我连着三天没睡", set()),
        ("我们是跟团来玩的，明天下午的飞机就走了", {Flag.TOURIST_LEAVING}),
        ("刚刚被骗子骗走两万，钱转过去人没了", {Flag.FRAUD_NOW}),
        ("孩子在学校被打骨折了", {Flag.MINOR_HARMED, Flag.VIOLENCE, Flag.INJURY}),
        ("就想问问离婚要什么手续", {Flag.QUESTION_ONLY}),
        ("我住独山子他住白碱滩", {Flag.CROSS_DISTRICT}),
        ("我坐轮椅，下不了楼", {Flag.DISABLED}),
        ("报警了，警察来看了看", set()),
        ("", set()),
    ],
)
def test_flags(text: str, flags: set[Flag]) -> None:
    assert find_flags(text) == flags


@given(st.text(max_size=120))
def test_any_text_is_survived(text: str) -> None:
    assert find_flags(text) <= set(Flag)


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        ("老板", CounterpartyKind.BUSINESS),
        ("包工头老李", CounterpartyKind.BUSINESS),
        ("采油一厂", CounterpartyKind.CENTRAL_ENTERPRISE),
        ("新疆油田公司", CounterpartyKind.CENTRAL_ENTERPRISE),
        ("獨山子石化", CounterpartyKind.CENTRAL_ENTERPRISE),
        ("物业", CounterpartyKind.BUSINESS),
        ("城管", CounterpartyKind.AUTHORITY),
        ("街道办事处", CounterpartyKind.AUTHORITY),
        ("村委会", CounterpartyKind.AUTHORITY),
        ("邻居", CounterpartyKind.PERSON),
        ("301的", CounterpartyKind.PERSON),
        ("马强", CounterpartyKind.PERSON),
        ("前夫", CounterpartyKind.PERSON),
        ("某火锅店", CounterpartyKind.BUSINESS),
        ("学校", CounterpartyKind.BUSINESS),
        ("", CounterpartyKind.UNKNOWN),
        ("他欠我的工钱一直不给，找过派出所，派出所说不归他们管，让我们来你们这里", CounterpartyKind.UNKNOWN),
        ("邻居把我家院墙推倒了，我报过派出所，也找过社区，都说让我们来找你们看看", CounterpartyKind.PERSON),
    ],
)
def test_kind_of_the_other_side(words: str, kind: CounterpartyKind) -> None:
    assert kind_of(words) is kind
