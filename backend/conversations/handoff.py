"""From the bot to a person and back, on the resident's side. What staff do is in :mod:`backend.conversations.desk`."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from backend.conversations import log
from backend.conversations.ports import PhrasesPort
from backend.conversations.speaking import remember_place, restore_place, say, settle
from backend.conversations.states import RESUME, SAFE, Delivery
from backend.db.models_conversations import Conversation, Message
from common.enums import ConversationState, MessageRole, RiskLevel
from common.payloads import Choice, to_json

_GO_ON = "继续"  # two characters: no engine takes it for a story
_TELLING = 6  # characters


class HandoffDesk:
    """Rules of a conversation that waits for a person. Every method works inside the caller's transaction."""

    def __init__(self, phrases: PhrasesPort) -> None:
        self._phrases = phrases

    async def request(self, session: AsyncSession, conversation: Conversation, message: Message, now: datetime) -> None:
        """The resident wants a person: open the chat to staff and say how many wait before."""
        if conversation.state == ConversationState.HANDOFF.value:
            said = [
                say(session, conversation, self._phrases.phrase("handoff.already"), now, to=message, choices=self._way_back(conversation))
            ]
        else:
            ahead = await self._waiting(session)
            mark_waiting(conversation, now)
            wait = "handoff.waiting" if ahead else "handoff.waiting_unknown"
            lines = [self._phrases.phrase("handoff.started"), self._phrases.phrase(wait, position=ahead)]
            said = [say(session, conversation, "\n".join(lines), now, to=message, choices=self._way_back(conversation))]
        settle(conversation, message, said, Delivery.LOCAL)

    def receive(self, session: AsyncSession, conversation: Conversation, message: Message, now: datetime) -> None:
        """Words for the person. While nobody has come, one short answer, not one per message; afterwards silence."""
        said: list[Message] = []
        if conversation.operator_id is None and not conversation.handoff_acknowledged:
            conversation.handoff_acknowledged = True
            text = self._phrases.phrase("handoff.waiting_unknown")
            said.append(say(session, conversation, text, now, to=message, choices=self._way_back(conversation)))
        settle(conversation, message, said, Delivery.OPERATOR)

    def may_go_back(self, conversation: Conversation, message: Message) -> bool:
        """The resident chooses the bot again while nobody has come; never after danger now (R3)."""
        waits = conversation.operator_id is None and conversation.crisis_level != RiskLevel.R3.value
        return waits and message.choice in (RESUME, SAFE)

    def _way_back(self, conversation: Conversation) -> tuple[Choice, ...]:
        if conversation.operator_id is not None or conversation.crisis_level == RiskLevel.R3.value:
            return ()
        choices = (Choice(self._phrases.phrase("choice.continue"), RESUME),)
        conversation.offered = to_json(choices)
        return choices

    @staticmethod
    async def _waiting(session: AsyncSession) -> int:
        waiting = Conversation.state == ConversationState.HANDOFF.value, Conversation.operator_id.is_(None)
        return await session.scalar(select(func.count()).select_from(Conversation).where(*waiting)) or 0


def mark_waiting(conversation: Conversation, now: datetime) -> None:
    """The conversation waits for a person from now on; where it stood is remembered."""
    remember_place(conversation)
    conversation.state = ConversationState.HANDOFF.value
    conversation.expecting = None
    conversation.offered = []
    conversation.handoff_requested_at = conversation.handoff_requested_at or now
    conversation.handoff_acknowledged = False


async def back_to_bot(session: AsyncSession, conversation: Conversation, carrier: Message) -> None:
    """Danger or handoff is over: the bot goes on where it stood, and ``carrier`` brings Rasa what it missed.

    Words said in danger or to the operator were never sent, so they become the carrier's words: nothing must be told twice and
    nothing arrives twice. After danger the carrier is marked ``safe``, otherwise ``resume``; without words it only asks for the
    open question again.
    """
    held = await log.with_delivery(session, conversation.id, Delivery.HELD)
    to_operator = await log.with_delivery(session, conversation.id, Delivery.OPERATOR)
    told = [m for m in to_operator if _tells(log.free_words(m))]
    crisis = conversation.crisis_level is not None or bool(held)
    for message in (*held, *to_operator):
        message.delivery = Delivery.DELIVERED.value  # with the carrier, in the same transaction
    levels = [m.risk_level for m in (*held, *to_operator) if m.risk_level]
    carrier.delivery = Delivery.PENDING.value
    carrier.extra = {
        **carrier.extra,
        "relay_text": log.joined_words(sorted([*held, *told], key=lambda m: m.seq)) or _GO_ON,
        "relay_choice": SAFE if crisis else RESUME,
        "relay_risk": max(levels, default=RiskLevel.R0.value),
        "relay_cues": [cue for m in held for cue in m.cues],
        "while_away": [log.free_words(m) for m in told],
    }
    restore_place(conversation)
    conversation.crisis_level = None
    conversation.handoff_requested_at = None
    conversation.handoff_acknowledged = False
    conversation.operator_id, conversation.operator_name, conversation.taken_at = None, None, None


def _tells(words: str) -> bool:
    """Not worth handing on: 有人吗, 我等着. A number always is."""
    return len(words) >= _TELLING or any(c.isdigit() for c in words)


def announce(session: AsyncSession, conversation: Conversation, text: str, now: datetime) -> Message:
    """A system line that both sides read: who joined, who left."""
    return say(session, conversation, text, now, role=MessageRole.SYSTEM)
