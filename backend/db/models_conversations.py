"""Conversations: every message that came and went, what waits to be delivered, alerts and evidence files."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from backend.db.base import Base


class Conversation(Base):
    """One resident's chat. It may file several cases one after the other; ``case_index`` counts them.

    Attributes:
        state: ConversationState, as the public API says it.
        resume: state, question and buttons to go back to when a crisis or a handoff ends.
        expecting, offered: the question that is open and the buttons that are valid now.
        draft: what is known so far, as the engine handed it over last.
        risk_level: the highest seen while this case was told; ``crisis_level`` only while the crisis lasts.
        case_receipt: number, tracking code … when filed; ``case_announced`` once the resident has read the number.
        operator_id: the one person who owns the chat, None while the bot does.
        visitor: opened with number and tracking code of a case that was filed elsewhere; nothing but talk about it is in here.
        tokens_from: tokens issued before are over; set when the talk was taken up again after they had expired.
    """

    __tablename__ = "conversations"
    __table_args__ = (Index("ix_conversations_state_last_message_at", "state", "last_message_at"),)

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    contact_channel: Mapped[str] = mapped_column(String(16))
    state: Mapped[str] = mapped_column(String(16))
    resume: Mapped[dict[str, Any] | None]
    case_index: Mapped[int] = mapped_column(default=1)
    last_seq: Mapped[int] = mapped_column(default=0)
    expecting: Mapped[dict[str, Any] | None]
    offered: Mapped[list[Any]] = mapped_column(default=list)
    draft: Mapped[dict[str, Any] | None]
    risk_level: Mapped[str] = mapped_column(String(4), default="R0")
    crisis_level: Mapped[str | None] = mapped_column(String(4))
    case_number: Mapped[str | None] = mapped_column(String(40), index=True)
    case_receipt: Mapped[dict[str, Any] | None]
    case_announced: Mapped[bool] = mapped_column(default=True)
    operator_id: Mapped[int | None] = mapped_column(ForeignKey("staff_users.id", ondelete="SET NULL"), index=True)
    operator_name: Mapped[str | None] = mapped_column(String(64))
    handoff_requested_at: Mapped[datetime | None]
    handoff_acknowledged: Mapped[bool] = mapped_column(default=False)
    taken_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    last_used_at: Mapped[datetime]  # the token's expiry slides from here
    last_message_at: Mapped[datetime]
    visitor: Mapped[bool] = mapped_column(default=False)
    tokens_from: Mapped[datetime | None]


class ResumeCode(Base):
    """With its code an unfinished conversation 未完成的登记 is taken up on another device. Only a keyed hash of the code is kept.

    The code itself is derived from the secret key, the conversation and ``generation``, so that it can be shown to the resident again.
    """

    __tablename__ = "resume_codes"

    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id", ondelete="CASCADE"), primary_key=True)
    generation: Mapped[int] = mapped_column(default=1)  # raised when a code is made anew; the one before is worth nothing then
    code_hash: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]


class Message(Base):
    """One line of a conversation. ``text`` is what was typed, never changed; ``processed`` is what the machine read.

    Attributes:
        delivery: where a resident's message stands, see backend.conversations.states.
        response: the answer the HTTP caller got, kept so that a repeated client_message_id gets the same one.
        reply_to: the resident's message that a bot message answers.
        extra: upload ids, notes for the engine, who wrote it (operators).
    """

    __tablename__ = "messages"
    __table_args__ = (
        UniqueConstraint("conversation_id", "seq", name="uq_messages_conversation_id_seq"),
        UniqueConstraint("conversation_id", "client_message_id", name="uq_messages_conversation_id_client_message_id"),
        Index("ix_messages_delivery_next_attempt_at", "delivery", "next_attempt_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id", ondelete="CASCADE"))
    seq: Mapped[int]
    role: Mapped[str] = mapped_column(String(16))
    text: Mapped[str] = mapped_column(Text)
    processed: Mapped[str] = mapped_column(Text, default="")
    choice: Mapped[str | None] = mapped_column(String(255))
    edits: Mapped[dict[str, Any] | None]
    choices: Mapped[list[Any]] = mapped_column(default=list)
    card: Mapped[dict[str, Any] | None]
    client_message_id: Mapped[str | None] = mapped_column(String(128))
    case_index: Mapped[int] = mapped_column(default=1)
    delivery: Mapped[str] = mapped_column(String(16))
    attempts: Mapped[int] = mapped_column(default=0)
    last_error: Mapped[str | None] = mapped_column(String(32))
    next_attempt_at: Mapped[datetime | None]
    reply_to: Mapped[int | None]
    response: Mapped[dict[str, Any] | None]
    risk_level: Mapped[str | None] = mapped_column(String(4))
    cues: Mapped[list[Any]] = mapped_column(default=list)
    extra: Mapped[dict[str, Any]] = mapped_column(default=dict)
    created_at: Mapped[datetime]


class Alert(Base):
    """Something a person must look at: words of danger, or a message that could not be delivered.

    One open alert per conversation and kind; new words raise its level and bring it back to unacknowledged.
    """

    __tablename__ = "alerts"
    __table_args__ = (Index("ix_alerts_closed_at_opened_at", "closed_at", "opened_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id", ondelete="CASCADE"), index=True)
    kind: Mapped[str] = mapped_column(String(16))  # crisis, undelivered
    level: Mapped[str] = mapped_column(String(4))
    cues: Mapped[list[Any]] = mapped_column(default=list)  # [{seq, text, start, end, category, level}]
    count: Mapped[int] = mapped_column(default=1)
    opened_at: Mapped[datetime]
    last_at: Mapped[datetime]
    resident_safe_at: Mapped[datetime | None]
    acknowledged_at: Mapped[datetime | None]
    acknowledged_by: Mapped[int | None] = mapped_column(ForeignKey("staff_users.id", ondelete="SET NULL"))
    closed_at: Mapped[datetime | None]
    closed_by: Mapped[int | None] = mapped_column(ForeignKey("staff_users.id", ondelete="SET NULL"))
    note: Mapped[str] = mapped_column(Text, default="")


class Evidence(Base):
    """An uploaded file 证据材料. The bytes lie in the data folder under a random name; only staff may fetch them."""

    __tablename__ = "evidence"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversations.id", ondelete="CASCADE"), index=True)
    case_index: Mapped[int]
    case_number: Mapped[str | None] = mapped_column(String(40), index=True)
    name: Mapped[str] = mapped_column(String(120))  # what the resident called it, made harmless
    stored_name: Mapped[str] = mapped_column(String(64))
    media_type: Mapped[str] = mapped_column(String(96))
    size: Mapped[int]  # bytes
    sha256: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime]
