"""The log of what staff saw and did. Rows hold ids and codes, never a resident's words, name or phone."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from backend.db.base import Sessions
from backend.db.models_staff import AuditEntry, StaffUser


@dataclass(frozen=True)
class Actor:
    """Who acts: a staff account and the address it called from."""

    staff_id: int
    address: str = ""


def record(
    session: AsyncSession,
    at: datetime,
    actor: Actor | None,
    action: str,
    case_number: str | None = None,
    details: Mapping[str, Any] | None = None,
) -> None:
    """Add an entry to the transaction that does the thing, so that neither happens without the other."""
    session.add(
        AuditEntry(
            at=at,
            staff_id=actor.staff_id if actor else None,
            action=action,
            case_number=case_number,
            address=actor.address[:64] if actor else "",
            details=dict(details or {}),
        )
    )


@dataclass(frozen=True)
class AuditLine:
    """An entry as supervisors read it."""

    at: datetime
    username: str | None
    action: str
    case_number: str | None
    details: dict[str, Any]


class AuditService:
    """Writes single entries and reads them back."""

    def __init__(self, sessions: Sessions, reads: Sessions, clock: Callable[[], datetime]) -> None:
        self._sessions = sessions
        self._reads = reads
        self._clock = clock

    async def log(self, actor: Actor | None, action: str, case_number: str | None = None, details: Mapping[str, Any] | None = None) -> None:
        """Write one entry in a transaction of its own, for things that change nothing else (a view, an export)."""
        async with self._sessions.begin() as session:
            record(session, self._clock(), actor, action, case_number, details)

    async def of_case(self, case_number: str, limit: int = 200) -> list[AuditLine]:
        """Newest first: who looked at this case."""
        query = (
            select(AuditEntry, StaffUser.username)
            .outerjoin(StaffUser, StaffUser.id == AuditEntry.staff_id)
            .where(AuditEntry.case_number == case_number)
            .order_by(AuditEntry.at.desc(), AuditEntry.id.desc())
            .limit(limit)
        )
        async with self._reads() as session:
            rows = (await session.execute(query)).all()
        return [AuditLine(entry.at, username, entry.action, entry.case_number, entry.details) for entry, username in rows]
