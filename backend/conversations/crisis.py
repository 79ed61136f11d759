"""R2 and R3: the fixed text at once, staff alerted, questions stopped. Works without Rasa and without the actions."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from backend.conversations import log
from backend.conversations.ports import PhrasesPort
from backend.conversations.screening import Screening
from backend.conversations.speaking import SAFETY_QUESTION, remember_place, safety_choices, say, settle
from backend.conversations.states import SAFE, Delivery
from backend.db.models_conversations import Alert, Conversation, Message
from common.enums import ConversationState, RiskLevel
from common.payloads import RiskAssessment, RiskCue, to_json

CRISIS = "crisis"  # Alert.kind
# Clear words of being safe, whole message only: “不安全” and “没事了他又来了” are not.
_SAFE_WORDS = re.compile(
    r"(?:嗯|是的|对|好的|谢谢|您好|，|,|\s)*(?:我们?)?(?:现在|目前|已经|这会儿|暂时)*(?:都|很|是|还|挺)*"
    r"(?:安全|没事儿?|没有?危险|没有?事|不危险|脱险|离开那里|到安全的地方)(?:了|的|啦)*(?:[，,、\s]*(?:可以|请|我要)?(?:继续|接着)(?:登记|说|吧|办)*)?[。！!\s]*"
    r"|(?:可以|请|我要)?继续登记[吧。！!\s]*"
)


class CrisisDesk:
    """Rules of a conversation in danger. Every method works inside the caller's transaction.

    Args:
        numbers: what to call and what for, ``{"110": "报警"}`` (knowledge/risk_cues.yml).
    """

    def __init__(self, screening: Screening, phrases: PhrasesPort, numbers: Mapping[str, str]) -> None:
        self._screening = screening
        self._phrases = phrases
        self._numbers = numbers

    async def enter(
        self, session: AsyncSession, conversation: Conversation, message: Message, found: RiskAssessment, now: datetime
    ) -> Alert:
        """Answer words of danger: fixed text with numbers, alert, words held until it is safe to go on."""
        alert = await raise_alert(session, conversation, message.seq, found.level, found.cues, now)
        message.delivery = Delivery.HELD.value
        taken = conversation.operator_id is not None
        conversation.crisis_level = log.higher(conversation.crisis_level, found.level.value)
        if not taken:  # a person who already owns the chat keeps it; the numbers are shown all the same
            if conversation.state != ConversationState.CRISIS.value:
                remember_place(conversation)
            conversation.state = ConversationState.CRISIS.value
            conversation.expecting = dict(SAFETY_QUESTION)
        self._answer(session, conversation, message, self._text(found), found, now)
        if taken:
            message.delivery = Delivery.OPERATOR.value
        return alert

    async def follow_up(self, session: AsyncSession, conversation: Conversation, message: Message, now: datetime) -> Alert:
        """Further words that raise nothing new: kept, acknowledged calmly, added to the alert."""
        level = RiskLevel(conversation.crisis_level or RiskLevel.R2.value)
        alert = await raise_alert(session, conversation, message.seq, level, (), now)
        again = RiskAssessment(level, tuple(_cue(c) for c in alert.cues))
        text = f"{self._phrases.phrase('crisis.again')}\n{self._phrases.phrase('crisis.hold')}"
        message.delivery = Delivery.HELD.value
        self._answer(session, conversation, message, text, again, now)
        return alert

    async def told_by_engine(self, session: AsyncSession, conversation: Conversation, message: Message, now: datetime) -> Alert:
        """The dialogue itself found danger (the safety question was answered with yes): mark and alert, its text is shown."""
        seen = str((conversation.draft or {}).get("risk_level") or "R2")
        level = RiskLevel(seen) if seen in ("R2", "R3") else RiskLevel.R2
        conversation.crisis_level = log.higher(conversation.crisis_level, level.value)
        conversation.risk_level = log.higher(conversation.risk_level, level.value)
        return await raise_alert(session, conversation, message.seq, level, (), now)

    def says_safe(self, conversation: Conversation, message: Message) -> bool:
        """The resident may go on: by button or clear words, and only when danger is not now (R3 needs a person)."""
        if conversation.crisis_level == RiskLevel.R3.value:
            return False
        return message.choice == SAFE or (message.choice is None and _SAFE_WORDS.fullmatch(message.processed) is not None)

    def _text(self, found: RiskAssessment) -> str:
        text, _ = self._screening.text_for(found)
        lines = [text]
        if "值班" not in text:  # the fixed texts say it themselves where it matters most
            lines.append(self._phrases.phrase("crisis.staff_told"))
        if found.level is RiskLevel.R2 and "？" not in text:
            lines.append(self._phrases.phrase("crisis.ask_safe"))
        return "\n".join(lines)

    def _answer(
        self, session: AsyncSession, conversation: Conversation, message: Message, text: str, found: RiskAssessment, now: datetime
    ) -> None:
        _, numbers = self._screening.text_for(found)
        unsaid = [n for n in numbers if n not in text]
        if unsaid:
            text += "\n" + "，".join(f"{n}（{self._numbers[n]}）" if n in self._numbers else n for n in unsaid)
        card = {
            "kind": "crisis",
            "level": conversation.crisis_level,
            "numbers": [{"number": n, "label": self._numbers.get(n, "")} for n in numbers],
        }
        choices = safety_choices(self._phrases, may_continue=conversation.crisis_level != RiskLevel.R3.value)
        if conversation.operator_id is not None:
            choices = ()
        else:
            conversation.offered = to_json(choices)
        settle(conversation, message, [say(session, conversation, text, now, to=message, choices=choices, card=card)], Delivery.HELD)


async def raise_alert(
    session: AsyncSession, conversation: Conversation, seq: int, level: RiskLevel, cues: tuple[RiskCue, ...], now: datetime
) -> Alert:
    """Open the conversation's crisis alert, or raise the open one; new cues bring it back to unacknowledged."""
    alert = await open_alert(session, conversation.id, CRISIS)
    told = [{"seq": seq, **to_json(cue)} for cue in cues]
    if alert is None:
        alert = Alert(
            conversation_id=conversation.id, kind=CRISIS, level=level.value, cues=told, count=1, opened_at=now, last_at=now, note=""
        )
        session.add(alert)
        await session.flush()
        return alert
    alert.cues = [*alert.cues, *told]
    alert.level = log.higher(alert.level, level.value)
    alert.count += 1
    alert.last_at = now
    if told:
        alert.acknowledged_at, alert.acknowledged_by, alert.resident_safe_at = None, None, None
    return alert


async def open_alert(session: AsyncSession, conversation_id: str, kind: str) -> Alert | None:
    """The conversation's alert of this kind that nobody has closed."""
    query = select(Alert).where(Alert.conversation_id == conversation_id, Alert.kind == kind, Alert.closed_at.is_(None))
    return await session.scalar(query.order_by(Alert.id.desc()).limit(1))


def _cue(stored: dict[str, Any]) -> RiskCue:
    return RiskCue(stored["text"], stored["start"], stored["end"], stored["category"], RiskLevel(stored["level"]))
