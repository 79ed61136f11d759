"""Bodies of the conversation routes, for validation and for the OpenAPI document."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from backend.http.body import RequestModel
from common.enums import ContactChannel, ConversationState, MessageRole, RiskLevel


class OpenRequest(RequestModel):
    contact_channel: ContactChannel = ContactChannel.WEB


class ResumeRequest(RequestModel):
    """``code`` alone is a resume code; with ``number`` it is that case's tracking code."""

    code: Annotated[str, Field(min_length=1, max_length=64)]
    number: Annotated[str, Field(min_length=1, max_length=64)] | None = None
    contact_channel: ContactChannel = ContactChannel.WEB


class MessageRequest(RequestModel):
    """One of text, choice and edits. Lengths are checked by the conversation, which says what to do instead."""

    text: str | None = None
    choice: str | None = None
    edits: dict[str, Any] | None = None
    client_message_id: str | None = None


class ReplyRequest(RequestModel):
    text: str
    client_message_id: Annotated[str, Field(min_length=1, max_length=64)] | None = None


class AlertRequest(RequestModel):
    note: Annotated[str, Field(max_length=1000)] = ""
    close: bool = False


class Shown(BaseModel):
    """Base of answers that may grow."""

    model_config = ConfigDict(extra="allow")


class ChoiceShown(Shown):
    title: str
    value: str


class ExpectingShown(Shown):
    slot: str
    kind: str
    optional: bool


class MessageShown(Shown):
    seq: int
    role: MessageRole
    text: str
    choices: list[ChoiceShown]
    card: dict[str, Any] | None
    created_at: str


class TurnShown(Shown):
    messages: list[MessageShown]
    expecting: ExpectingShown | None
    state: ConversationState
    case_number: str | None


class OpenedShown(TurnShown):
    conversation_id: str
    token: str


class ResumeCodeShown(Shown):
    code: str
    days: int
    expires_at: str


class ReplayShown(TurnShown):
    has_more: bool


class EvidenceShown(Shown):
    id: str
    name: str
    media_type: str
    size: int
    sha256: str
    case_number: str | None
    created_at: str


class EvidenceTurnShown(TurnShown):
    evidence: EvidenceShown


class AlertShown(Shown):
    id: int
    conversation_id: str
    kind: Literal["crisis", "undelivered"]
    level: RiskLevel
    cues: list[dict[str, Any]]
    count: int
    opened_at: str
    last_at: str
    acknowledged_at: str | None
    closed_at: str | None


class AlertList(Shown):
    items: list[AlertShown]


class QueueRow(Shown):
    conversation_id: str
    contact_channel: ContactChannel
    state: ConversationState
    risk_level: RiskLevel
    crisis_level: RiskLevel | None
    case_number: str | None
    waiting_since: str | None
    waiting_s: int | None
    last_message_at: str
    preview: str
    alert: AlertShown | None


class QueuePage(Shown):
    items: list[QueueRow]
    total: int
    page: int
    page_size: int


class StaffConversation(QueueRow):
    draft: dict[str, Any] | None
    messages: list[MessageShown]
    alerts: list[AlertShown]
    evidence: list[EvidenceShown]


class StatusShown(Shown):
    expecting: ExpectingShown | None
    state: ConversationState
    case_number: str | None
