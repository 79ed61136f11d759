"""The message log inside a transaction: load a conversation for writing, append to it, look back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from backend.conversations.states import Delivery
from backend.db.models_conversations import Conversation, Message
from common.enums import MessageRole, RiskLevel
from common.errors import NotFound

RECENT = timedelta(minutes=5)  # cues split over messages are looked for this far back
RECENT_MESSAGES = 3
_UNKNOWN = "没找到这段对话，请重新开始。"


async def load(session: AsyncSession, conversation_id: str) -> Conversation:
    """The conversation, locked until the transaction ends (SQLite locks the whole file when a writing transaction begins).

    Raises:
        NotFound: no such conversation.
    """
    found = await session.get(Conversation, conversation_id, with_for_update=True)
    if found is None:
        raise NotFound(_UNKNOWN)
    return found


async def peek(session: AsyncSession, conversation_id: str) -> Conversation:
    """The conversation as it is now, for reading.

    Raises:
        NotFound: no such conversation.
    """
    found = await session.get(Conversation, conversation_id)
    if found is None:
        raise NotFound(_UNKNOWN)
    return found


def append(
    session: AsyncSession, conversation: Conversation, role: MessageRole, text: str, now: datetime, *, delivery: Delivery, **more: Any
) -> Message:
    """Add a line with the next sequence number. The conversation must have been loaded for writing."""
    conversation.last_seq += 1
    conversation.last_message_at = now
    message = Message(
        conversation_id=conversation.id,
        seq=conversation.last_seq,
        role=role.value,
        text=text,
        case_index=conversation.case_index,
        delivery=delivery.value,
        created_at=now,
        **{"processed": "", "choices": [], "cues": [], "extra": {}, "attempts": 0, **more},
    )
    session.add(message)
    return message


async def after(session: AsyncSession, conversation_id: str, seq: int, limit: int) -> list[Message]:
    """Lines after a sequence number, in order."""
    query = select(Message).where(Message.conversation_id == conversation_id, Message.seq > seq).order_by(Message.seq).limit(limit)
    return list(await session.scalars(query))


async def by_client_id(session: AsyncSession, conversation_id: str, client_message_id: str) -> Message | None:
    """The resident's message that came with this id, if it came before."""
    query = select(Message).where(Message.conversation_id == conversation_id, Message.client_message_id == client_message_id)
    return await session.scalar(query)


async def oldest_pending(session: AsyncSession, conversation_id: str, upto: int | None = None) -> Message | None:
    """The next message that Rasa must get; never one that came after ``upto``."""
    query = select(Message).where(Message.conversation_id == conversation_id, Message.delivery == Delivery.PENDING.value)
    if upto is not None:
        query = query.where(Message.seq <= upto)
    return await session.scalar(query.order_by(Message.seq).limit(1))


async def with_delivery(session: AsyncSession, conversation_id: str, *deliveries: Delivery) -> list[Message]:
    """All lines with one of these fates, in order."""
    wanted = [d.value for d in deliveries]
    query = select(Message).where(Message.conversation_id == conversation_id, Message.delivery.in_(wanted)).order_by(Message.seq)
    return list(await session.scalars(query))


async def recent_words(session: AsyncSession, conversation_id: str, now: datetime, before: int | None = None) -> list[str]:
    """What the resident typed in the last minutes, oldest first; only lines before number ``before`` when it is given."""
    query = select(Message.processed).where(
        Message.conversation_id == conversation_id,
        Message.role == MessageRole.RESIDENT.value,
        Message.created_at >= now - RECENT,
        Message.choice.is_(None),
    )
    if before is not None:
        query = query.where(Message.seq < before)
    newest = await session.scalars(query.order_by(Message.seq.desc()).limit(RECENT_MESSAGES))
    return [words for words in reversed(list(newest)) if words]


async def replies_to(session: AsyncSession, message: Message) -> list[Message]:
    """The bot's lines that answer ``message``."""
    query = select(Message).where(Message.conversation_id == message.conversation_id, Message.reply_to == message.seq)
    return list(await session.scalars(query.order_by(Message.seq)))


def higher(first: str | None, second: str | None) -> str:
    """The higher of two risk levels; None counts as R0."""
    levels = [RiskLevel(level or "R0") for level in (first, second)]
    return max(levels, key=lambda r: r.rank).value


def joined_words(messages: Sequence[Message]) -> str:
    """The free words of several messages as one text, one per line; pressed buttons say nothing new."""
    return "\n".join(words for words in map(free_words, messages) if words)


def free_words(message: Message) -> str:
    """What the resident typed in this message, into the box or into the card."""
    return "" if message.extra.get("evidence_id") else words_of(message.processed, message.choice, message.edits)


def words_of(processed: str, choice: str | None, edits: dict[str, Any] | None) -> str:
    """Free words of a message; a pressed button has none."""
    if choice is not None:
        return ""
    if edits is None:
        return processed
    values = [item for value in edits.values() for item in (value if isinstance(value, list) else [value])]
    return "\n".join(value for value in values if isinstance(value, str) and value)
