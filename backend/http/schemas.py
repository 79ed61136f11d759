"""Bodies of requests and answers, for validation and for the OpenAPI document. Answers are checked against these in the tests."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from backend.http.body import MAX_TEXT, RequestModel
from common.enums import CaseStatus, HandlingMode, StaffRole


def _not_blank(value: str) -> str:
    if not value.strip():
        raise ValueError("内容不能为空")
    return value


Text = Annotated[str, Field(min_length=1, max_length=MAX_TEXT), AfterValidator(_not_blank)]


class Answer(BaseModel):
    """Base of answers: what is not documented is a mistake."""

    model_config = ConfigDict(extra="forbid")


class Problem(BaseModel):
    """RFC 9457 problem details; ``code`` is stable, ``detail`` is a Chinese sentence fit to be shown."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    instance: str | None = None
    field: str | None = None


# ── classify, extract, ask ──
class TextRequest(RequestModel):
    text: Text


class Label(Answer):
    code: str
    name: str
    probability: Annotated[float, Field(ge=0, le=1)]


class Cue(Answer):
    text: str
    start: int
    end: int
    category: str
    level: str


class Risk(Answer):
    level: Literal["R0", "R1", "R2", "R3"]
    cues: list[Cue]


class ClassifyAnswer(Answer):
    dispute_types: list[Label]
    subtypes: list[Label]
    routes: list[Label]
    risk: Risk
    abstained: bool
    model_version: str


class ExtractRequest(RequestModel):
    text: Text
    expecting: Annotated[str, Field(max_length=64)] | None = None
    today: date | None = None


class FieldFound(Answer):
    name: str
    value: Any
    text: str
    start: int
    end: int
    confidence: Annotated[float, Field(ge=0, le=1)]


class ExtractAnswer(Answer):
    fields: list[FieldFound]
    amount: float | int | None
    people: int | None
    phone: str | None
    name: str | None
    counterparty: str | None
    place: str | None
    date: str | None
    claim: str | None


class AskRequest(RequestModel):
    question: Annotated[str, Field(min_length=1, max_length=2_000), AfterValidator(_not_blank)]


class CitationShown(Answer):
    law: str
    article: str
    in_force_from: str
    checked_on: str


class AskAnswer(Answer):
    answer: str
    citations: list[CitationShown]
    related: list[str]
    refused: bool
    confidence: Annotated[float, Field(ge=0, le=1)]


class SubtypeShown(Answer):
    code: str
    name: str
    plain: str


class TypeShown(SubtypeShown):
    subtypes: list[SubtypeShown]


class Taxonomy(Answer):
    version: str
    types: list[TypeShown]
    routes: list[SubtypeShown]


# ── staff ──
class LoginRequest(RequestModel):
    username: Annotated[str, Field(min_length=1, max_length=64)]
    password: Annotated[str, Field(min_length=1, max_length=256)]


class StaffShown(Answer):
    username: str
    display_name: str
    role: StaffRole
    active: bool = True


class LoginAnswer(Answer):
    token: str
    csrf_token: str
    expires_at: str
    user: StaffShown


class MeAnswer(Answer):
    user: StaffShown
    csrf_token: str | None


class StaffList(Answer):
    items: list[StaffShown]


class StaffCreate(RequestModel):
    username: Annotated[str, Field(min_length=2, max_length=32)]
    password: Annotated[str, Field(max_length=256)]
    role: StaffRole
    display_name: Annotated[str, Field(max_length=64)] = ""


class StaffChange(RequestModel):
    password: Annotated[str, Field(max_length=256)] | None = None
    role: StaffRole | None = None
    active: bool | None = None


# ── cases ──
class OrganisationShown(Answer):
    id: str
    name: str
    kind: str
    admin_level: str
    phone: str
    address: str
    hours: str
    placeholder: bool


class OrganisationList(Answer):
    items: list[OrganisationShown]


class DoorShown(Answer):
    code: str
    name: str
    handles: str
    phone: str
    bring: list[str]


