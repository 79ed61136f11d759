"""How a case is shown: to the one who filed it, to staff in lists and in full, and to the resident who asks how it goes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from backend.db.models_cases import Case, CaseEvent, OrganisationRow
from backend.domain.calendar import BEIJING
from backend.domain.case_rules import (
    HANDLING_NAMES,
    NEXT_STEPS,
    REJECTION_REASONS,
    RETURN_REASONS,
    STATUS_NAMES,
    mask_name,
    mask_numbers,
    mask_phone,
)
from common.enums import CaseStatus, HandlingMode
from knowledge import Knowledge

EXCERPT = 60
_EVENT_TEXTS = {
    "filed": "已登记",
    "assignment": "分派",
    "note": "备注",
    "appointment": "约定时间",
    "urge": "催办",
    "addition": "补充情况",
    "reschedule": "希望改时间",
    "rating": "评价",
    "evidence": "补充材料",
}


def iso(moment: datetime | None) -> str | None:
    """Beijing time with its offset, for people and programs alike."""
    return moment.astimezone(BEIJING).isoformat(timespec="seconds") if moment else None


def organisation_view(row: OrganisationRow | None) -> dict[str, Any] | None:
    """Placeholders never show an invented phone: their fields are empty."""
    if row is None:
        return None
    return {
        "id": row.id,
        "name": row.name,
        "kind": row.kind,
        "admin_level": row.admin_level,
        "phone": row.phone,
        "address": row.address,
        "hours": row.hours,
        "placeholder": row.placeholder,
    }


def type_names(case: Case, knowledge: Knowledge) -> dict[str, str | None]:
    dispute = knowledge.types.get(case.dispute_type)
    subtype = knowledge.subtypes.get(case.subtype) if case.subtype else None
    route = next((info for code, info in knowledge.routes.items() if code.value == case.route), None)
    return {
        "dispute_type_name": dispute.name if dispute else case.dispute_type,
        "subtype_name": subtype.name if subtype else None,
        "route_name": route.name if route else case.route,
    }


def receipt(case: Case, organisation: OrganisationRow | None, knowledge: Knowledge, linked: Sequence[str] = ()) -> dict[str, Any]:
    """Answer to a filing: what the resident is told next."""
    return {
        "number": case.number,
        "tracking_code": case.tracking_code,
        "linked": list(linked),
        "status": case.status,
        "status_text": STATUS_NAMES[CaseStatus(case.status)],
        "dispute_type": case.dispute_type,
        "secondary": case.secondary,
        "subtype": case.subtype,
        "route": case.route,
        **type_names(case, knowledge),
        "admin_level": case.admin_level,
        "organisation": organisation_view(organisation),
        "organisation_kind": case.organisation_kind,
        "handling_mode": case.handling_mode,
        "handling_mode_text": HANDLING_NAMES[HandlingMode(case.handling_mode)],
        "risk_level": case.risk_level,
        "contact_by": iso(case.contact_by),
        "contact_by_text": case.decision.get("contact_text", ""),
        "finish_by": iso(case.finish_by),
        "finish_by_text": case.decision.get("finish_text", ""),
        "reasons": case.decision.get("reasons", []),
        "advice": case.decision.get("advice", []),
        "bring": case.decision.get("bring", []),
        "exits": case.decision.get("exits", []),
        "joint": case.decision.get("joint", False),
        "created_at": iso(case.created_at),
        "version": case.version,
    }


def list_item(
    case: Case, organisation: OrganisationRow | None, assignee: str | None, knowledge: Knowledge, now: datetime
) -> dict[str, Any]:
    """One line of the staff list: nobody can be called or recognised from it."""
    return {
        "number": case.number,
        "status": case.status,
        "status_text": STATUS_NAMES[CaseStatus(case.status)],
        "dispute_type": case.dispute_type,
        "subtype": case.subtype,
        "route": case.route,
        **type_names(case, knowledge),
        "risk_level": case.risk_level,
        "admin_level": case.admin_level,
        "organisation": organisation.name if organisation else None,
        "handling_mode": case.handling_mode,
        "contact_channel": case.contact_channel,
        "amount": case.amount,
        "people": case.people,
        "contact_name": mask_name(case.contact_name),
        "contact_phone": mask_phone(case.contact_phone),
        "excerpt": mask_numbers(case.narrative[:EXCERPT].replace("\n", " ")),
        "assignee": assignee,
        "contact_by": iso(case.contact_by),
        "overdue": case.status == CaseStatus.SUBMITTED.value and case.contact_by < now,
        "created_at": iso(case.created_at),
        "updated_at": iso(case.updated_at),
        "version": case.version,
    }


def detail(
    case: Case,
    organisation: OrganisationRow | None,
    assignee: str | None,
    events: Sequence[tuple[CaseEvent, str | None, str | None]],
    knowledge: Knowledge,
    linked: Sequence[str] = (),
    *,
    identity: bool,
) -> dict[str, Any]:
    """Everything about a case. ``identity`` False masks name and phone (and numbers in the narrative)."""
    name, phone = case.contact_name, case.contact_phone
    fields = dict(case.fields)
    fields["contact_name"] = name if identity else mask_name(name)
    fields["contact_phone"] = phone if identity else mask_phone(phone)
    for key in ("amount", "people", "counterparty", "place", "when", "claim"):
        fields.setdefault(key, None)
    return {
        **receipt(case, organisation, knowledge, linked),
        "fields": fields,
        "field_texts": field_texts(fields, case, knowledge),
        "narrative": case.narrative if identity else mask_numbers(case.narrative),
        "identity_shown": identity,
        "flags": case.flags,
        "rules": case.decision.get("rules", []),
        "routes": case.predicted.get("routes", []),
        "dispute_types": case.predicted.get("dispute_types", []),
        "appointment": case.appointment,
        "assignee": assignee,
        "division_code": case.division_code,
        "contact_channel": case.contact_channel,
        "conversation_id": case.conversation_id,
        "consent": {"version": case.consent_version, "at": iso(case.consent_at)},
        "model_version": case.model_version,
        "knowledge_version": case.knowledge_version,
        "return_count": case.return_count,
        "updated_at": iso(case.updated_at),
        "history": [history_line(event, staff, unit) for event, staff, unit in events],
    }


def field_texts(fields: dict[str, Any], case: Case, knowledge: Knowledge) -> dict[str, dict[str, str]]:
    """Label and words of each detail that a question stands behind: ``{"worksite": {"label": "干活的地方", "text": "建筑工地"}}``."""
    questions = {**knowledge.questions, **{q.slot: q for q in knowledge.questions_for(case.dispute_type, case.subtype)}}
    texts = {}
    for slot, value in fields.items():
        if (question := questions.get(slot)) is not None and value is not None:
            titles = {choice.value: choice.title for choice in question.choices}
            words = [titles.get(str(v), str(v)) for v in (value if isinstance(value, list) else [value])]
            texts[slot] = {"label": question.label, "text": "、".join(words)}
    return texts


def history_line(event: CaseEvent, staff: str | None, unit: str | None) -> dict[str, Any]:
    return {
        "at": iso(event.at),
        "kind": event.kind,
        "from_status": event.from_status,
        "to_status": event.to_status,
        "text": event_text(event, unit),
        "by": staff,
        "organisation": unit,
        "reason_code": event.reason_code,
        "public": event.public,
        "note": event.note,
        "details": event.details,
    }


def event_text(event: CaseEvent, unit: str | None) -> str:
    """A history line in words."""
    if event.kind == "status" and event.to_status:
        text = STATUS_NAMES[CaseStatus(event.to_status)]
        if unit and event.to_status == CaseStatus.REFERRED.value:
            text = f"已转到{unit}"
        reason = {**RETURN_REASONS, **REJECTION_REASONS}.get(event.reason_code or "")
        return f"{text}（{reason}）" if reason else text
    text = _EVENT_TEXTS.get(event.kind, event.kind)
    return f"{text}：{event.details.get('score')}分" if event.kind == "rating" else text


def progress(
    case: Case,
    organisation: OrganisationRow | None,
    events: Sequence[tuple[CaseEvent, str | None]],
    knowledge: Knowledge,
    linked: Sequence[str] = (),
) -> dict[str, Any]:
    """What the resident sees: no staff names, no internal notes, no identity."""
    status = CaseStatus(case.status)
    return {
        "number": case.number,
        "linked": list(linked),
        "status": case.status,
        "status_text": STATUS_NAMES[status],
        "next_step": NEXT_STEPS[status],
        "dispute_type": case.dispute_type,
        **type_names(case, knowledge),
        "route": case.route,
        "admin_level": case.admin_level,
        "organisation": organisation_view(organisation),
        "handling_mode": case.handling_mode,
        "handling_mode_text": HANDLING_NAMES[HandlingMode(case.handling_mode)],
        "appointment": case.appointment,
        "contact_by": iso(case.contact_by),
        "contact_by_text": case.decision.get("contact_text", ""),
        "finish_by_text": case.decision.get("finish_text", ""),
        "bring": case.decision.get("bring", []),
        "exits": case.decision.get("exits", []),
        "created_at": iso(case.created_at),
        "updated_at": iso(case.updated_at),
        "history": [
            {
                "at": iso(event.at),
                "status": event.to_status,
                "text": event_text(event, unit),
                "note": event.note if event.kind == "status" else "",
            }
            for event, unit in events
            if event.public
        ],
    }
