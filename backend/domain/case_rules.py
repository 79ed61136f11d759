"""Rules about a case 案件 that need no database: who may follow whom, what must be said, how things are written and masked."""

from __future__ import annotations

import re
import secrets
from datetime import date
from types import MappingProxyType

from common.enums import CaseStatus, HandlingMode
from common.errors import BadInput, Conflict

S = CaseStatus

TRANSITIONS: MappingProxyType[CaseStatus, frozenset[CaseStatus]] = MappingProxyType(
    {
        S.SUBMITTED: frozenset({S.ACCEPTED, S.REFERRED, S.RETURNED, S.REJECTED, S.WITHDRAWN}),
        S.ACCEPTED: frozenset({S.ASSIGNED, S.MEDIATING, S.REFERRED, S.RETURNED, S.REJECTED, S.WITHDRAWN}),
        S.ASSIGNED: frozenset({S.MEDIATING, S.ACCEPTED, S.REFERRED, S.RETURNED, S.WITHDRAWN}),
        S.MEDIATING: frozenset({S.SETTLED, S.FAILED, S.REFERRED, S.WITHDRAWN}),
        S.REFERRED: frozenset({S.ACCEPTED, S.REFERRED, S.RETURNED, S.REJECTED, S.WITHDRAWN}),
        S.RETURNED: frozenset({S.ACCEPTED, S.REFERRED, S.REJECTED, S.WITHDRAWN}),
        S.SETTLED: frozenset({S.CLOSED}),
        S.FAILED: frozenset({S.MEDIATING, S.REFERRED, S.CLOSED}),
        S.REJECTED: frozenset({S.ACCEPTED, S.CLOSED}),  # accepted after all, when the resident brings something new
        S.WITHDRAWN: frozenset({S.CLOSED}),
        S.CLOSED: frozenset(),
    }
)

STATUS_NAMES: MappingProxyType[CaseStatus, str] = MappingProxyType(
    {
        S.SUBMITTED: "已提交，等待受理",
        S.ACCEPTED: "已受理",
        S.ASSIGNED: "已分派调解员",
        S.MEDIATING: "正在调解",
        S.REFERRED: "已转到下一个单位",
        S.RETURNED: "需要重新安排",
        S.SETTLED: "已达成协议",
        S.FAILED: "这次没有谈成",
        S.REJECTED: "不在调解范围",
        S.WITHDRAWN: "已撤回",
        S.CLOSED: "已办结",
    }
)

NEXT_STEPS: MappingProxyType[CaseStatus, str] = MappingProxyType(
    {
        S.SUBMITTED: "工作人员会先看您的登记，再和您联系。",
        S.ACCEPTED: "接下来会给您安排调解员。",
        S.ASSIGNED: "调解员会和您约时间。",
        S.MEDIATING: "请留意调解员的电话，手里的材料先收好。",
        S.REFERRED: "接手的单位会和您联系，您不用重新说一遍。",
        S.RETURNED: "工作人员正在给您找更合适的单位，找好了会告诉您。",
        S.SETTLED: "协议请收好。三十天内双方可以一起向法院申请司法确认，不收费。",
        S.FAILED: "您还可以走仲裁或者诉讼，需要帮忙可以打12348问。",
        S.REJECTED: "工作人员会告诉您更合适的去处。",
        S.WITHDRAWN: "以后想再办，随时可以重新登记。",
        S.CLOSED: "这件事已经办结，有新的情况可以再来登记。",
    }
)

HANDLING_NAMES: MappingProxyType[HandlingMode, str] = MappingProxyType(
    {HandlingMode.CENTRAL: "集中受理", HandlingMode.HOME_VISIT: "上门处理", HandlingMode.APPOINTMENT: "预约办理"}
)

RETURN_REASONS: MappingProxyType[str, str] = MappingProxyType(
    {
        "not_our_duty": "不属于本单位职责",
        "wrong_division": "不在本单位辖区",
        "missing_information": "缺少必要信息，无法办理",
        "other_body_has_it": "其他单位已在办理",
        "applicant_unreachable": "多次联系不上申请人",
        "duplicate": "与已有案件重复",
    }
)
REJECTION_REASONS: MappingProxyType[str, str] = MappingProxyType(
    {
        "not_mediable": "依法不属于调解范围",
        "in_procedure": "法院、仲裁或行政机关已经在处理",
        "other_side_refuses": "对方明确不同意调解",
        "criminal": "涉嫌违法犯罪，应由公安机关处理",
        "no_dispute": "不是纠纷，属于咨询或其他事项",
        "duplicate": "与已有案件重复",
    }
)

TRACKING_ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"  # no 0/O, 1/I/L: they are read out over the phone
TRACKING_LENGTH = 8
JOINT_AFTER_RETURNS = 2


def check_transition(current: CaseStatus, new: CaseStatus) -> None:
    """Raises Conflict when ``new`` may not follow ``current``."""
    if new not in TRANSITIONS[current]:
        raise Conflict(f"案件现在是“{STATUS_NAMES[current]}”，不能改成“{STATUS_NAMES[new]}”", field="status")


def check_requirements(new: CaseStatus, *, reason_code: str | None, next_organisation: str | None) -> None:
    """What a change must carry: a referral names the next unit, a return or rejection gives a coded reason.

    Raises:
        BadInput: something is missing or not on the list.
    """
    if new is S.REFERRED and not next_organisation:
        raise BadInput("转介必须写明转到哪个单位", field="next_organisation")
    reasons = {S.RETURNED: RETURN_REASONS, S.REJECTED: REJECTION_REASONS}.get(new)
    if reasons is not None and reason_code not in reasons:
        verb = "退回" if new is S.RETURNED else "不予受理"
        raise BadInput(f"{verb}必须选一个原因：{'、'.join(reasons)}", field="reason_code")


def case_number(prefix: str, day: date, serial: int) -> str:
    """``KLMY-20261127-000123``: prefix of the place, Beijing date of filing, serial number of that day."""
    return f"{prefix}-{day:%Y%m%d}-{serial:06d}"


def new_tracking_code() -> str:
    """Eight random characters that cannot be confused: 31^8 ≈ 8.5e11 possibilities, tried at a limited rate."""
    return "".join(secrets.choice(TRACKING_ALPHABET) for _ in range(TRACKING_LENGTH))


def clean_tracking_code(typed: str) -> str:
    """As typed by a person → as stored: full width, spaces, dashes and lower case are forgiven."""
    half = "".join(chr(ord(c) - 0xFEE0) if 0xFF01 <= ord(c) <= 0xFF5E else c for c in typed)
    return re.sub(r"[\s\-_·.]", "", half).upper()


def mask_phone(phone: str | None) -> str | None:
    """138****5678: enough to recognise, too little to dial."""
    if not phone:
        return phone
    if len(phone) < 7:
        return "*" * len(phone)
    return phone[:3] + "*" * (len(phone) - 7) + phone[-4:]


def mask_name(name: str | None) -> str | None:
    """王**: the family name stays."""
    if not name:
        return name
    return name[0] + "*" * max(1, min(len(name) - 1, 3))


def mask_numbers(text: str) -> str:
    """Cover phone, bank and identity numbers inside running text: seven or more digits in a row, also with spaces or dashes."""
    return re.sub(r"(?<!\d)\d(?:[ \-]?\d){6,}(?!\d)", lambda m: m[0][:3] + "****", text)
