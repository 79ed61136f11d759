"""Filing a case once, whatever happens on the way, and looking cases up."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from backend.db.base import Sessions
from backend.db.models_cases import Case, CaseEvent, Counter, IdempotencyKey, OrganisationRow
from backend.db.models_conversations import Conversation
from backend.db.models_staff import StaffUser
from backend.domain.calendar import BEIJING, WorkCalendar
from backend.domain.case_rules import case_number, new_tracking_code
from backend.domain.decision import RoutingDecision
from backend.domain.places import find_division
from backend.domain.routing import decide
from backend.services import case_views
from backend.services.audit import Actor, record
from backend.services.filing import IDENTITY, CaseFiling
from backend.services.resident import case_by_code
from common.enums import CaseStatus, HandlingMode
from common.errors import BadInput, Conflict, NotFound
from common.payloads import to_json
from knowledge import Knowledge

_SCOPE = "cases"


@dataclass(frozen=True)
class Filed:
    """``created`` is False when the same request had been carried out before."""

    receipt: dict[str, Any]
    created: bool


class CaseService:
    """Use cases around filed cases; changes by staff live in :mod:`backend.services.case_changes`."""

    def __init__(
        self,
        sessions: Sessions,
        reads: Sessions,
        knowledge: Knowledge,
        clock: Callable[[], datetime],
        *,
        prefix: str,
        calendar: WorkCalendar,
    ) -> None:
        self._sessions = sessions
        self._reads = reads
        self._knowledge = knowledge
        self._clock = clock
        self._prefix = prefix
        self._calendar = calendar

    async def file(self, filing: CaseFiling, key: str, actor: Actor | None = None) -> Filed:
        """File a case once per key.

        Args:
            key: idempotency key, 1–128 characters; actions use the sender id of the conversation.
            actor: the operator who files for a caller, None when the resident filed.

        Raises:
            BadInput: bad key, unknown codes.
            Conflict: the key was used for a different request.
        """
        if not 1 <= len(key) <= 128 or not key.isprintable():
            raise BadInput("Idempotency-Key 要有 1–128 个字符", field="Idempotency-Key")
        body_hash = filing.body_hash()
        earlier = await self._earlier(key, body_hash)
        if earlier is not None:
            return earlier
        try:
            return await self._file(filing, key, body_hash, actor)
        except IntegrityError:  # another request with the same key committed first
            earlier = await self._earlier(key, body_hash)
            if earlier is None:
                raise
            return earlier

    async def progress(self, number: str, code: str) -> dict[str, Any]:
        """What a resident may know, with the tracking code.

        Raises:
            NotFound: unknown number or wrong code; the two cannot be told apart.
        """
        async with self._reads() as session:
            case = await case_by_code(session, number, code)
            events = await self._events(session, case)
            organisation = await self._organisation(session, case)
            linked = await linked_numbers(session, case)
        return case_views.progress(case, organisation, [(event, unit) for event, _, unit in events], self._knowledge, linked)

    async def detail(self, number: str, *, identity: bool, actor: Actor) -> dict[str, Any]:
        """Everything about a case. Seeing the identity leaves a line in the audit log, in the same transaction.

        Raises:
            NotFound: no such case.
        """
        maker = self._sessions if identity else self._reads
        async with maker.begin() as session:
            case = await find_case(session, number)
            events = await self._events(session, case)
            organisation = await self._organisation(session, case)
            assignee = await session.scalar(select(StaffUser.username).where(StaffUser.id == case.assignee_id))
            linked = await linked_numbers(session, case)
            if identity:
                record(session, self._clock(), actor, "identity_view", case.number)
        return case_views.detail(case, organisation, assignee, events, self._knowledge, linked, identity=identity)

    async def _earlier(self, key: str, body_hash: str) -> Filed | None:
        async with self._reads() as session:
            known = await session.get(IdempotencyKey, (_SCOPE, key))
            if known is None:
                return None
            if known.body_hash != body_hash:
                raise Conflict("同一个 Idempotency-Key 已经用于另一份内容", field="Idempotency-Key")
            case = await session.get_one(Case, known.case_id)
            organisation = await self._organisation(session, case)
            linked = await linked_numbers(session, case)
        return Filed(case_views.receipt(case, organisation, self._knowledge, linked), created=False)

    async def _file(self, filing: CaseFiling, key: str, body_hash: str, actor: Actor | None) -> Filed:
        now = self._clock()
        place = filing.fields.get("place")
        place = place if isinstance(place, str) else None
        division = self._division(filing, place)
        facts = filing.facts(self._knowledge, division)
        decision = decide(facts, self._knowledge, now=now, calendar=self._calendar, place=place)
        async with self._sessions.begin() as session:
            case = self._new_case(filing, facts.subtype, division, decision, now)
            case.number = await self._next_number(session, now)
            case.filed_by_id = actor.staff_id if actor else None
            if filing.link is not None:  # staff cannot link into a conversation's cases, nor into each other's
                case.link = f"staff-{actor.staff_id}-{filing.link}" if actor else filing.link
            case.risk_level = await _highest_risk(session, filing)
            session.add(case)
            await session.flush()
            session.add(IdempotencyKey(scope=_SCOPE, key=key, body_hash=body_hash, case_id=case.id, created_at=now))
            session.add(
                CaseEvent(
                    case_id=case.id, at=now, kind="filed", to_status=case.status, public=True,
                    staff_id=case.filed_by_id, organisation_id=case.organisation_id,
                )
            )  # fmt: skip
            if actor:
                record(session, now, actor, "case_filed", case.number)
            organisation = await self._organisation(session, case)
            linked = await linked_numbers(session, case)
        return Filed(case_views.receipt(case, organisation, self._knowledge, linked), created=True)

    def _division(self, filing: CaseFiling, place: str | None) -> str | None:
        """A code that was handed in counts when it exists; otherwise the place's own words are searched for one."""
        given = filing.fields.get("division_code")
        if isinstance(given, str) and given in self._knowledge.divisions:
            return given
        return find_division(place, self._knowledge.divisions)

    def _new_case(self, filing: CaseFiling, subtype: str | None, division: str | None, decision: RoutingDecision, now: datetime) -> Case:
        fields = {name: value for name, value in filing.fields.items() if name not in IDENTITY}
        appointment = fields.get("appointment")
        return Case(
            tracking_code=new_tracking_code(),
            status=CaseStatus.SUBMITTED.value,
            conversation_id=filing.conversation_id,
            contact_channel=filing.contact_channel.value,
            dispute_type=filing.dispute_type,
            secondary=list(filing.secondary),
            subtype=subtype,
            route=decision.route.value,
            predicted={
                "routes": filing.routes,
                "dispute_types": filing.dispute_types,
                "route": filing.route.value if filing.route else None,
                "subtype": filing.subtype,
            },
            risk_level=filing.risk_level.value,
            flags=sorted(flag.value for flag in set(filing.flags)),
            admin_level=decision.admin_level.value,
            organisation_id=decision.organisation.id if decision.organisation else None,
            organisation_kind=decision.organisation_kind,
            handling_mode=decision.handling_mode.value,
            appointment=appointment[:200] if isinstance(appointment, str) else None,
            contact_by=decision.contact_deadline,
            finish_by=decision.finish_deadline,
            decision=_decision_record(decision),
            amount=fields.get("amount"),
            people=fields.get("people"),
            counterparty_kind=filing.counterparty_kind().value,
            division_code=division,
            contact_name=filing.fields.get("contact_name"),
            contact_phone=filing.fields.get("contact_phone"),
            fields=fields,
            narrative=filing.narrative,
            consent_version=filing.consent.version,
            consent_at=filing.consent.at,
            model_version=filing.model_version,
            knowledge_version=self._knowledge.version,
            created_at=now,
            updated_at=now,
        )

    async def _next_number(self, session: AsyncSession, now: datetime) -> str:
        """Next serial of the day; the row is locked until commit, so numbers have no duplicates."""
        day = now.astimezone(BEIJING).date()
        name = f"case:{day:%Y%m%d}"
        insert = postgresql_insert if session.get_bind().dialect.name == "postgresql" else sqlite_insert
        statement = (
            insert(Counter)
            .values(name=name, value=1)
            .on_conflict_do_update(index_elements=[Counter.name], set_={"value": Counter.value + 1})
            .returning(Counter.value)
        )
        serial = (await session.execute(statement)).scalar_one()
        return case_number(self._prefix, day, serial)

    @staticmethod
    async def _organisation(session: AsyncSession, case: Case) -> OrganisationRow | None:
        return await session.get(OrganisationRow, case.organisation_id) if case.organisation_id else None

    @staticmethod
    async def _events(session: AsyncSession, case: Case) -> list[tuple[CaseEvent, str | None, str | None]]:
        """History, oldest first, with the staff member's and the organisation's names."""
        query = (
            select(CaseEvent, StaffUser.username, OrganisationRow.name)
            .outerjoin(StaffUser, StaffUser.id == CaseEvent.staff_id)
            .outerjoin(OrganisationRow, OrganisationRow.id == CaseEvent.organisation_id)
            .where(CaseEvent.case_id == case.id)
            .order_by(CaseEvent.id)
        )
        return [(event, staff, unit) for event, staff, unit in (await session.execute(query)).all()]


