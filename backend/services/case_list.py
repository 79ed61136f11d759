"""The staff list: filters, paging, and what an export may take along."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, func, or_, select

from backend.db.base import Sessions
from backend.db.models_cases import Case, OrganisationRow
from backend.db.models_staff import StaffUser
from backend.services import case_views
from common.enums import CaseStatus
from knowledge import Knowledge

MAX_PAGE_SIZE = 100
_EXPORT_BATCH = 500


@dataclass(frozen=True)
class CaseFilter:
    """Conditions of the list; None does not restrict. ``query`` matches a number's beginning or a whole phone."""

    status: str | None = None
    dispute_type: str | None = None
    route: str | None = None
    risk_level: str | None = None
    admin_level: str | None = None
    organisation_id: str | None = None
    division_code: str | None = None
    contact_channel: str | None = None
    assignee: str | None = None
    conversation_id: str | None = None
    query: str | None = None
    created_from: datetime | None = None
    created_to: datetime | None = None
    overdue: bool | None = None

    def conditions(self, now: datetime) -> list[ColumnElement[bool]]:
        found: list[ColumnElement[bool]] = []
        for name in (
            "status",
            "dispute_type",
            "route",
            "risk_level",
            "admin_level",
            "organisation_id",
            "contact_channel",
            "conversation_id",
        ):
            value = getattr(self, name)
            if value is not None:
                found.append(getattr(Case, name) == value)
        if self.division_code is not None:  # a district's code is the beginning of its streets' codes
            found.append(Case.division_code.startswith(self.division_code, autoescape=True))
        if self.assignee is not None:
            found.append(StaffUser.username == self.assignee if self.assignee else Case.assignee_id.is_(None))
        if self.query:
            found.append(or_(Case.number.startswith(self.query.upper(), autoescape=True), Case.contact_phone == self.query))
        if self.created_from is not None:
            found.append(Case.created_at >= self.created_from)
        if self.created_to is not None:
            found.append(Case.created_at < self.created_to)
        if self.overdue:
            found += [Case.status == CaseStatus.SUBMITTED.value, Case.contact_by < now]
        return found


class CaseListService:
    """Reads many cases."""

    def __init__(self, reads: Sessions, knowledge: Knowledge, clock: Callable[[], datetime]) -> None:
        self._reads = reads
        self._knowledge = knowledge
        self._clock = clock

    async def page(self, wanted: CaseFilter, page: int, page_size: int) -> dict[str, Any]:
        """One page, the most dangerous and then the newest first: ``{items, total, page, page_size}``; phones are masked."""
        now = self._clock()
        rows = _joined().where(*wanted.conditions(now))
        order = (Case.status != CaseStatus.SUBMITTED.value, Case.risk_level.desc(), Case.created_at.desc(), Case.id.desc())
        async with self._reads() as session:
            total = await session.scalar(select(func.count()).select_from(rows.order_by(None).subquery())) or 0
            found = (await session.execute(rows.order_by(*order).limit(page_size).offset((page - 1) * page_size))).all()
        items = [case_views.list_item(case, organisation, assignee, self._knowledge, now) for case, organisation, assignee in found]
        return {"items": items, "total": total, "page": page, "page_size": page_size}

    async def export(self, wanted: CaseFilter, *, identity: bool) -> AsyncIterator[dict[str, Any]]:
        """All matching cases in batches, oldest first; without ``identity`` name, phone, narrative and free text stay out."""
        last = 0
        while True:
            query = _joined().where(*wanted.conditions(self._clock()), Case.id > last).order_by(Case.id).limit(_EXPORT_BATCH)
            async with self._reads() as session:
                rows = (await session.execute(query)).all()
            for case, organisation, _ in rows:
                last = case.id
                yield _export_row(case, organisation, identity)
            if len(rows) < _EXPORT_BATCH:
                return


def _joined() -> Select[Case, OrganisationRow, str]:
    return (
        select(Case, OrganisationRow, StaffUser.username)
        .outerjoin(OrganisationRow, OrganisationRow.id == Case.organisation_id)
        .outerjoin(StaffUser, StaffUser.id == Case.assignee_id)
    )


def _export_row(case: Case, organisation: OrganisationRow | None, identity: bool) -> dict[str, Any]:
    row: dict[str, Any] = {
        "number": case.number,
        "status": case.status,
        "created_at": case_views.iso(case.created_at),
        "updated_at": case_views.iso(case.updated_at),
        "dispute_type": case.dispute_type,
        "secondary": case.secondary,
        "subtype": case.subtype,
        "route": case.route,
        "risk_level": case.risk_level,
        "flags": case.flags,
        "admin_level": case.admin_level,
        "organisation": organisation.id if organisation else None,
        "handling_mode": case.handling_mode,
        "contact_channel": case.contact_channel,
        "amount": case.amount,
        "people": case.people,
        "counterparty_kind": case.counterparty_kind,
        "division_code": case.division_code,
        "contact_by": case_views.iso(case.contact_by),
        "finish_by": case_views.iso(case.finish_by),
        "return_count": case.return_count,
        "model_version": case.model_version,
        "knowledge_version": case.knowledge_version,
    }
    if identity:
        row |= {
            "contact_name": case.contact_name,
            "contact_phone": case.contact_phone,
            "narrative": case.narrative,
            "fields": case.fields,
        }
    return row
