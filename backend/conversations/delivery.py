"""Getting messages to Rasa in order, and what comes back into the log. Never twice, never lost.

A message stays PENDING until its reply is stored. Whatever fails – nobody listening, no answer in time, an error – it is
sent again later under the same ``message_id``, by which the engine in the actions knows a repeat and answers as before. The
next message of the conversation waits until then.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from backend.conversations import log, views
from backend.conversations.arrival import Arrival
from backend.conversations.context import intent_context
from backend.conversations.gateway import Failure, NoReply, RasaGateway
from backend.conversations.hub import STAFF, Hub
from backend.conversations.merge import expecting_of
from backend.conversations.ports import PhrasesPort
from backend.conversations.speaking import say, settle
from backend.conversations.states import HANDOFF, SILENT, Delivery
from backend.conversations.text import is_emoji_only
from backend.conversations.undelivered import give_up
from backend.db.base import Sessions
from backend.db.models_conversations import Conversation, Evidence, Message
from common.payloads import Choice

logger = logging.getLogger("jiefen.delivery")

BEIJING = ZoneInfo("Asia/Shanghai")
FIRST_RETRY_S, LONGEST_RETRY_S = 1.0, 15.0
GIVE_UP_ATTEMPTS, GIVE_UP_AFTER = 6, timedelta(minutes=10)  # both must be passed; a refused connection is never given up


@dataclass(frozen=True)
class _Sending:
    """What one attempt needs, read before the connection is opened: no transaction waits for Rasa."""

    message: Message
    sender: str
    text: str
    metadata: dict[str, Any]


class Deliverer:
    """Delivers a conversation's pending messages. Callers hold the conversation's turn."""

    def __init__(
        self,
        sessions: Sessions,
        reads: Sessions,
        clock: Callable[[], datetime],
        gateway: RasaGateway,
        arrival: Arrival,
        phrases: PhrasesPort,
        hub: Hub,
    ) -> None:
        self._sessions = sessions
        self._reads = reads
        self._clock = clock
        self._gateway = gateway
        self._arrival = arrival
        self._phrases = phrases
        self._hub = hub

    async def drain(self, conversation_id: str, upto: int | None = None) -> None:
        """Deliver what is pending, oldest first, up to ``upto``; stops where Rasa cannot be reached."""
        while True:
            async with self._reads() as session:
                conversation = await log.peek(session, conversation_id)
                if conversation.state in SILENT:
                    return
                message = await log.oldest_pending(session, conversation_id, upto)
                if message is None:
                    return
                sending = await self._prepare(session, conversation, message)
            if is_emoji_only(message.processed) and not message.choice and not message.extra.get("relay_choice"):
                await self._answer_emoji(conversation_id, message.id)
            elif self._must_wait(message) or not await self._attempt(conversation_id, sending):
                await self._keep_all(conversation_id, upto)
                return
            if message.seq == upto:
                return  # nothing older is left; spares a look at the database in every ordinary turn

    async def _attempt(self, conversation_id: str, sending: _Sending) -> bool:
        """One try. False: not delivered, go on later."""
        self._hub.publish(conversation_id, {"type": "typing", "role": "bot"})
        try:
            turn = await self._gateway.send(sending.sender, sending.text, sending.metadata)
        except NoReply as failed:
            return await self._failed(conversation_id, sending.message.id, failed.failure)
        async with self._sessions.begin() as session:
            conversation = await log.load(session, conversation_id)
            message = await session.get_one(Message, sending.message.id)
            said = await self._arrival.receive(session, conversation, message, turn, self._clock())
        self._publish(conversation, said)
        return True

    async def _failed(self, conversation_id: str, message_id: int, failure: Failure) -> bool:
        now = self._clock()
        async with self._sessions.begin() as session:
            conversation = await log.load(session, conversation_id)
            message = await session.get_one(Message, message_id)
            if message.delivery != Delivery.PENDING.value:
                return True  # superseded while it was under way
            message.attempts += 1
            message.last_error = failure.value
            message.next_attempt_at = now + timedelta(seconds=retry_delay(message.attempts))
            logger.warning("rasa %s, message %s-%d, attempt %d", failure.value, conversation_id, message.seq, message.attempts)
            old = now - message.created_at > GIVE_UP_AFTER and message.attempts >= GIVE_UP_ATTEMPTS
            if failure is Failure.REFUSED or not old:
                return False
            alert, said = await give_up(session, conversation, message, self._phrases, now)
        self._publish(conversation, [said])
        self._hub.publish(STAFF, {"type": "alert", "alert": views.alert_view(alert)})
        return True

    def _must_wait(self, message: Message) -> bool:
        """Slow failures are not tried again by every new message: fifty waiting messages would wait fifty time-outs."""
        if message.next_attempt_at is None or message.last_error == Failure.REFUSED.value:
            return False
        return message.next_attempt_at > self._clock()

    async def _keep_all(self, conversation_id: str, upto: int | None) -> None:
        """Tell the resident honestly that the words are kept; once at length, then briefly. Callers that wait get an answer."""
        now = self._clock()
        said: list[Message] = []
        async with self._sessions.begin() as session:
            conversation = await log.load(session, conversation_id)
            if conversation.state in SILENT:
                return  # danger or a person came in between: their words were answered there
            waiting = await log.with_delivery(session, conversation_id, Delivery.PENDING)
            told = any(m.response is not None for m in waiting)
            for message in waiting:
                if message.response is not None or (upto is not None and message.seq > upto):
                    continue
                text = self._phrases.phrase("outage.slow" if told else "outage.dialogue")
                if prefix := message.extra.get("prefix"):
                    text = f"{prefix}\n\n{text}"
                choices = (Choice(self._phrases.phrase("choice.handoff"), HANDOFF),)
                said.append(say(session, conversation, text, now, to=message, choices=choices))
                settle(conversation, message, said[-1:], Delivery.PENDING)
                told = True
        self._publish(conversation, said)

    async def _answer_emoji(self, conversation_id: str, message_id: int) -> None:
        async with self._sessions.begin() as session:
            conversation = await log.load(session, conversation_id)
            message = await session.get_one(Message, message_id)
            open_choices = tuple(Choice(c["title"], c["value"]) for c in conversation.offered)
            said = [say(session, conversation, self._phrases.phrase("input.emoji_only"), self._clock(), to=message, choices=open_choices)]
            settle(conversation, message, said, Delivery.LOCAL)
        self._publish(conversation, said)

    async def _prepare(self, session: AsyncSession, conversation: Conversation, message: Message) -> _Sending:
        extra = message.extra
        relayed = "relay_choice" in extra
        uploads = await session.scalars(
            select(Evidence).where(Evidence.conversation_id == conversation.id, Evidence.case_index == conversation.case_index)
        )
        metadata: dict[str, Any] = {
            "conversation_id": conversation.id,
            "message_id": f"{conversation.id}-{message.seq}",
            "choice": extra["relay_choice"] if relayed else message.choice,
            "edits": message.edits,
            "context": intent_context(expecting_of(conversation.expecting)),
            "risk": _capped(extra["relay_risk"]) if relayed else (message.risk_level or "R0"),
            "risk_seen": conversation.risk_level,
            "cues": extra["relay_cues"] if relayed else message.cues,
            "contact_channel": conversation.contact_channel,
            "today": message.created_at.astimezone(BEIJING).date().isoformat(),
            "case_number": conversation.case_number,
            "uploads": [{"id": u.id, "name": u.name, "media_type": u.media_type} for u in uploads],
            "while_away": extra.get("while_away", []),
        }
        if conversation.visitor and conversation.case_receipt:  # opened with number and code; the engine begins with that case
            metadata["visited_case"] = {name: conversation.case_receipt[name] for name in ("number", "tracking_code")}
        text = extra["relay_text"] if relayed else message.processed
        return _Sending(message, f"{conversation.id}-{conversation.case_index}", text, metadata)

    def _publish(self, conversation: Conversation, said: list[Message]) -> None:
        publish_lines(self._hub, conversation, said)


def publish_lines(hub: Hub, conversation: Conversation, lines: list[Message]) -> None:
    """Show new lines to the resident's open pages and to staff who watch; then say where the conversation stands."""
    status = views.status_view(conversation)
    for line in lines:
        hub.publish(conversation.id, {"type": "message", "message": views.message_view(line), **status})
    hub.publish(STAFF, {"type": "conversation", "conversation_id": conversation.id, "last_seq": conversation.last_seq, **status})


def retry_delay(attempts: int) -> float:
    """Seconds until the next try: 1, 2, 4, 8, 15, 15 …"""
    return min(LONGEST_RETRY_S, FIRST_RETRY_S * 2.0 ** min(attempts - 1, 10))


def _capped(level: str) -> str:
    """Danger that was looked at is no longer danger now: the engine would stop again at R3. ``risk_seen`` keeps the mark."""
    return "R2" if level == "R3" else level
