"""Dataclasses that cross package borders. All are JSON-friendly through :func:`to_json`."""

from __future__ import annotations

from dataclasses import dataclass, field, fields, is_dataclass
from enum import Enum
from typing import Any

from common.enums import ConversationState, CounterpartyKind, Flag, RiskLevel


@dataclass(frozen=True)
class LabelScore:
    """One label with its calibrated probability (0–1)."""

    code: str
    name: str
    probability: float


UNNAMED_RISK = "general"
"""Category of a cue that only the model heard; at R1 the dialogue asks its calm question."""


@dataclass(frozen=True)
class RiskCue:
    """Words that raised the risk; ``start``/``end`` are character offsets into the original text."""

    text: str
    start: int
    end: int
    category: str
    level: RiskLevel = RiskLevel.R1


@dataclass(frozen=True)
class RiskAssessment:
    """Result of the safety screen: the floor from cue rules, raised by the model, never lowered."""

    level: RiskLevel = RiskLevel.R0
    cues: tuple[RiskCue, ...] = ()


@dataclass(frozen=True)
class Prediction:
    """What the classifier says of one text; score lists are sorted, best first, top 3."""

    dispute_types: tuple[LabelScore, ...]
    subtypes: tuple[LabelScore, ...]
    routes: tuple[LabelScore, ...]
    risk: tuple[LabelScore, ...]
    abstained: bool
    model_version: str


@dataclass(frozen=True)
class StoryPart:
    """One dispute of a story that tells of several, in reading order.

    Attributes:
        text: the words of the part, unchanged.
        dispute_type, subtype, route: best labels of these words alone.
        prediction: all that the classifier says of them, or None.
    """

    text: str
    dispute_type: str
    subtype: str | None = None
    route: str | None = None
    prediction: Prediction | None = None


@dataclass(frozen=True)
class IntentScore:
    """An intent with its probability (0–1)."""

    name: str
    probability: float


@dataclass(frozen=True)
class ExtractedField:
    """One detail found in a text.

    Attributes:
        name: amount, people, phone, name, counterparty, place, date, claim, tried, relation …
        value: normalised (CNY as int/float, ISO date, digits) or the literal span.
        text: the literal words; ``start``/``end`` their character offsets.
        confidence: 0–1.
    """

    name: str
    value: Any
    text: str
    start: int
    end: int
    confidence: float


@dataclass(frozen=True)
class Choice:
    """A button: ``title`` is shown, ``value`` comes back."""

    title: str
    value: str


@dataclass(frozen=True)
class Expecting:
    """What the bot waits for. ``kind``: text, choice, amount, date, people, yesno, phone, name, confirm."""

    slot: str
    kind: str = "text"
    optional: bool = False


@dataclass(frozen=True)
class Reply:
    """One bot turn, as actions hand it to the backend (Rasa ``custom`` payload) and the API shows it.

    Attributes:
        text: what is said; never empty.
        card: a summary or result card (see docs/api.md), or None.
        state: conversation state after this turn.
        draft: all that is known so far, for operators and for replay; None when unchanged.
    """

    text: str
    choices: tuple[Choice, ...] = ()
    card: dict[str, Any] | None = None
    expecting: Expecting | None = None
    state: ConversationState = ConversationState.INTAKE
    case_number: str | None = None
    draft: dict[str, Any] | None = None


@dataclass(frozen=True)
class CaseFacts:
    """What routing and the legality gate decide on. Amounts in CNY, ``people`` on the applicant's side."""

    dispute_type: str
    subtype: str | None = None
    secondary: tuple[str, ...] = ()
    route: str | None = None
    amount: float | None = None
    people: int | None = None
    counterparty_kind: CounterpartyKind = CounterpartyKind.UNKNOWN
    division_code: str | None = None
    risk: RiskLevel = RiskLevel.R0
    flags: frozenset[Flag] = field(default_factory=frozenset)
    handling_mode: str | None = None


def to_json(value: Any) -> Any:
    """Turn dataclasses, enums, tuples and sets into plain JSON values; dict keys stay strings."""
    if is_dataclass(value) and not isinstance(value, type):
        return {f.name: to_json(getattr(value, f.name)) for f in fields(value)}
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, dict):
        return {str(k): to_json(v) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [to_json(v) for v in value]
    if isinstance(value, (set, frozenset)):
        return sorted(to_json(v) for v in value)
    return value
