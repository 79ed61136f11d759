"""A turn of Rasa arrives: into the log, into the conversation's state, and what follows from its state."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from backend.conversations import views
from backend.conversations.crisis import CrisisDesk
from backend.conversations.handoff import mark_waiting
from backend.conversations.hub import STAFF, Hub
from backend.conversations.merge import BotTurn
from backend.conversations.numbers import untold_number
from backend.conversations.ports import PhrasesPort
from backend.conversations.resuming import PAUSE, ResumeCodes, mark
from backend.conversations.speaking import SAFETY_QUESTION, remember_place, safety_choices, say, settle
from backend.conversations.states import SILENT, Delivery
from backend.db.models_conversations import Conversation, Message
from common.enums import ConversationState, RiskLevel
from common.payloads import Choice, to_json

_IN_PROGRESS = (ConversationState.INTAKE, ConversationState.CONFIRMING)


class Arrival:
    """Stores replies. Works inside the caller's transaction."""

    def __init__(self, crisis: CrisisDesk, phrases: PhrasesPort, hub: Hub, codes: ResumeCodes) -> None:
        self._crisis = crisis
        self._codes = codes
        self._phrases = phrases
        self._hub = hub

    async def receive(
        self, session: AsyncSession, conversation: Conversation, message: Message, turn: BotTurn, now: datetime
    ) -> list[Message]:
        """Store the reply to ``message`` and give back the lines that were added.

        A reply that arrives after the resident started over is dropped. One that arrives while safety or a person comes first
        is not shown either – the question will be asked again – unless it carries the case number.
        """
        if message.delivery != Delivery.PENDING.value or message.case_index != conversation.case_index:
            return []
        if turn.draft is not None:
            conversation.draft = turn.draft
        if conversation.state in SILENT:
            return self._unasked(session, conversation, message, turn, now)
        self._take_number(conversation, turn)
        text, card = await self._with_code(session, conversation, self._worded(message, turn.text), turn.card, now)
        choices = turn.choices
        if turn.state is not None:
            choices = await self._follow_state(session, conversation, message, turn, now)
        if conversation.case_number is not None:
            await self._codes.revoke(session, conversation, now)
        said = [say(session, conversation, text, now, to=message, choices=choices, card=card)]
        self._settle(conversation, message, said)
        if turn.new_case:
            conversation.case_index += 1
            conversation.case_number, conversation.case_receipt, conversation.risk_level = None, None, RiskLevel.R0.value
        return said

    async def _with_code(
        self, session: AsyncSession, conversation: Conversation, text: str, card: dict[str, Any] | None, now: datetime
    ) -> tuple[str, dict[str, Any] | None]:
        """Whoever leaves in the middle is told the code to go on with elsewhere; the log gets its mark."""
        if card is None or card.get("kind") != PAUSE:
            return text, card
        if not self._codes.may_have(conversation):
            return text, None
        code = mark((await self._codes.issue(session, conversation, now)).generation)
        days = self._codes.kept.days
        told = self._phrases.phrase("resume.code", code=code, days=days)
        return f"{text}\n{told}", {"kind": PAUSE, "title": self._phrases.phrase("resume.title"), "code": code, "days": days}

    async def _follow_state(
        self, session: AsyncSession, conversation: Conversation, message: Message, turn: BotTurn, now: datetime
    ) -> tuple[Choice, ...]:
        assert turn.state is not None
        choices = turn.choices
        if turn.state is ConversationState.HANDOFF:
            mark_waiting(conversation, now)
            conversation.offered = to_json(choices)
            return choices
        if turn.state is ConversationState.CRISIS:
            remember_place(conversation)
            alert = await self._crisis.told_by_engine(session, conversation, message, now)
            self._hub.publish(STAFF, {"type": "alert", "alert": views.alert_view(alert)})
            may_continue = conversation.crisis_level != RiskLevel.R3.value
            choices = choices or safety_choices(self._phrases, may_continue=may_continue)
            conversation.expecting = dict(SAFETY_QUESTION)
        else:
            conversation.expecting = to_json(turn.expecting)
        conversation.state = turn.state.value
        conversation.offered = to_json(choices)
        return choices

    def _unasked(self, session: AsyncSession, conversation: Conversation, message: Message, turn: BotTurn, now: datetime) -> list[Message]:
        said = []
        if turn.state is not None and turn.state.value not in SILENT:
            place = {"state": turn.state.value, "expecting": to_json(turn.expecting), "offered": to_json(turn.choices)}
            conversation.resume = place
        if turn.case_number and not (conversation.case_announced and conversation.case_number == turn.case_number):
            self._take_number(conversation, turn)
            said = [say(session, conversation, turn.text, now, to=message, card=turn.card)]
        self._settle(conversation, message, said)
        return said

    @staticmethod
    def _take_number(conversation: Conversation, turn: BotTurn) -> None:
        if turn.case_number:
            if turn.case_number != conversation.case_number:  # a filing has left its receipt by now; without one it is another talk's case
                conversation.visitor = conversation.case_receipt is None
            conversation.case_number = turn.case_number
            conversation.case_announced = not untold_number(conversation, turn.case_number, turn.text)
            if not conversation.case_announced and conversation.case_receipt:
                conversation.case_receipt = {**conversation.case_receipt, "earlier": []}  # those were told just now
        elif turn.state in _IN_PROGRESS and conversation.state == ConversationState.FILED.value:
            conversation.case_number, conversation.case_receipt = None, None  # the next case is being told

    def _worded(self, message: Message, text: str) -> str:
        """With what has to be said first: that the resident is safe, or that the system is back."""
        if message.response is not None:
            return f"{self._phrases.phrase('outage.back')}\n\n{text}"
        prefix = message.extra.get("prefix")
        return f"{prefix}\n\n{text}" if prefix else text

    @staticmethod
    def _settle(conversation: Conversation, message: Message, said: list[Message]) -> None:
        if message.response is None:
            settle(conversation, message, said, Delivery.DELIVERED)
        else:  # the caller was answered before; a repeat must get that answer
            message.delivery = Delivery.DELIVERED.value
        message.next_attempt_at, message.last_error = None, None
