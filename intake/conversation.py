"""What goes into the engine and what comes out: one resident message, one turn."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Protocol

from common.enums import CounterpartyKind, Flag, RiskLevel
from common.payloads import CaseFacts, ExtractedField, Prediction, Reply, StoryPart
from intake.state import IntakeState
from knowledge.models import LegalityRule
from knowledge.store import Knowledge


@dataclass(frozen=True)
class Message:
    """One resident message as the dialogue sees it.

    Attributes:
        intent: intent name (fine or public), ``None`` when not known.
        choice: value of the button pressed; wins over text.
        edits: slot → new value, from the summary card.
        prediction: of the story so far together with this text (see ``IntakeEngine.text_to_classify``).
        parts: the disputes of that same text (see ``IntakeEngine.text_to_split``); empty when nobody looked.
        worry: the safety screen heard danger that no cue names, too faint to stop: ask once whether everyone is safe.
        uploads: names of files sent so far.
        today: the day in Asia/Shanghai; relative dates count from it.
    """

    text: str
    today: date
    intent: str | None = None
    intent_probability: float = 0.0
    choice: str | None = None
    edits: dict[str, Any] | None = None
    prediction: Prediction | None = None
    parts: tuple[StoryPart, ...] = ()
    risk: RiskLevel = RiskLevel.R0
    worry: bool = False
    message_id: str | None = None
    uploads: tuple[str, ...] = ()


@dataclass(frozen=True)
class Turn:
    """What to say and do.

    Attributes:
        action: none, file, handoff, answer_law, case_status, cancel, restart, withdraw, urge, reschedule, rate, add_information.
        payload: for the action: the filing body (``{"filings": [bodies]}`` for several), ``{"question": …}``, ``{"number": …, "code": …}``.
    """

    state: IntakeState
    reply: Reply
    action: str = "none"
    payload: dict[str, Any] = field(default_factory=dict)


class Extract(Protocol):
    """:func:`intake.extract.extract`."""

    def __call__(
        self, text: str, *, expecting: str | None = None, today: date, knowledge: Knowledge | None = None
    ) -> list[ExtractedField]: ...


@dataclass(frozen=True)
class Tools:
    """The engine's readers of text, in one place so that tests of the dialogue can use simple ones."""

    extract: Extract
    find_flags: Callable[[str], set[Flag]]
    kind_of: Callable[[str], CounterpartyKind]
    check: Callable[[CaseFacts, Knowledge], LegalityRule | None]
    clock: Callable[[CaseFacts, dict[str, date], Knowledge, date], list[Any]]


def default_tools() -> Tools:
    """The real ones."""
    from intake.counterparty import kind_of
    from intake.extract import extract
    from intake.flags import find_flags
    from intake.legality import check
    from intake.limitation import clock

    return Tools(extract=extract, find_flags=find_flags, kind_of=kind_of, check=check, clock=clock)
