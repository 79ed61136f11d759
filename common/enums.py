"""The fixed vocabularies of the public contract (glossary in docs/glossary.md).

Dispute types, subtypes and organisation kinds are *not* here: they are data in ``knowledge/``.
"""

from __future__ import annotations

from enum import Enum


class Route(str, Enum):
    """化解途径: the twelve primary routes (labels.md section 3)."""

    RM = "RM"  # 人民调解
    ZY = "ZY"  # 专业性调解
    HA = "HA"  # 行业性调解
    XH = "XH"  # 协会调解
    XT = "XT"  # 行政调解
    SF = "SF"  # 司法调解
    QY = "QY"  # 企业内部与油地联席
    LW = "LW"  # 劳动监察与仲裁
    SS = "SS"  # 诉讼与执行
    XJ = "XJ"  # 行政复议、行政诉讼、信访
    JJ = "JJ"  # 紧急求助
    ZX = "ZX"  # 咨询与法律服务


class RiskLevel(str, Enum):
    """风险等级: R0 ordinary, R1 heated, R2 concrete threat or self-harm thoughts, R3 danger now."""

    R0 = "R0"
    R1 = "R1"
    R2 = "R2"
    R3 = "R3"

    @property
    def rank(self) -> int:
        """0 to 3, for comparisons (string order happens to agree, but say what is meant)."""
        return int(self.value[1])

    def at_least(self, other: RiskLevel) -> bool:
        return self.rank >= other.rank


class AdminLevel(str, Enum):
    """层级: community → street → district → city."""

    COMMUNITY = "community"
    STREET = "street"
    DISTRICT = "district"
    CITY = "city"


class HandlingMode(str, Enum):
    """办理方式: 集中受理 / 上门处理 / 预约办理."""

    CENTRAL = "central"  # 集中受理
    HOME_VISIT = "home_visit"  # 上门处理
    APPOINTMENT = "appointment"  # 预约办理


class ConversationState(str, Enum):
    """Where a conversation stands, as the public API says it."""

    INTAKE = "intake"
    CONFIRMING = "confirming"
    FILED = "filed"
    HANDOFF = "handoff"
    CRISIS = "crisis"
    REDIRECTED = "redirected"
    CLOSED = "closed"


class CaseStatus(str, Enum):
    """Status of a filed case 案件."""

    SUBMITTED = "submitted"  # 已提交，待受理
    ACCEPTED = "accepted"  # 已受理
    ASSIGNED = "assigned"  # 已分派调解员
    MEDIATING = "mediating"  # 调解中
    REFERRED = "referred"  # 已转介
    RETURNED = "returned"  # 已退回
    SETTLED = "settled"  # 达成协议
    FAILED = "failed"  # 未达成协议
    REJECTED = "rejected"  # 不予受理
    WITHDRAWN = "withdrawn"  # 已撤回
    CLOSED = "closed"  # 结案


class ContactChannel(str, Enum):
    """接入渠道."""

    WEB = "web"
    WECHAT = "wechat"
    WECOM = "wecom"
    DINGTALK = "dingtalk"
    WEBHOOK = "webhook"
    HOTLINE = "hotline"
    TERMINAL = "terminal"


class MessageRole(str, Enum):
    """Who said a message."""

    RESIDENT = "resident"
    BOT = "bot"
    OPERATOR = "operator"
    SYSTEM = "system"


class StaffRole(str, Enum):
    """Roles of staff accounts."""

    OPERATOR = "operator"
    SUPERVISOR = "supervisor"
    ADMIN = "admin"


class CounterpartyKind(str, Enum):
    """Who stands on the other side, as far as routing must know."""

    PERSON = "person"
    BUSINESS = "business"
    CENTRAL_ENTERPRISE = "central_enterprise"  # 驻市央企及其承包商
    AUTHORITY = "authority"  # 行政机关、街道、村居委会作为管理者
    UNKNOWN = "unknown"


class Flag(str, Enum):
    """Facts that change the door, found in the text or asked. Used by knowledge/routing.yml and the legality gate."""

    VIOLENCE = "violence"
    DEATH_OR_SERIOUS_INJURY = "death_or_serious_injury"
    INJURY = "injury"
    CRIME = "crime"
    FRAUD_NOW = "fraud_now"
    IN_COURT = "in_court"
    JUDGED = "judged"
    ARBITRATION_PENDING = "arbitration_pending"
    WITH_ANOTHER_BODY = "with_another_body"
    OTHER_SIDE_REFUSES = "other_side_refuses"
    STATUS_MATTER = "status_matter"
    AUTHORITY_ACT = "authority_act"
    PRIOR_MEDIATION_FAILED = "prior_mediation_failed"
    CONSTRUCTION_SITE = "construction_site"
    UTILITY_CUT = "utility_cut"
    CROSS_DISTRICT = "cross_district"
    OTHER_SIDE_MISSING = "other_side_missing"
    TOURIST_LEAVING = "tourist_leaving"
    MINOR_APPLICANT = "minor_applicant"
    MINOR_HARMED = "minor_harmed"
    ELDERLY = "elderly"
    DISABLED = "disabled"
    BINGTUAN = "bingtuan"
    GROUP = "group"
    SPEAKS_FOR_OTHER = "speaks_for_other"
    QUESTION_ONLY = "question_only"
