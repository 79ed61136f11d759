"""How conversations and messages look to callers: residents (the public contract) and staff (more)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from backend.conversations.resuming import hidden
from backend.conversations.text import mask_phones
from backend.db.models_conversations import Alert, Conversation, Evidence, Message
from common.enums import MessageRole

_PREVIEW = 60


def moment(at: datetime | None) -> str | None:
    """ISO 8601 in UTC, to the second."""
    return None if at is None else at.isoformat(timespec="seconds").replace("+00:00", "Z")


def message_view(message: Message) -> dict[str, Any]:
    """A line as the resident's page shows it."""
    view: dict[str, Any] = {
        "seq": message.seq,
        "role": message.role,
        "text": message.text,
        "choices": message.choices,
        "card": message.card,
        "created_at": moment(message.created_at),
    }
    if message.role == MessageRole.RESIDENT.value:
        view |= {"choice": message.choice, "client_message_id": message.client_message_id}
    if message.role == MessageRole.OPERATOR.value and message.extra.get("name"):
        view["name"] = message.extra["name"]
    return view


def status_view(conversation: Conversation) -> dict[str, Any]:
    """Where the conversation stands, without its lines."""
    return {"expecting": conversation.expecting, "state": conversation.state, "case_number": conversation.case_number}


def turn_view(conversation: Conversation, messages: Sequence[Message]) -> dict[str, Any]:
    """The answer to a resident's message, exactly as the contract words it."""
    return {"messages": [message_view(m) for m in messages], **status_view(conversation)}


def evidence_view(evidence: Evidence) -> dict[str, Any]:
    """An uploaded file; where it lies is nobody's business."""
    return {
        "id": evidence.id,
        "name": evidence.name,
        "media_type": evidence.media_type,
        "size": evidence.size,
        "sha256": evidence.sha256,
        "case_number": evidence.case_number,
        "created_at": moment(evidence.created_at),
    }


def staff_message_view(message: Message) -> dict[str, Any]:
    """A line as staff see it: with risk, cues and where it stands."""
    return {
        **message_view(message),
        "text": hidden(message.text),
        "delivery": message.delivery,
        "risk_level": message.risk_level,
        "cues": message.cues,
        "edits": message.edits,
        "staff_id": message.extra.get("staff_id"),
    }


def alert_view(alert: Alert) -> dict[str, Any]:
    """An alert, with the words that raised it."""
    return {
        "id": alert.id,
        "conversation_id": alert.conversation_id,
        "kind": alert.kind,
        "level": alert.level,
        "cues": alert.cues,
        "count": alert.count,
        "opened_at": moment(alert.opened_at),
        "last_at": moment(alert.last_at),
        "resident_safe_at": moment(alert.resident_safe_at),
        "acknowledged_at": moment(alert.acknowledged_at),
        "closed_at": moment(alert.closed_at),
        "note": alert.note,
    }


def queue_view(conversation: Conversation, alert: Alert | None, last_words: str, now: datetime) -> dict[str, Any]:
    """A row of the staff's list: no name, phones masked."""
    since = conversation.handoff_requested_at
    draft = conversation.draft or {}
    return {
        "conversation_id": conversation.id,
        "contact_channel": conversation.contact_channel,
        "state": conversation.state,
        "risk_level": conversation.risk_level,
        "crisis_level": conversation.crisis_level,
        "case_number": conversation.case_number,
        "dispute_type": draft.get("dispute_type"),
        "waiting_since": moment(since) if conversation.operator_id is None else None,
        "waiting_s": int((now - since).total_seconds()) if since and conversation.operator_id is None else None,
        "operator": {"id": conversation.operator_id, "name": conversation.operator_name} if conversation.operator_id else None,
        "last_message_at": moment(conversation.last_message_at),
        "created_at": moment(conversation.created_at),
        "preview": mask_phones(last_words)[:_PREVIEW],
        "alert": alert_view(alert) if alert else None,
    }
