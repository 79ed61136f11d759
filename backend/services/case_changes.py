"""What staff change on a case: status, unit, assignment, appointment, notes. Every change is a line of history and of the audit log."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from backend.db.base import Sessions
from backend.db.models_cases import Case, CaseEvent, OrganisationRow
from backend.db.models_staff import StaffUser
from backend.domain.case_rules import JOINT_AFTER_RETURNS, check_requirements, check_transition
from backend.services.audit import Actor, record
from backend.services.cases import find_case
from common.enums import CaseStatus, HandlingMode
from common.errors import BadInput, Conflict

Tell = Callable[[AsyncSession, Case, Sequence[CaseEvent]], Awaitable[None]]


@dataclass(frozen=True)
class CaseChange:
    """One change; None leaves a thing as it is.

    Attributes:
        version: the version the staff member had before their eyes.
        next_organisation: id of the unit a referral goes to.
        assignee: username; empty string takes the assignment back.
        note: for staff only; ``public_note`` is shown to the resident beside the new status.
    """

    version: int
    status: CaseStatus | None = None
    reason_code: str | None = None
    next_organisation: str | None = None
    assignee: str | None = None
    handling_mode: HandlingMode | None = None
    appointment: str | None = None
    note: str | None = None
    public_note: str | None = None


class CaseChangeService:
    """Applies changes, each in one transaction."""

    def __init__(self, sessions: Sessions, clock: Callable[[], datetime]) -> None:
        self._sessions = sessions
        self._clock = clock

    async def apply(self, number: str, change: CaseChange, actor: Actor, tell: Tell | None = None) -> int:
        """Carry out a change and return the case's new version.

        Args:
            tell: gets the case and its new events in the same transaction, to let the resident know.

        Raises:
            NotFound: no such case.
            Conflict: somebody changed the case meanwhile, or the status may not follow.
            BadInput: nothing to change; referral without next unit; return or rejection without coded reason; unknown names.
        """
        now = self._clock()
        async with self._sessions.begin() as session:
            case = await find_case(session, number, lock=True)
            if case.version != change.version:
                raise Conflict("别的同事刚刚改过这个案件，请刷新后再改", field="version")
            events = [
                event
                for event in (
                    await self._status(session, case, change),
                    await self._assignment(session, case, change),
                    self._appointment(case, change),
                    self._note(change),
                )
                if event is not None
            ]
            if not events:
                raise BadInput("没有要改的内容")
            for event in events:
                event.case_id, event.at, event.staff_id = case.id, now, actor.staff_id
                session.add(event)
                record(session, now, actor, f"case_{event.kind}", case.number, {"to": event.to_status, "reason": event.reason_code})
            case.version += 1
            case.updated_at = now
            if tell is not None:
                await tell(session, case, events)
            return case.version

    async def _status(self, session: AsyncSession, case: Case, change: CaseChange) -> CaseEvent | None:
        if change.status is None:
            if change.next_organisation or change.reason_code or change.public_note:
                raise BadInput("请同时写明新的状态", field="status")
            return None
        current = CaseStatus(case.status)
        check_transition(current, change.status)
        check_requirements(change.status, reason_code=change.reason_code, next_organisation=change.next_organisation)
        details: dict[str, Any] = {}
        unit = case.organisation_id
        if change.status is CaseStatus.REFERRED:
            unit = await self._refer(session, case, str(change.next_organisation))
        elif change.next_organisation:
            raise BadInput("只有转介时才写下一个单位", field="next_organisation")
        if change.status is CaseStatus.RETURNED:
            case.return_count += 1
            if case.return_count >= JOINT_AFTER_RETURNS:
                details["joint_meeting"] = True
                case.decision = {**case.decision, "joint": True}
        case.status = change.status.value
        return CaseEvent(
            kind="status", from_status=current.value, to_status=change.status.value, organisation_id=unit,
            reason_code=change.reason_code, public=True, note=change.public_note or "", details=details,
        )  # fmt: skip

    @staticmethod
    async def _refer(session: AsyncSession, case: Case, organisation_id: str) -> str:
        unit = await session.get(OrganisationRow, organisation_id)
        if unit is None or not unit.active:
            raise BadInput("没有这个单位", field="next_organisation")
        if unit.id == case.organisation_id:
            raise BadInput("案件已经在这个单位", field="next_organisation")
        case.organisation_id, case.organisation_kind, case.admin_level = unit.id, unit.kind, unit.admin_level
        case.assignee_id = None  # the next unit assigns its own people
        return unit.id

    @staticmethod
    async def _assignment(session: AsyncSession, case: Case, change: CaseChange) -> CaseEvent | None:
        if change.assignee is None:
            return None
        if not change.assignee:
            case.assignee_id = None
            return CaseEvent(kind="assignment", public=False, details={"assignee_id": None})
        user = await session.scalar(select(StaffUser).where(StaffUser.username == change.assignee.lower(), StaffUser.active.is_(True)))
        if user is None:
            raise BadInput("没有这个工作人员", field="assignee")
        case.assignee_id = user.id
        return CaseEvent(kind="assignment", public=False, details={"assignee_id": user.id})

    @staticmethod
    def _appointment(case: Case, change: CaseChange) -> CaseEvent | None:
        if change.appointment is None and change.handling_mode is None:
            return None
        before = {"appointment": case.appointment, "handling_mode": case.handling_mode}
        case.appointment = case.appointment if change.appointment is None else change.appointment or None
        case.handling_mode = change.handling_mode.value if change.handling_mode else case.handling_mode
        return CaseEvent(kind="appointment", public=True, details={"before": before})

    @staticmethod
    def _note(change: CaseChange) -> CaseEvent | None:
        return CaseEvent(kind="note", public=False, note=change.note) if change.note else None
