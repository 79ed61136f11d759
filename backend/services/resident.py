"""What a resident may do with number and tracking code: withdraw, remind 催办, add what was forgotten, ask for another time, give a mark."""

from __future__ import annotations

import hmac
from collections.abc import Callable
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from backend.db.base import Sessions
from backend.db.models_cases import Case, CaseEvent
from backend.domain.calendar import BEIJING
from backend.domain.case_rules import TRANSITIONS, clean_tracking_code, new_tracking_code
from common.enums import CaseStatus
from common.errors import Conflict, NotFound

MAX_ADDITIONS = 50
RATED = frozenset(
    {CaseStatus.SETTLED, CaseStatus.FAILED, CaseStatus.REJECTED, CaseStatus.WITHDRAWN, CaseStatus.CLOSED}
)  # there is a result
WRONG_CODE = "编号或查询码不对，请核对后再试"


async def case_by_code(session: AsyncSession, number: str, code: str, *, lock: bool = False) -> Case:
    """The case, for the one who holds its code.

    Raises:
        NotFound: unknown number or wrong code; neither the answer nor its time tells which.
    """
    query = select(Case).where(Case.number == number.strip().upper()[:40])
    case = await session.scalar(query.with_for_update() if lock else query)
    expected = case.tracking_code if case else new_tracking_code()
    fits = hmac.compare_digest(clean_tracking_code(code)[:64].encode("utf-8", "replace"), expected.encode())
    if case is None or not fits:
        raise NotFound(WRONG_CODE)
    return case


class ResidentService:
    """Changes a resident makes to their own case."""

    def __init__(self, sessions: Sessions, clock: Callable[[], datetime]) -> None:
        self._sessions = sessions
        self._clock = clock

    async def withdraw(self, number: str, code: str) -> bool:
        """Take a case back.

        Returns:
            False when it had been taken back before.

        Raises:
            NotFound: see :func:`case_by_code`.
            Conflict: the case is settled, closed or otherwise past withdrawing.
        """
        now = self._clock()
        async with self._sessions.begin() as session:
            case = await case_by_code(session, number, code, lock=True)
            current = CaseStatus(case.status)
            if current is CaseStatus.WITHDRAWN:
                return False
            if CaseStatus.WITHDRAWN not in TRANSITIONS[current]:
                raise Conflict("这件事已经办到后面了，不能直接撤回，请找工作人员")
            case.status, case.version, case.updated_at = CaseStatus.WITHDRAWN.value, case.version + 1, now
            session.add(CaseEvent(case_id=case.id, at=now, kind="status", from_status=current.value, to_status=case.status, public=True))
            return True

    async def urge(self, number: str, code: str) -> bool:
        """Remind the staff; counted once a day.

        Returns:
            False when today's reminder had been made already.

        Raises:
            NotFound: see :func:`case_by_code`.
            Conflict: nothing is left to hurry.
        """
        now = self._clock()
        async with self._sessions.begin() as session:
            case = await case_by_code(session, number, code, lock=True)
            if CaseStatus(case.status) in {CaseStatus.CLOSED, CaseStatus.WITHDRAWN, CaseStatus.SETTLED, CaseStatus.REJECTED}:
                raise Conflict("这件事已经办完了，不用再催")
            newest = select(CaseEvent.at).where(CaseEvent.case_id == case.id, CaseEvent.kind == "urge").order_by(CaseEvent.id.desc())
            last = await session.scalar(newest.limit(1))
            if last is not None and last.astimezone(BEIJING).date() == now.astimezone(BEIJING).date():
                return False
            case.updated_at = now
            session.add(CaseEvent(case_id=case.id, at=now, kind="urge", public=True))
            return True

    async def add(self, number: str, code: str, text: str) -> bool:
        """Add words to the case as they were said; the narrative of the filing stays untouched.

        Returns:
            False when the very same words were the last addition (a repeated delivery).

        Raises:
            NotFound: see :func:`case_by_code`.
            Conflict: the case is closed or withdrawn, or has MAX_ADDITIONS already.
        """
        return await self._say(number, code, "addition", text)

    async def reschedule(self, number: str, code: str, text: str) -> bool:
        """The resident wants another time or another way; the appointment stays as it is until staff change it.

        Returns:
            False when the very same wish was the last one.

        Raises:
            NotFound: see :func:`case_by_code`.
            Conflict: the case is over, or was asked for that too often.
        """
        return await self._say(number, code, "reschedule", text)

    async def rate(self, number: str, code: str, score: int, text: str) -> bool:
        """A mark of one to five for how the case was handled, once there is a result; a later one counts instead.

        Returns:
            False when the same mark was the last one.

        Raises:
            NotFound: see :func:`case_by_code`.
            Conflict: the case has no result yet.
        """
        now = self._clock()
        async with self._sessions.begin() as session:
            case = await case_by_code(session, number, code, lock=True)
            if CaseStatus(case.status) not in RATED:
                raise Conflict("这件事还没有结果，等有了结果再打分")
            earlier = await self._earlier(session, case, "rating")
            if earlier and (earlier[0].details.get("score"), earlier[0].note) == (score, text):
                return False
            if len(earlier) >= MAX_ADDITIONS:
                raise Conflict("已经评价过很多次了，谢谢您")
            case.updated_at = now
            session.add(CaseEvent(case_id=case.id, at=now, kind="rating", public=True, note=text, details={"score": score}))
            return True

    async def _say(self, number: str, code: str, kind: str, text: str) -> bool:
        now = self._clock()
        async with self._sessions.begin() as session:
            case = await case_by_code(session, number, code, lock=True)
            if CaseStatus(case.status) in {CaseStatus.CLOSED, CaseStatus.WITHDRAWN}:
                raise Conflict("这件事已经办结，有新的情况请重新登记")
            earlier = await self._earlier(session, case, kind)
            if earlier and earlier[0].note == text:
                return False
            if len(earlier) >= MAX_ADDITIONS:
                raise Conflict("补充的内容太多了，请直接联系工作人员")
            case.updated_at = now
            session.add(CaseEvent(case_id=case.id, at=now, kind=kind, public=True, note=text))
            return True

    @staticmethod
    async def _earlier(session: AsyncSession, case: Case, kind: str) -> list[CaseEvent]:
        """Newest first."""
        query = select(CaseEvent).where(CaseEvent.case_id == case.id, CaseEvent.kind == kind).order_by(CaseEvent.id.desc())
        return list(await session.scalars(query))
