"""The staff's side: who waits, who is in danger, take a chat, answer, hand it back. One person owns a chat at a time."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from backend.conversations import log, views
from backend.conversations.crisis import CRISIS, open_alert
from backend.conversations.delivery import publish_lines
from backend.conversations.handoff import announce, back_to_bot, mark_waiting
from backend.conversations.hub import STAFF, Hub
from backend.conversations.ports import PhrasesPort
from backend.conversations.states import RESUME, Delivery
from backend.conversations.text import MAX_CHARACTERS, clean, storable
from backend.db.base import Sessions
from backend.db.models_conversations import Alert, Conversation, Message
from backend.services.audit import Actor, record
from common.enums import ConversationState, MessageRole
from common.errors import BadInput, Conflict, Forbidden, NotFound, TooLarge

_NOT_ASKING = (ConversationState.FILED.value, ConversationState.CLOSED.value, ConversationState.REDIRECTED.value)


class StaffDesk:
    """Use cases of staff in a conversation; each is written to the audit log in the same transaction.

    Args:
        wake: called with a conversation id when something waits for Rasa again.
    """

    def __init__(
        self,
        sessions: Sessions,
        reads: Sessions,
        clock: Callable[[], datetime],
        phrases: PhrasesPort,
        hub: Hub,
        wake: Callable[[str], Awaitable[None]],
    ) -> None:
        self._sessions = sessions
        self._reads = reads
        self._clock = clock
        self._phrases = phrases
        self._hub = hub
        self._wake = wake

    async def take(self, conversation_id: str, actor: Actor, name: str) -> dict[str, Any]:
        """Own the chat; the bot is silent from now on. Taking what one owns already changes nothing.

        Raises:
            NotFound: no such conversation.
            Conflict: somebody else owns it.
        """
        now = self._clock()
        async with self._sessions.begin() as session:
            conversation = await log.load(session, conversation_id)
            if conversation.operator_id is not None:
                if conversation.operator_id != actor.staff_id:
                    raise Conflict(f"这段对话已经由{conversation.operator_name or '另一位同事'}接管了")
                return views.status_view(conversation)
            mark_waiting(conversation, now)
            conversation.operator_id, conversation.operator_name, conversation.taken_at = actor.staff_id, name, now
            alert = await open_alert(session, conversation_id, CRISIS)
            if alert is not None and alert.acknowledged_at is None:
                alert.acknowledged_at, alert.acknowledged_by = now, actor.staff_id
            line = announce(session, conversation, self._phrases.phrase("handoff.joined"), now)
            self._record(session, actor, "conversation_taken", conversation, now)
        publish_lines(self._hub, conversation, [line])
        return views.status_view(conversation)

    async def reply(self, conversation_id: str, actor: Actor, name: str, text: str, client_message_id: str | None) -> dict[str, Any]:
        """Answer the resident. Repeating a client_message_id gives the same line.

        Raises:
            NotFound: no such conversation.
            Conflict: the chat is not owned by this person.
            BadInput, TooLarge: nothing to say, or too much at once.
        """
        if len(text) > MAX_CHARACTERS:
            raise TooLarge(self._phrases.phrase("input.too_long", limit=MAX_CHARACTERS), field="text")
        if not clean(text):
            raise BadInput(self._phrases.phrase("input.empty"), field="text")
        now = self._clock()
        key = f"staff-{actor.staff_id}-{client_message_id}" if client_message_id else None
        async with self._sessions.begin() as session:
            conversation = await log.load(session, conversation_id)
            earlier = await log.by_client_id(session, conversation_id, key) if key else None
            if earlier is not None:
                return views.staff_message_view(earlier)
            self._must_own(conversation, actor)
            extra = {"staff_id": actor.staff_id, "name": name}
            line = log.append(
                session,
                conversation,
                MessageRole.OPERATOR,
                storable(text),
                now,
                delivery=Delivery.LOCAL,
                extra=extra,
                client_message_id=key,
            )
        publish_lines(self._hub, conversation, [line])
        return views.staff_message_view(line)

    async def hand_back(self, conversation_id: str, actor: Actor, *, supervises: bool) -> dict[str, Any]:
        """Give the chat back to the bot, which goes on at the open question with what was said meanwhile.

        Args:
            supervises: the role may end a colleague's ownership (supervisor and above).

        Raises:
            NotFound: no such conversation.
            Conflict: nobody owns it.
            Forbidden: a colleague owns it.
        """
        now = self._clock()
        async with self._sessions.begin() as session:
            conversation = await log.load(session, conversation_id)
            if conversation.operator_id is None:
                raise Conflict("这段对话没有人接管")
            if conversation.operator_id != actor.staff_id and not supervises:
                raise Forbidden("这段对话由另一位同事接管，不能替他交还")
            line = await self._return(session, conversation, now)
            self._record(session, actor, "conversation_returned", conversation, now)
        publish_lines(self._hub, conversation, [line])
        await self._wake(conversation_id)
        return views.status_view(conversation)

    async def resume(self, conversation_id: str, actor: Actor) -> dict[str, Any]:
        """A person decided that the intake may go on after danger. The only way on from R3.

        Raises:
            NotFound: no such conversation.
            Conflict: there is nothing to resume, or a colleague owns the chat.
        """
        now = self._clock()
        async with self._sessions.begin() as session:
            conversation = await log.load(session, conversation_id)
            if conversation.operator_id is not None and conversation.operator_id != actor.staff_id:
                raise Conflict(f"这段对话已经由{conversation.operator_name or '另一位同事'}接管了")
            if conversation.state not in (ConversationState.CRISIS.value, ConversationState.HANDOFF.value):
                raise Conflict("这段对话没有停下来，不需要恢复")
            alert = await open_alert(session, conversation_id, CRISIS)
            if alert is not None:
                alert.acknowledged_at, alert.acknowledged_by = alert.acknowledged_at or now, alert.acknowledged_by or actor.staff_id
                alert.closed_at, alert.closed_by = now, actor.staff_id
            line = await self._return(session, conversation, now)
            self._record(session, actor, "conversation_resumed", conversation, now)
        publish_lines(self._hub, conversation, [line])
        await self._wake(conversation_id)
        return views.status_view(conversation)

    async def acknowledge(self, alert_id: int, actor: Actor, note: str, *, close: bool) -> dict[str, Any]:
        """Say that one looks after an alert, or that it is dealt with.

        Raises:
            NotFound: no such alert.
        """
        now = self._clock()
        async with self._sessions.begin() as session:
            alert = await session.get(Alert, alert_id, with_for_update=True)
            if alert is None:
                raise NotFound("没有这条提醒")
            if alert.acknowledged_at is None:
                alert.acknowledged_at, alert.acknowledged_by = now, actor.staff_id
            if close and alert.closed_at is None:
                alert.closed_at, alert.closed_by = now, actor.staff_id
            if note:
                alert.note = f"{alert.note}\n{note}".strip()[:2000]
            conversation = await log.peek(session, alert.conversation_id)
            self._record(session, actor, "alert_closed" if close else "alert_acknowledged", conversation, now)
        view = views.alert_view(alert)
        self._hub.publish(STAFF, {"type": "alert", "alert": view})
        return view

    async def _return(self, session: AsyncSession, conversation: Conversation, now: datetime) -> Message:
        line = announce(session, conversation, self._phrases.phrase("handoff.ended"), now)
        await session.flush()
        await back_to_bot(session, conversation, line)
        if conversation.state in _NOT_ASKING and not line.extra["while_away"] and line.extra["relay_choice"] == RESUME:
            line.delivery = Delivery.LOCAL.value  # nothing was open, so there is nothing to ask again
        return line

    @staticmethod
    def _must_own(conversation: Conversation, actor: Actor) -> None:
        if conversation.operator_id is None:
            raise Conflict("请先接管这段对话，再回复")
        if conversation.operator_id != actor.staff_id:
            raise Conflict(f"这段对话由{conversation.operator_name or '另一位同事'}接管，您不能回复")

    @staticmethod
    def _record(session: AsyncSession, actor: Actor, action: str, conversation: Conversation, now: datetime) -> None:
        record(session, now, actor, action, conversation.case_number, {"conversation_id": conversation.id})
