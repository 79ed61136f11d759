"""Schemas of the knowledge files (pydantic): what domain staff may write, checked at start.

Files:
    taxonomy/<CODE>.yml   DisputeType, one file per type
    routes.yml            list[RouteInfo]
    organisation_kinds.yml list[OrganisationKind] (P1, HT-YL, X-110 …: committees and exits alike)
    organisations/*.yml   list[Organisation] (demonstration data of a place, divisions included)
    divisions.yml         list[Division]
    routing.yml           RoutingBook: level rules, channel rules, defaults
    questions.yml         list[Question] asked of everybody; type-specific ones live in taxonomy/<CODE>.yml
    risk_cues.yml         RiskBook
    legality.yml          list[LegalityRule]: what mediation cannot take, and the right door
    statutes.yml          list[Statute]
    phrases.yml           dict[str, str | list[str]]: everything the bot says that is not a question
    faq/*.yml             list[FaqEntry]
"""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

from common.enums import AdminLevel, CounterpartyKind, Flag, HandlingMode, RiskLevel, Route


class Model(BaseModel):
    """Strict base: unknown keys are mistakes."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Source(Model):
    """Where a fact comes from. ``mark``: V verified, U unverified, D our design choice. Residents never see U as fact."""

    mark: Literal["V", "U", "D"]
    ref: str = ""


class Citation(Model):
    """A statute article: ``law`` is the short name in statutes.yml, ``article`` reads 第188条."""

    law: str
    article: str


class ChoiceItem(Model):
    """A button. ``heard``: regular expressions; the story that matches exactly one choice has answered the question already."""

    title: str
    value: str
    heard: list[str] = []

    @field_validator("heard")
    @classmethod
    def _compiles(cls, patterns: list[str]) -> list[str]:
        for pattern in patterns:
            try:
                re.compile(pattern)
            except re.error as error:
                raise ValueError(f"正则表达式“{pattern}”写错了：{error}") from error
        return patterns


QuestionKind = Literal["text", "choice", "amount", "date", "people", "yesno", "phone", "name", "place", "confirm"]


class Question(Model):
    """One thing to ask.

    Attributes:
        slot: what it fills (public slot names, or a type-specific one such as ``months_owed``).
        ask: wordings; the first is the plain one, later ones are used when asked again.
        why: one sentence for “为什么要问这个”.
        also: slots the same question asks for (name + phone, when + place).
        subtypes: only for these subtypes; empty means all of the type.
        required: filed cases should have it; skippable all the same.
        rank: smaller is asked earlier within the type.
        label: the line's name on the summary card.
    """

    slot: str
    label: str
    ask: Annotated[list[str], Field(min_length=1)]
    kind: QuestionKind = "text"
    choices: list[ChoiceItem] = []
    why: str
    also: list[str] = []
    subtypes: list[str] = []
    required: bool = True
    rank: int = 50
    sets_flags: dict[str, list[Flag]] = {}  # choice value -> flags it raises


class EvidenceItem(Model):
    """Something worth keeping or bringing. ``subtypes`` empty: for the whole type."""

    name: str
    subtypes: list[str] = []
    hint: str = ""


class LimitationRule(Model):
    """A period that runs. Exactly one of years/months/days is set, or ``none`` is true (no limitation).

    Attributes:
        text: what a resident reads; never “too late”.
        starts: the slot or fact the period runs from (``when`` unless told otherwise).
        subtypes: empty means the whole type.
    """

    id: str
    text: str
    years: int | None = None
    months: int | None = None
    days: int | None = None
    none: bool = False
    starts: str = "when"
    starts_text: str
    subtypes: list[str] = []
    citations: list[Citation]
    source: Source


class Subtype(Model):
    code: str
    name: str
    plain: str  # how a resident would say it, on buttons: 12 characters or fewer
    definition: str
    causes: list[str] = []  # 案由


class Distinguish(Model):
    """Borderline rule against another type, for annotators and staff."""

    against: str
    rule: str
    example: str = ""


class NotPossible(Model):
    text: str
    citations: list[Citation] = []
    source: Source


class DisputeType(Model):
    """One of the 22 types 纠纷类型."""

    code: str
    name: str
    plain: str  # short button title
    statistics_category: str
    governance_group: str
    definition: str
    subtypes: Annotated[list[Subtype], Field(min_length=1)]
    distinguish: list[Distinguish] = []
    questions: list[Question] = []
    evidence: list[EvidenceItem] = []
    limitation: list[LimitationRule] = []
    legal_basis: list[Citation] = []
    channels: list[str]  # organisation-kind codes, preferred first
    channels_if: dict[str, list[str]] = {}  # e.g. violence, wage_urgent
    not_possible: list[NotPossible] = []
    acknowledge: Annotated[list[str], Field(min_length=1)]  # one short warm sentence, no judging


class RouteInfo(Model):
    code: Route
    name: str
    plain: str
    definition: str
    organisation_kinds: list[str]


class OrganisationKind(Model):
    """A kind of door: committee, authority, court, hotline."""

    code: str
    name: str
    route: Route
    admin_level: AdminLevel | None = None
    is_exit: bool = False
    handles: str
    time_limit: str = ""
    free: bool | None = None
    bring: list[str] = []
    phone: str = ""  # only national emergency numbers and [V] numbers
    citations: list[Citation] = []
    source: Source


class Division(Model):
    """An administrative division, code of the 2023 statistical list."""

    code: str
    name: str
    level: Literal["city", "district", "street"]
    parent: str | None = None
    aliases: list[str] = []
    bingtuan: bool = False
    source: Source


class Organisation(Model):
    """A concrete organisation. Placeholders are marked and never carry an invented phone or address."""

    id: str
    name: str
    kind: str
    admin_level: AdminLevel
    division_code: str
    parent: str | None = None
    phone: str = ""
    address: str = ""
    hours: str = ""
    placeholder: bool = True
    note: str = ""
    source: Source


class When(Model):
    """Conditions, all of which must hold; an empty list or None does not restrict."""

    dispute_types: list[str] = []
    subtypes: list[str] = []
    secondary: list[str] = []
    routes: list[Route] = []
    risk_at_least: RiskLevel | None = None
    amount_over: float | None = None
    amount_at_most: float | None = None
    people_at_least: int | None = None
    people_at_most: int | None = None
    counterparty: list[CounterpartyKind] = []
    flags_all: list[Flag] = []
    flags_any: list[Flag] = []
    flags_none: list[Flag] = []


class Deadline(Model):
    """Exactly one unit is set. ``text`` is what the resident reads: 3个工作日内联系您."""

    hours: int | None = None
    days: int | None = None
    working_days: int | None = None
    text: str


class LevelRule(Model):
    """Decides level, organisation kind, handling mode and deadlines; first match wins."""

    id: str
    when: When = When()
    level: AdminLevel
    organisation_kind: str
    handling_mode: HandlingMode
    contact: Deadline
    finish: Deadline | None = None
    joint: bool = False
    reason: str  # shown to the resident: why this door
    source: Source


class ChannelRule(Model):
    """Decides route and organisation kinds for a type; first match wins. ``organisation_kinds`` preferred first."""

    id: str
    when: When
    route: Route
    organisation_kinds: list[str]
    level: AdminLevel | None = None
    handling_mode: HandlingMode | None = None
    contact: Deadline | None = None
    finish: Deadline | None = None
    overrides_level: bool = False  # True: this rule's level/mode/deadline win over the level rules
    reason: str
    advice: list[str] = []
    source: Source


class RoutingBook(Model):
    version: str
    level_rules: list[LevelRule]
    channel_rules: list[ChannelRule]


class RiskCuePattern(Model):
    """A cue: ``patterns`` are expressions over the normalised text, ``unless`` cancels nearby (notation: ``knowledge.cues``)."""

    id: str
    category: Literal[
        "domestic_violence",
        "threat",
        "weapon",
        "self_harm",
        "stalking",
        "child_elder",
        "mass",
        "impulse",
        "fraud",
        "escalation",
        "injury",
        "fire_gas",
    ]
    level: RiskLevel
    patterns: Annotated[list[str], Field(min_length=1)]
    unless: list[str] = []
    examples: list[str] = []  # must match
    counter_examples: list[str] = []  # must not reach this cue
    source: Source


class SafetyText(Model):
    """Fixed text for a category group at R2/R3, reviewed by people; ``numbers`` in the order shown."""

    categories: list[str]
    level: RiskLevel
    text: str
    numbers: list[str]


class ModelThresholds(Model):
    """Probabilities of the classifier's risk head from which it speaks without any cue (measured: tests/intake/risk_score.py).

    ``heated_at``: p(R1)+p(R2)+p(R3) from which the message is marked R1; ``ask_at``: p(R2)+p(R3) from which one calm question is
    asked; ``stop_at``: from which it counts as R2 (``short_stop_at`` for a message of less than ``short`` characters, of which the
    model knows less); ``now_at``: p(R3) from which what counts as R2 by the model counts as R3.
    """

    heated_at: Annotated[float, Field(gt=0, le=1)] = 0.6

    ask_at: Annotated[float, Field(gt=0, le=1)] = 0.5
    stop_at: Annotated[float, Field(gt=0, le=1)] = 0.85
    short: Annotated[int, Field(ge=0)] = 0
    short_stop_at: Annotated[float, Field(gt=0, le=1)] = 0.85
    now_at: Annotated[float, Field(gt=0, le=1)] = 0.9


class RiskBook(Model):
    version: str
    words: dict[str, str] = {}  # groups used in expressions as {name}
    figures_of_speech: list[str]  # expressions removed before matching: 热得要死, 笑死
    denials: list[str] = []  # right before a cue they cancel it: 没有, 从来不
    elsewhere: list[str] = []  # near a cue they lower it to R1: what was heard in class, toys, jokes, long ago
    cues: list[RiskCuePattern]
    model: ModelThresholds = ModelThresholds()
    texts: list[SafetyText]
    numbers: dict[str, str]  # 110 -> 报警


class LegalityRule(Model):
    """What mediation cannot take: the reason in plain words and the right door."""

    id: str
    when: When
    reason: str
    doors: list[str]  # organisation-kind codes
    bring: list[str] = []
    still_possible: str = ""  # what may be mediated all the same
    citations: list[Citation] = []
    hard: bool = True  # False: only tell, then go on
    source: Source


class StatuteVersion(Model):
    in_force_from: date
    in_force_until: date | None = None
    checked_on: date


class Statute(Model):
    law: str  # short official name: 民法典
    full_name: str
    status: Literal["in_force", "repealed", "changing"] = "in_force"
    versions: Annotated[list[StatuteVersion], Field(min_length=1)]
    articles: list[str]  # 第188条 …, only those that were opened
    note: str = ""
    source: Source


class FaqEntry(Model):
    """An answer of the dated store."""

    id: str
    dispute_type: str
    question: str
    paraphrases: list[str] = []
    answer: str
    steps: list[str] = []
    bring: list[str] = []
    where: str = ""
    see_human: str = ""
    citations: Annotated[list[Citation], Field(min_length=1)]
    related: list[str] = []
    changing: bool = False  # shows 以最新法律为准
    checked_on: date
    source: Source
