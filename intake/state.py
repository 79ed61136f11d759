"""What one intake knows: JSON-safe, so that Rasa's tracker can keep it and nothing is lost when a process dies."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from enum import Enum
from typing import Any

from common.enums import RiskLevel
from common.payloads import LabelScore, Prediction

UNDO_DEPTH = 5


class Stage(str, Enum):
    """Where the intake stands inside; the public ``ConversationState`` is derived from it."""

    OPEN = "open"
    CONFIRMING = "confirming"
    REDIRECTED = "redirected"
    FILING = "filing"  # handed to the outbox, number not known yet
    FILED = "filed"
    PAUSED = "paused"
    HANDOFF = "handoff"
    CRISIS = "crisis"


@dataclass
class FieldValue:
    """One detail.

    Attributes:
        value: normalised (CNY, ISO date, digits) or the literal words.
        text: the resident's own words for it.
        source: told (by itself), asked (answer to a question), corrected, edited (on the card), choice.
        confidence: 0–1, the extractor's.
    """

    value: Any
    text: str
    source: str = "told"
    confidence: float = 1.0


@dataclass
class IntakeState:
    """Everything about one intake. ``story`` holds the resident's words unchanged."""

    channel: str = "web"
    stage: Stage = Stage.OPEN
    consent: dict[str, str] | None = None
    declined: bool = False
    safety: str | None = None  # safe, hurt, unknown
    story: list[str] = field(default_factory=list)
    fields: dict[str, FieldValue] = field(default_factory=dict)
    skipped: list[str] = field(default_factory=list)
    asked: dict[str, int] = field(default_factory=dict)
    expecting: str | None = "consent"
    also: list[str] = field(default_factory=list)
    offered: list[str] = field(default_factory=list)  # choice values of the last message, in order
    prediction: dict[str, Any] | None = None
    dispute_type: str | None = None
    subtype: str | None = None
    route: str | None = None
    type_fixed: bool = False  # chosen by the resident, the model no longer changes it
    excluded_types: list[str] = field(default_factory=list)
    flags: list[str] = field(default_factory=list)
    risk: str = "R0"
    crisis_cleared: bool = False
    told: list[str] = field(default_factory=list)  # things said once: acknowledge, legality rule ids, child, …
    said: dict[str, int] = field(default_factory=dict)  # phrase key → how often, to vary wording
    undo: list[dict[str, Any]] = field(default_factory=list)
    receipt: dict[str, Any] | None = None
    pending: str | None = None  # what an unfinished side talk waits for: correct:<slot>, status
    case_seq: int = 0
    last_message_id: str | None = None
    today: str | None = None

    def value(self, slot: str) -> Any:
        """Value of a slot or None."""
        found = self.fields.get(slot)
        return found.value if found else None

    def knows(self, slot: str) -> bool:
        """Answered, or passed over on the resident's wish: never asked again."""
        return slot in self.fields or slot in self.skipped

    @property
    def narrative(self) -> str:
        """The whole story, one paragraph a message."""
        return "\n".join(self.story)

    def unask(self) -> None:
        """The open question was not answered because something else came first: it may be asked again as if new."""
        if self.expecting and self.asked.get(self.expecting, 0) > 0:
            self.asked[self.expecting] -= 1
            if not self.asked[self.expecting]:
                del self.asked[self.expecting]

    def remember(self) -> None:
        """Keep what :meth:`take_back` restores: fields, skipped and the story's length; the last few turns only."""
        before = {
            "fields": {slot: asdict(value) for slot, value in self.fields.items()},
            "skipped": list(self.skipped),
            "story": len(self.story),
            "expecting": self.expecting,
            "also": list(self.also),
        }
        self.undo = [*self.undo, before][-UNDO_DEPTH:]

    def take_back(self) -> list[str]:
        """Undo the last change.

        Returns:
            Slots that changed; empty when there is nothing to undo.
        """
        while self.undo:
            before = self.undo.pop()
            old = {slot: FieldValue(**value) for slot, value in before["fields"].items()}
            changed = [slot for slot in {**old, **self.fields} if old.get(slot) != self.fields.get(slot)]
            story_changed = len(self.story) > before["story"]
            if not changed and not story_changed and before["skipped"] == self.skipped:
                continue
            self.fields, self.skipped = old, before["skipped"]
            self.story = self.story[: before["story"]]
            self.expecting, self.also = before["expecting"], before["also"]
            return changed or ["narrative"]
        return []

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON values; what is at its default is left out, to keep the tracker small."""
        empty = IntakeState()
        found: dict[str, Any] = {}
        for name, value in self.__dict__.items():
            if value != getattr(empty, name):
                found[name] = value
        if "stage" in found:
            found["stage"] = self.stage.value
        if "fields" in found:
            found["fields"] = {slot: asdict(value) for slot, value in self.fields.items()}
        return found

    @classmethod
    def from_dict(cls, data: dict[str, Any] | None) -> IntakeState:
        """Inverse of :meth:`to_dict`; unknown keys (a newer version's) are ignored."""
        known = {name: value for name, value in (data or {}).items() if name in cls.__dataclass_fields__}
        if "stage" in known:
            known["stage"] = Stage(known["stage"])
        if "fields" in known:
            known["fields"] = {slot: FieldValue(**value) for slot, value in known["fields"].items()}
        return cls(**{name: _copied(value) for name, value in known.items()})


def _copied(value: Any) -> Any:
    if isinstance(value, list):
        return list(value)
    return dict(value) if isinstance(value, dict) else value


def prediction_to_dict(prediction: Prediction) -> dict[str, Any]:
    """The part of a prediction the intake keeps."""

    def scores(items: tuple[LabelScore, ...]) -> list[list[Any]]:
        return [[score.code, round(score.probability, 4)] for score in items]

    return {
        "types": scores(prediction.dispute_types),
        "subtypes": scores(prediction.subtypes),
        "routes": scores(prediction.routes),
        "abstained": prediction.abstained,
        "version": prediction.model_version,
    }


def higher_risk(one: str, other: str) -> str:
    """The higher of two risk levels; risk is never lowered by itself."""
    return max(one, other, key=lambda level: RiskLevel(level).rank)