async def find_case(session: AsyncSession, number: str, *, lock: bool = False) -> Case:
    """Raises: NotFound."""
    query = select(Case).where(Case.number == number.strip().upper()[:40])
    case = await session.scalar(query.with_for_update() if lock else query)
    if case is None:
        raise NotFound("没有找到这个案件")
    return case


async def linked_numbers(session: AsyncSession, case: Case) -> list[str]:
    """Numbers of the other cases of the same story, oldest first."""
    if case.link is None:
        return []
    query = select(Case.number).where(Case.link == case.link, Case.id != case.id).order_by(Case.id)
    return list(await session.scalars(query))


def _decision_record(decision: RoutingDecision) -> dict[str, Any]:
    """What was decided and told at filing, kept as it was: later changes of the rules must not rewrite it."""
    return {
        "rules": list(decision.rules),
        "reasons": list(decision.reasons),
        "advice": list(decision.advice),
        "bring": list(decision.bring),
        "exits": to_json(decision.exits),
        "joint": decision.joint,
        "contact_text": decision.contact_text,
        "finish_text": decision.finish_text,
        "handling_mode": HandlingMode(decision.handling_mode).value,
    }


async def _highest_risk(session: AsyncSession, filing: CaseFiling) -> str:
    """Danger that was looked at stays on the case although the dialogue went on: the mediator must know what was said."""
    if filing.conversation_id is None:
        return filing.risk_level.value
    seen = await session.scalar(select(Conversation.risk_level).where(Conversation.id == filing.conversation_id))
    return max(filing.risk_level.value, seen or "R0")
