"""What one intake knows: JSON-safe, so that Rasa's tracker can keep it and nothing is lost when a process dies."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import asdict, dataclass, field
from enum import Enum
from typing import Any

from common.enums import Flag, RiskLevel
from common.payloads import LabelScore, Prediction

UNDO_DEPTH = 5
# Where one story holds several matters, these belong to the person and are asked once; everything else is each matter's own.
SHARED_SLOTS = frozenset(
    {"consent", "safety", "narrative", "adult", "split", "which", "confirm", "contact_name", "contact_phone"}
    | {"handling_mode", "appointment", "speaks_for", "willing", "evidence"}
)
SHARED_FLAGS = frozenset(
    flag.value for flag in (Flag.SPEAKS_FOR_OTHER, Flag.ELDERLY, Flag.DISABLED, Flag.TOURIST_LEAVING, Flag.BINGTUAN, Flag.MINOR_APPLICANT)
)
OWN_MARKS = frozenset({"redirected", "enquiry"})  # of ``told``
_OWN_FACTS = ("dispute_type", "subtype", "route", "prediction", "type_fixed", "excluded_types")


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
    """Everything about one intake. ``story`` holds the resident's words unchanged.

    A story with several disputes that are filed apart has ``matters``: one is open (``at``), its facts are this object's own; those of
    the others are packed. ``matters`` has one entry when only one of them is filed now; the rest waits in ``later``.

    Attributes:
        parts: the disputes the classifier heard, until the resident has decided.
        split: her decision: two (apart), one (together), first (one of them now); None before.
        link: what the cases of one story have in common, for the backend.
    """

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
    parts: list[dict[str, Any]] = field(default_factory=list)
    split: str | None = None
    matters: list[dict[str, Any]] = field(default_factory=list)
    at: int = 0
    later: list[dict[str, Any]] = field(default_factory=list)
    link: str | None = None
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

    @property
    def own_story(self) -> str:
        """The words about the open matter: its part of the story, or all of it."""
        return str(self.matters[self.at]["words"]) if self.matters else self.narrative

    def own_slot(self, slot: str) -> bool:
        """Whether a slot belongs to one of several matters rather than to the person."""
        return slot not in SHARED_SLOTS

    def pack(self) -> None:
        """Write what is known of the open matter into its entry of ``matters``."""
        if not self.matters:
            return
        entry = self.matters[self.at]
        entry.update({name: _copied(getattr(self, name)) for name in _OWN_FACTS})
        entry["fields"] = {slot: asdict(value) for slot, value in self.fields.items() if self.own_slot(slot)}
        entry["skipped"] = [slot for slot in self.skipped if self.own_slot(slot)]
        entry["asked"] = {slot: times for slot, times in self.asked.items() if self.own_slot(slot)}
        entry["again"] = {key: times for key, times in self.said.items() if key.startswith("again:")}
        entry["flags"] = [flag for flag in self.flags if flag not in SHARED_FLAGS]
        entry["told"] = [mark for mark in self.told if mark in OWN_MARKS]

    def open(self, index: int) -> None:
        """Put another matter on the desk; the open question is the caller's business."""
        self.pack()
        self.load(index)

    def load(self, index: int) -> None:
        """Put a matter on the desk as its entry holds it; what lay there before is not packed."""
        self.at = index
        entry = self.matters[index]
        for name in _OWN_FACTS:
            setattr(self, name, _copied(entry[name]))
        shared = {slot: value for slot, value in self.fields.items() if not self.own_slot(slot)}
        self.fields = {**{slot: FieldValue(**value) for slot, value in entry["fields"].items()}, **shared}
        self.skipped = [*entry["skipped"], *(slot for slot in self.skipped if not self.own_slot(slot))]
        self.asked = {**entry["asked"], **{slot: times for slot, times in self.asked.items() if not self.own_slot(slot)}}
        self.said = {**{key: times for key, times in self.said.items() if not key.startswith("again:")}, **entry["again"]}
        self.flags = sorted({*entry["flags"], *(flag for flag in self.flags if flag in SHARED_FLAGS)})
        self.told = [*(mark for mark in self.told if mark not in OWN_MARKS), *entry["told"]]

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
        if self.parts or self.matters:
            before["whole"] = self._whole()
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
            whole = before.get("whole")
            if whole is not None and _gist(whole["matters"]) != _gist(self._whole()["matters"]):
                changed = changed or ["narrative"]
            if not changed and not story_changed and before["skipped"] == self.skipped:
                continue
            for name, value in (whole or {}).items():
                setattr(self, name, value)
            self.fields, self.skipped = old, before["skipped"]
            self.story = self.story[: before["story"]]
            self.expecting, self.also = before["expecting"], before["also"]
            return changed or ["narrative"]
        return []

    def _whole(self) -> dict[str, Any]:
        """What an undone decision about several matters restores besides the fields."""
        self.pack()
        names = ("parts", "split", "matters", "at", "later", "asked", "flags", "told", *_OWN_FACTS)
        return {name: deepcopy(getattr(self, name)) for name in names}

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


def _gist(matters: list[dict[str, Any]]) -> list[Any]:
    return [(matter["fields"], matter["skipped"], matter["dispute_type"]) for matter in matters]


def _copied(value: Any) -> Any:
    return deepcopy(value) if isinstance(value, (list, dict)) else value


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
