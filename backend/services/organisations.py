"""Copies the organisations of ``knowledge/`` into the database at start and remembers which knowledge was in force."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from backend.db.base import Sessions
from backend.db.models_cases import AppliedKnowledge, OrganisationRow
from knowledge import Knowledge

_COLUMNS = ("name", "kind", "admin_level", "division_code", "phone", "address", "hours", "placeholder")


async def sync_knowledge(sessions: Sessions, knowledge: Knowledge, now: datetime) -> int:
    """Make the table equal to the files; organisations that left the files stay, marked inactive, for old cases.

    Returns:
        How many rows were added or changed.
    """
    changed = 0
    async with sessions.begin() as session:
        rows = {row.id: row for row in await session.scalars(select(OrganisationRow))}
        for organisation in knowledge.organisations.values():
            values = {**organisation.model_dump(mode="json", include=set(_COLUMNS)), "active": True}
            row = rows.get(organisation.id)
            if row is None:
                session.add(OrganisationRow(id=organisation.id, **values))
                changed += 1
            elif any(getattr(row, name) != value for name, value in values.items()):
                for name, value in values.items():
                    setattr(row, name, value)
                changed += 1
        gone = set(rows) - set(knowledge.organisations)
        await session.execute(update(OrganisationRow).where(OrganisationRow.id.in_(gone)).values(active=False))
        if await session.get(AppliedKnowledge, knowledge.version) is None:
            session.add(AppliedKnowledge(version=knowledge.version, first_applied_at=now))
    return changed


async def active_organisations(session: AsyncSession) -> Sequence[OrganisationRow]:
    """Organisations of today's files, city first."""
    query = select(OrganisationRow).where(OrganisationRow.active.is_(True))
    return (await session.scalars(query.order_by(OrganisationRow.division_code, OrganisationRow.kind, OrganisationRow.id))).all()
