"""Cases 案件, their history, organisations, and what makes filing safe to repeat."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from backend.db.base import Base


class OrganisationRow(Base):
    """A copy of an organisation of ``knowledge/``, so that cases can point at it and old ones stay readable."""

    __tablename__ = "organisations"

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    name: Mapped[str] = mapped_column(String(128))
    kind: Mapped[str] = mapped_column(String(16), index=True)
    admin_level: Mapped[str] = mapped_column(String(16))
    division_code: Mapped[str] = mapped_column(String(12), index=True)
    phone: Mapped[str] = mapped_column(String(64), default="")
    address: Mapped[str] = mapped_column(String(255), default="")
    hours: Mapped[str] = mapped_column(String(128), default="")
    placeholder: Mapped[bool] = mapped_column(default=True)
    active: Mapped[bool] = mapped_column(default=True)  # False: no longer in the knowledge files


class Case(Base):
    """A filed case. ``narrative`` is the resident's own words, never changed.

    What is counted or searched has its own column; everything else that was told lies in ``fields``. The applicant's name and
    phone are columns only, so that a list or an export can leave them out without looking into JSON.
    """

    __tablename__ = "cases"
    __table_args__ = (
        Index("ix_cases_status_created_at", "status", "created_at"),
        Index("ix_cases_created_at_id", "created_at", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(40), unique=True)
    tracking_code: Mapped[str] = mapped_column(String(16))
    status: Mapped[str] = mapped_column(String(16))
    version: Mapped[int] = mapped_column(default=1)  # raised by every change; PATCH must name the one it saw
    conversation_id: Mapped[str | None] = mapped_column(String(64), index=True)
    contact_channel: Mapped[str] = mapped_column(String(16))
    link: Mapped[str | None] = mapped_column(String(160), index=True)  # the same in all cases of one story
    filed_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff_users.id", ondelete="SET NULL"))

    dispute_type: Mapped[str] = mapped_column(String(8), index=True)
    secondary: Mapped[list[Any]]
    subtype: Mapped[str | None] = mapped_column(String(8), index=True)
    route: Mapped[str] = mapped_column(String(8), index=True)
    predicted: Mapped[dict[str, Any]]  # what the model had said: routes, dispute_types with probabilities
    risk_level: Mapped[str] = mapped_column(String(4), index=True)
    flags: Mapped[list[Any]]

    admin_level: Mapped[str] = mapped_column(String(16), index=True)
    organisation_id: Mapped[str | None] = mapped_column(ForeignKey("organisations.id"), index=True)
    organisation_kind: Mapped[str] = mapped_column(String(16))
    handling_mode: Mapped[str] = mapped_column(String(16))
    appointment: Mapped[str | None] = mapped_column(String(200))
    contact_by: Mapped[datetime] = mapped_column(index=True)
    finish_by: Mapped[datetime | None]
    decision: Mapped[dict[str, Any]]  # rules, reasons, advice, bring, exits and the sentences about dates, as told at filing

    amount: Mapped[float | None]
    people: Mapped[int | None]
    counterparty_kind: Mapped[str] = mapped_column(String(24))
    division_code: Mapped[str | None] = mapped_column(String(12), index=True)
    contact_name: Mapped[str | None] = mapped_column(String(64))
    contact_phone: Mapped[str | None] = mapped_column(String(32), index=True)
    fields: Mapped[dict[str, Any]]
    narrative: Mapped[str] = mapped_column(Text)

    consent_version: Mapped[str] = mapped_column(String(32))
    consent_at: Mapped[datetime]
    model_version: Mapped[str] = mapped_column(String(64))
    knowledge_version: Mapped[str] = mapped_column(String(64))

    assignee_id: Mapped[int | None] = mapped_column(ForeignKey("staff_users.id", ondelete="SET NULL"), index=True)
    return_count: Mapped[int] = mapped_column(default=0)  # the second return convenes a joint meeting
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]


class CaseEvent(Base):
    """One line of a case's history. ``public`` lines are what the resident sees under progress."""

    __tablename__ = "case_events"

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id", ondelete="CASCADE"), index=True)
    at: Mapped[datetime]
    # filed, status, assignment, appointment, note; by the resident: urge, addition, reschedule, rating, evidence
    kind: Mapped[str] = mapped_column(String(16))
    from_status: Mapped[str | None] = mapped_column(String(16))
    to_status: Mapped[str | None] = mapped_column(String(16))
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff_users.id", ondelete="SET NULL"))
    organisation_id: Mapped[str | None] = mapped_column(ForeignKey("organisations.id"))
    reason_code: Mapped[str | None] = mapped_column(String(32))
    public: Mapped[bool]
    note: Mapped[str] = mapped_column(Text, default="")
    details: Mapped[dict[str, Any]] = mapped_column(default=dict)


class IdempotencyKey(Base):
    """A request that was carried out. The same key with the same body finds the same case; with another body it is a mistake."""

    __tablename__ = "idempotency_keys"

    scope: Mapped[str] = mapped_column(String(32), primary_key=True)
    key: Mapped[str] = mapped_column(String(128), primary_key=True)
    body_hash: Mapped[str] = mapped_column(String(64))
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id", ondelete="CASCADE"))
    created_at: Mapped[datetime] = mapped_column(index=True)


class Counter(Base):
    """Serial numbers; one row per day for case numbers."""

    __tablename__ = "counters"

    name: Mapped[str] = mapped_column(String(64), primary_key=True)
    value: Mapped[int] = mapped_column(default=0)


class AppliedKnowledge(Base):
    """Which versions of ``knowledge/`` were in force from when; a case names the one it was routed by."""

    __tablename__ = "applied_knowledge"

    version: Mapped[str] = mapped_column(String(64), primary_key=True)
    first_applied_at: Mapped[datetime]
