"""What staff see of conversations: the list, most urgent first, and one conversation in full."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import Select, case, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from backend.conversations import log, views
from backend.db.base import Sessions
from backend.db.models_conversations import Alert, Conversation, Evidence, Message
from backend.services.audit import Actor, record
from common.enums import ConversationState, MessageRole
from common.errors import NotFound

Queue = Literal["attention", "waiting", "crisis", "mine", "taken", "all"]
MAX_PAGE = 100
MAX_TRANSCRIPT = 2000


class ConversationList:
    """Reading for staff. Seeing a conversation in full, and fetching a file, is written to the audit log."""

    def __init__(self, sessions: Sessions, reads: Sessions, clock: Callable[[], datetime]) -> None:
        self._sessions = sessions
        self._reads = reads
        self._clock = clock

    async def page(self, queue: Queue, staff_id: int, page: int, size: int) -> dict[str, Any]:
        """Rows of a queue: danger first, then who has waited longest, then the newest words."""
        query = _filtered(queue, staff_id)
        urgency = case((Conversation.crisis_level == "R3", 0), (Conversation.crisis_level == "R2", 1), else_=2)
        ordered = query.order_by(
            urgency,
            Conversation.handoff_requested_at.is_(None),
            Conversation.handoff_requested_at,
            Conversation.last_message_at.desc(),
            Conversation.id,
        )
        now = self._clock()
        async with self._reads() as session:
            total = await session.scalar(select(func.count()).select_from(query.subquery())) or 0
            rows = list(await session.scalars(ordered.limit(size).offset((page - 1) * size)))
            alerts = await _alerts_of(session, [c.id for c in rows])
            words = await _last_words(session, [c.id for c in rows])
        items = [views.queue_view(c, alerts.get(c.id), words.get(c.id, ""), now) for c in rows]
        return {"items": items, "total": total, "page": page, "page_size": size}

    async def alerts(self, *, still_open: bool, limit: int) -> list[dict[str, Any]]:
        """Alerts, gravest and newest first."""
        query = select(Alert)
        if still_open:
            query = query.where(Alert.closed_at.is_(None))
        async with self._reads() as session:
            found = await session.scalars(query.order_by(Alert.level.desc(), Alert.last_at.desc()).limit(limit))
            return [views.alert_view(alert) for alert in found]

    async def detail(self, conversation_id: str, actor: Actor) -> dict[str, Any]:
        """Transcript, draft, alerts and files.

        Raises:
            NotFound: no such conversation.
        """
        now = self._clock()
        async with self._sessions.begin() as session:
            conversation = await log.peek(session, conversation_id)
            record(session, now, actor, "conversation_viewed", conversation.case_number, {"conversation_id": conversation_id})
            lines = await log.after(session, conversation_id, 0, MAX_TRANSCRIPT)
            alerts = list(await session.scalars(select(Alert).where(Alert.conversation_id == conversation_id).order_by(Alert.id.desc())))
            files = list(await session.scalars(select(Evidence).where(Evidence.conversation_id == conversation_id)))
        opened = next((a for a in alerts if a.closed_at is None), None)
        last = next((m.text for m in reversed(lines) if m.role == MessageRole.RESIDENT.value), "")
        return {
            **views.queue_view(conversation, opened, last, now),
            "expecting": conversation.expecting,
            "draft": conversation.draft,
            "messages": [views.staff_message_view(m) for m in lines],
            "alerts": [views.alert_view(a) for a in alerts],
            "evidence": [views.evidence_view(f) for f in files],
        }

    async def evidence(self, conversation_id: str, evidence_id: str, actor: Actor) -> Evidence:
        """A file to be handed to staff; that it was fetched is logged.

        Raises:
            NotFound: no such file in this conversation.
        """
        async with self._sessions.begin() as session:
            found = await session.get(Evidence, evidence_id)
            if found is None or found.conversation_id != conversation_id:
                raise NotFound("没有这份材料")
            details = {"conversation_id": conversation_id, "evidence_id": evidence_id}
            record(session, self._clock(), actor, "evidence_downloaded", found.case_number, details)
        return found

    async def files_of_case(self, case_number: str) -> list[dict[str, Any]]:
        """Files that belong to a filed case, for the case's detail view."""
        async with self._reads() as session:
            found = await session.scalars(select(Evidence).where(Evidence.case_number == case_number).order_by(Evidence.created_at))
            return [{**views.evidence_view(f), "conversation_id": f.conversation_id} for f in found]


def _filtered(queue: Queue, staff_id: int) -> Select[Conversation]:
    query = select(Conversation)
    handoff, crisis = ConversationState.HANDOFF.value, ConversationState.CRISIS.value
    unacknowledged = select(Alert.conversation_id).where(Alert.closed_at.is_(None))
    match queue:
        case "waiting":
            return query.where(Conversation.handoff_requested_at.is_not(None), Conversation.operator_id.is_(None))
        case "crisis":
            return query.where(or_(Conversation.crisis_level.is_not(None), Conversation.state == crisis))
        case "mine":
            return query.where(Conversation.operator_id == staff_id)
        case "taken":
            return query.where(Conversation.operator_id.is_not(None))
        case "attention":
            return query.where(or_(Conversation.state.in_((handoff, crisis)), Conversation.id.in_(unacknowledged)))
        case _:
            return query


async def _alerts_of(session: AsyncSession, ids: list[str]) -> dict[str, Alert]:
    query = select(Alert).where(Alert.conversation_id.in_(ids), Alert.closed_at.is_(None)).order_by(Alert.level)
    return {alert.conversation_id: alert for alert in await session.scalars(query)}


async def _last_words(session: AsyncSession, ids: list[str]) -> dict[str, str]:
    newest = (
        select(func.max(Message.id))
        .where(Message.conversation_id.in_(ids), Message.role == MessageRole.RESIDENT.value)
        .group_by(Message.conversation_id)
    )
    rows = await session.execute(select(Message.conversation_id, Message.text).where(Message.id.in_(newest)))
    return {conversation_id: text for conversation_id, text in rows}
