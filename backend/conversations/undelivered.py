"""A message that cannot be delivered after many tries: a person must look, and the resident is told so."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from backend.conversations.crisis import open_alert
from backend.conversations.ports import PhrasesPort
from backend.conversations.speaking import say, settle
from backend.conversations.states import HANDOFF, Delivery
from backend.db.models_conversations import Alert, Conversation, Message
from common.payloads import Choice

UNDELIVERED = "undelivered"  # Alert.kind


async def give_up(
    session: AsyncSession, conversation: Conversation, message: Message, phrases: PhrasesPort, now: datetime
) -> tuple[Alert, Message]:
    """Mark the message FAILED, alert staff, offer a person. The words stay in the log."""
    alert = await open_alert(session, conversation.id, UNDELIVERED)
    if alert is None:
        alert = Alert(conversation_id=conversation.id, kind=UNDELIVERED, level="R0", cues=[], count=0, opened_at=now, last_at=now, note="")
        session.add(alert)
    alert.count += 1
    alert.last_at = now
    await session.flush()
    choices = (Choice(phrases.phrase("choice.handoff"), HANDOFF),)
    said = say(session, conversation, phrases.phrase("outage.actions"), now, to=message, choices=choices)
    if message.response is None:
        settle(conversation, message, [said], Delivery.FAILED)
    message.delivery = Delivery.FAILED.value
    return alert, said
