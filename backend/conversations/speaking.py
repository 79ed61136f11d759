"""The backend's own words inside a transaction: the bot says something that Rasa need not think about."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from backend.conversations import log, views
from backend.conversations.states import HANDOFF, SAFE, Delivery
from backend.db.models_conversations import Conversation, Message
from common.enums import ConversationState, MessageRole
from common.payloads import Choice, to_json

SAFETY_QUESTION = {"slot": "safety", "kind": "choice", "optional": False}


def say(
    session: AsyncSession,
    conversation: Conversation,
    text: str,
    now: datetime,
    *,
    to: Message | None = None,
    choices: tuple[Choice, ...] = (),
    card: dict[str, Any] | None = None,
    role: MessageRole = MessageRole.BOT,
) -> Message:
    """Append a line of the bot. Question and buttons that are open stay open."""
    more = {"choices": to_json(choices), "card": card, "reply_to": to.seq if to else None}
    return log.append(session, conversation, role, text, now, delivery=Delivery.LOCAL, **more)


def settle(conversation: Conversation, message: Message, said: list[Message], delivery: Delivery) -> None:
    """The message is answered: keep the answer, so that a repeat of it gets the same."""
    message.delivery = delivery.value
    message.response = views.turn_view(conversation, said)


def remember_place(conversation: Conversation) -> None:
    """Keep the open question while safety or a person comes first; an earlier place is not overwritten."""
    if conversation.resume is None:
        conversation.resume = {"state": conversation.state, "expecting": conversation.expecting, "offered": conversation.offered}


def restore_place(conversation: Conversation) -> None:
    """Back to the question that was open."""
    place = conversation.resume or {}
    conversation.state = place.get("state", ConversationState.INTAKE.value)
    conversation.expecting = place.get("expecting")
    conversation.offered = place.get("offered", [])
    conversation.resume = None


def safety_choices(phrases: Any, *, may_continue: bool) -> tuple[Choice, ...]:
    """Buttons under a safety text; after danger now (R3) only a person resumes, so there is no button for it."""
    human = Choice(phrases.phrase("choice.handoff"), HANDOFF)
    return (Choice(phrases.phrase("choice.safe_continue"), SAFE), human) if may_continue else (human,)
