"""Who answers a message: safety first, then a person, then the backend itself, and the dialogue for all the rest."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from backend.conversations import log
from backend.conversations.crisis import CRISIS, CrisisDesk, open_alert
from backend.conversations.handoff import HandoffDesk, back_to_bot
from backend.conversations.ports import OpeningPort, PhrasesPort
from backend.conversations.resuming import ResumeCodes
from backend.conversations.speaking import say, settle
from backend.conversations.states import HANDOFF, RESTART, Delivery
from backend.conversations.text import asks_for_human
from backend.db.models_conversations import Alert, Conversation, Message
from common.enums import ConversationState, MessageRole, RiskLevel
from common.payloads import UNNAMED_RISK, RiskAssessment, RiskCue, to_json

_ASKING = (ConversationState.INTAKE.value, ConversationState.CONFIRMING.value)
_NEW_CASE = "new_case"  # the engine's button under a filed case


def named(cue: RiskCue) -> bool:
    """Words that a rule of the book names as danger, R2 or above."""
    return cue.category != UNNAMED_RISK and cue.level.at_least(RiskLevel.R2)


class Reader:
    """Decides and, where the backend answers itself, answers. Works inside the caller's transaction."""

    def __init__(self, crisis: CrisisDesk, handoff: HandoffDesk, opening: OpeningPort, phrases: PhrasesPort, codes: ResumeCodes) -> None:
        self._crisis = crisis
        self._handoff = handoff
        self._opening = opening
        self._phrases = phrases
        self._codes = codes

    async def read(
        self, session: AsyncSession, conversation: Conversation, message: Message, found: RiskAssessment | None, now: datetime
    ) -> tuple[list[Message], Alert | None]:
        """Answer or queue the message; gives back the lines that were added and the alert that staff must see."""
        before = conversation.last_seq
        found = await self._settled(session, conversation, message, found)
        if found is not None and (found.level is not RiskLevel.R0 or found.cues):
            message.risk_level, message.cues = found.level.value, to_json(found.cues)
            conversation.risk_level = log.higher(conversation.risk_level, found.level.value)
        alert = None
        if found is not None and found.level.at_least(RiskLevel.R2):
            alert = await self._crisis.enter(session, conversation, message, found, now)
        elif conversation.state == ConversationState.CRISIS.value:
            alert = await self._in_crisis(session, conversation, message, now)
        elif conversation.state == ConversationState.HANDOFF.value:
            await self._in_handoff(session, conversation, message, now)
        elif message.choice == HANDOFF or (message.choice is None and message.edits is None and asks_for_human(message.processed)):
            await self._handoff.request(session, conversation, message, now)
        elif message.choice in (RESTART, _NEW_CASE):
            await self._restart(session, conversation, message, now)
        else:
            message.delivery = Delivery.PENDING.value
        await session.flush()
        return await log.after(session, conversation.id, before, 10), alert

    async def _settled(
        self, session: AsyncSession, conversation: Conversation, message: Message, found: RiskAssessment | None
    ) -> RiskAssessment | None:
        """What only the model hears does not overrule a resident who says that they are safe, now or since the last alert was opened.

        It is marked R1 then: the dialogue asks once more, and the story need not be stopped at every sentence of it.
        """
        if found is None or not found.level.at_least(RiskLevel.R2) or any(named(cue) for cue in found.cues):
            return found
        in_crisis = conversation.state == ConversationState.CRISIS.value
        if in_crisis and self._crisis.says_safe(conversation, message):
            return None
        if in_crisis or found.level is RiskLevel.R3:
            return found
        alert = await open_alert(session, conversation.id, CRISIS)
        if alert is None or alert.resident_safe_at is None:
            return found
        return RiskAssessment(RiskLevel.R1, tuple(replace(cue, level=RiskLevel.R1) for cue in found.cues))

    async def file(self, session: AsyncSession, conversation: Conversation, message: Message, shown: str, now: datetime) -> list[Message]:
        """A file was sent: an answer to the question for evidence goes to the dialogue, any other is only acknowledged."""
        expected = (conversation.expecting or {}).get("slot") == "evidence" and conversation.state in _ASKING
        if expected:
            message.delivery = Delivery.PENDING.value
            return []
        said = [] if conversation.operator_id is not None else [say(session, conversation, shown, now, to=message)]
        handed = conversation.state == ConversationState.HANDOFF.value
        settle(conversation, message, said, Delivery.OPERATOR if handed else Delivery.LOCAL)
        return said

    async def _in_crisis(self, session: AsyncSession, conversation: Conversation, message: Message, now: datetime) -> Alert | None:
        if message.choice == HANDOFF or (message.choice is None and asks_for_human(message.processed)):
            await self._handoff.request(session, conversation, message, now)
            return await open_alert(session, conversation.id, CRISIS)
        if not self._crisis.says_safe(conversation, message):
            return await self._crisis.follow_up(session, conversation, message, now)
        alert = await open_alert(session, conversation.id, CRISIS)
        if alert is not None:
            alert.resident_safe_at = now
        if conversation.handoff_requested_at is not None:  # a person was asked for before: go on waiting for one
            conversation.state = ConversationState.HANDOFF.value
            conversation.expecting, conversation.crisis_level = None, None
            lines = [self._phrases.phrase("crisis.after_safe"), self._phrases.phrase("handoff.waiting_unknown")]
            settle(conversation, message, [say(session, conversation, "\n".join(lines), now, to=message)], Delivery.LOCAL)
        else:
            message.extra = {**message.extra, "prefix": self._phrases.phrase("crisis.after_safe")}
            await back_to_bot(session, conversation, message)
        return alert

    async def _in_handoff(self, session: AsyncSession, conversation: Conversation, message: Message, now: datetime) -> None:
        if message.choice == HANDOFF and conversation.operator_id is None:
            await self._handoff.request(session, conversation, message, now)
        elif message.choice == RESTART and conversation.operator_id is None and conversation.crisis_level != RiskLevel.R3.value:
            await self._restart(session, conversation, message, now)
        elif self._handoff.may_go_back(conversation, message):
            await back_to_bot(session, conversation, message)
        else:
            self._handoff.receive(session, conversation, message, now)

    async def _restart(self, session: AsyncSession, conversation: Conversation, message: Message, now: datetime) -> None:
        """A fresh case under a fresh Rasa sender. What waited for the old one is dropped from the queue, not from the log."""
        for waiting in await log.with_delivery(session, conversation.id, Delivery.PENDING, Delivery.HELD, Delivery.OPERATOR):
            waiting.delivery = Delivery.SUPERSEDED.value
        greeting = self._opening.opening(conversation.contact_channel)
        conversation.case_index += 1
        conversation.draft, conversation.resume, conversation.handoff_requested_at = None, None, None
        conversation.case_number, conversation.case_receipt, conversation.case_announced = None, None, True
        conversation.visitor = False
        await self._codes.revoke(session, conversation, now)
        conversation.risk_level, conversation.crisis_level = RiskLevel.R0.value, None
        conversation.state, conversation.expecting = greeting.state.value, to_json(greeting.expecting)
        conversation.offered = to_json(greeting.choices)
        more = {"choices": to_json(greeting.choices), "card": greeting.card, "reply_to": message.seq}
        said = log.append(session, conversation, MessageRole.BOT, greeting.text, now, delivery=Delivery.LOCAL, **more)
        settle(conversation, message, [said], Delivery.LOCAL)