class Receipt(Answer):
    """``linked``: numbers of the cases that were filed out of the same story."""

    number: str
    tracking_code: str
    linked: list[str]
    status: CaseStatus
    status_text: str
    dispute_type: str
    dispute_type_name: str
    secondary: list[str]
    subtype: str | None
    subtype_name: str | None
    route: str
    route_name: str
    admin_level: Literal["community", "street", "district", "city"]
    organisation: OrganisationShown | None
    organisation_kind: str
    handling_mode: HandlingMode
    handling_mode_text: str
    risk_level: Literal["R0", "R1", "R2", "R3"]
    contact_by: str
    contact_by_text: str
    finish_by: str | None
    finish_by_text: str
    reasons: list[str]
    advice: list[str]
    bring: list[str]
    exits: list[DoorShown]
    joint: bool
    created_at: str
    version: int


class HistoryLine(Answer):
    at: str
    kind: str
    from_status: str | None
    to_status: str | None
    text: str
    by: str | None
    organisation: str | None
    reason_code: str | None
    public: bool
    note: str
    details: dict[str, Any]


class ConsentShown(Answer):
    version: str
    at: str


class FieldText(Answer):
    label: str
    text: str


class CaseDetail(Receipt):
    fields: dict[str, Any]
    field_texts: dict[str, FieldText]
    evidence: list[dict[str, Any]]
    narrative: str
    identity_shown: bool
    flags: list[str]
    rules: list[str]
    routes: list[dict[str, Any]]
    dispute_types: list[dict[str, Any]]
    appointment: str | None
    assignee: str | None
    division_code: str | None
    contact_channel: str
    conversation_id: str | None
    consent: ConsentShown
    model_version: str
    knowledge_version: str
    return_count: int
    updated_at: str
    history: list[HistoryLine]


class CaseListItem(Answer):
    number: str
    status: CaseStatus
    status_text: str
    dispute_type: str
    dispute_type_name: str
    subtype: str | None
    subtype_name: str | None
    route: str
    route_name: str
    risk_level: str
    admin_level: str
    organisation: str | None
    handling_mode: str
    contact_channel: str
    amount: float | None
    people: int | None
    contact_name: str | None
    contact_phone: str | None
    excerpt: str
    assignee: str | None
    contact_by: str
    overdue: bool
    created_at: str
    updated_at: str
    version: int


class CasePage(Answer):
    items: list[CaseListItem]
    total: int
    page: int
    page_size: int


class CasePatch(RequestModel):
    version: int
    status: CaseStatus | None = None
    reason_code: Annotated[str, Field(max_length=32)] | None = None
    next_organisation: Annotated[str, Field(max_length=64)] | None = None
    assignee: Annotated[str, Field(max_length=64)] | None = None
    handling_mode: HandlingMode | None = None
    appointment: Annotated[str, Field(max_length=200)] | None = None
    note: Annotated[str, Field(max_length=4_000)] | None = None
    public_note: Annotated[str, Field(max_length=500)] | None = None


class ResidentRequest(RequestModel):
    """``text`` is needed for add_information and reschedule, ``score`` for rate."""

    code: Annotated[str, Field(min_length=1, max_length=64)]
    kind: Literal["withdraw", "urge", "add_information", "reschedule", "rate"]
    text: Annotated[str, Field(max_length=5_000)] = ""
    score: Annotated[int, Field(ge=1, le=5)] | None = None


class ProgressLine(Answer):
    at: str
    status: str | None
    text: str
    note: str


class Progress(Answer):
    number: str
    linked: list[str]
    status: CaseStatus
    status_text: str
    next_step: str
    dispute_type: str
    dispute_type_name: str
    subtype_name: str | None
    route: str
    route_name: str
    admin_level: str
    organisation: OrganisationShown | None
    handling_mode: HandlingMode
    handling_mode_text: str
    appointment: str | None
    contact_by: str
    contact_by_text: str
    finish_by_text: str
    bring: list[str]
    exits: list[DoorShown]
    created_at: str
    updated_at: str
    history: list[ProgressLine]


class RequestTaken(Answer):
    """``counted`` is false when the same had been asked before (withdrawn already, reminded today, the same words again)."""

    kind: str
    counted: bool
    progress: Progress


class AuditLineShown(Answer):
    at: str
    username: str | None
    action: str
    details: dict[str, Any]


class AuditList(Answer):
    items: list[AuditLineShown]


# ── operations ──
class Alive(Answer):
    status: Literal["ok"]


class PartState(Answer):
    ok: bool
    detail: str
    ms: float


class Readiness(Answer):
    ready: bool
    parts: dict[str, PartState]
