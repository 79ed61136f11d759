"""A conversation with the engine in this process: the real readers, the real classifier, what the backend adds to a message; no HTTP."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from functools import cache
from typing import Any

import knowledge
from actions.hearing import with_predictions
from classifier import runtime
from common.enums import RiskLevel
from common.payloads import Expecting, Reply
from intake.conversation import Message, Turn
from intake.engine import IntakeEngine
from intake.state import IntakeState
from knowledge import Knowledge

TODAY = date(2026, 11, 27)
_CONTEXT = {"amount": "asked_amount", "contact_phone": "asked_phone", "contact_name": "asked_name", "when": "asked_when"}
_CONTEXT |= {"narrative": "asked_narrative", "confirm": "confirm_summary"}


@cache
def known() -> Knowledge:
    return knowledge.load()


@cache
def engine() -> IntakeEngine:
    return IntakeEngine(known())


@cache
def model() -> runtime.Classifier:
    return runtime.load()


class Talk:
    """One resident. ``state``, ``turn`` and ``reply`` are those of the last turn; ``asked`` counts what was asked.

    Args:
        understood: False leaves intents and predictions out, as when no model is installed.
    """

    def __init__(self, *, understood: bool = True) -> None:
        self.understood = understood
        self.state: IntakeState = engine().start()
        self.reply: Reply = engine().opening("web")
        self.turn: Turn = Turn(self.state, self.reply)
        self.said: list[tuple[Any, Reply]] = []
        self.number = 0

    @property
    def slot(self) -> str | None:
        return self.reply.expecting.slot if self.reply.expecting else None

    def say(self, text: str, *, risk: RiskLevel = RiskLevel.R0, **given: Any) -> Reply:
        """A message in words; ``given`` may fix intent, intent_probability, prediction or parts."""
        if self.understood and "intent" not in given:
            best = model().intent(text, context(self.reply.expecting))[0]
            given |= {"intent": best.name, "intent_probability": best.probability}
        return self._turn(text, risk=risk, **given)

    def press(self, choice: str, text: str = "", *, risk: RiskLevel = RiskLevel.R0) -> Reply:
        """A button."""
        return self._turn(text, risk=risk, choice=choice)

    def edit(self, **edits: Any) -> Reply:
        """Lines of the card."""
        return self._turn("", edits=edits)

    def file(self, *receipts: Mapping[str, Any] | None) -> Reply:
        """What the action says after filing; one receipt a case."""
        self.turn = engine().filed(self.state, *receipts)
        self.state, self.reply = self.turn.state, self.turn.reply
        return self.reply

    def value(self, slot: str) -> Any:
        return self.state.value(slot)

    def told(self) -> str:
        """The conversation, for failure messages."""
        return "\n".join(f"  居民: {said}\n  解纷: {reply.text}\n     → {reply.expecting} {reply.state.value}" for said, reply in self.said)

    def _turn(self, text: str, **given: Any) -> Reply:
        self.number += 1
        message = Message(text=text, today=TODAY, message_id=str(self.number), **given)
        if self.understood and message.prediction is None and not message.parts:
            message = with_predictions(message, self.state, engine(), model())
        saved = IntakeState.from_dict(self.state.to_dict())  # as Rasa's tracker does between two messages
        self.turn = engine().turn(saved, message)
        self.state, self.reply = self.turn.state, self.turn.reply
        self.said.append((given.get("choice") or given.get("edits") or text, self.reply))
        looked_up = self.turn.action in (
            "answer_law",
            "case_status",
            "withdraw",
            "reschedule",
            "rate",
            "urge",
            "add_information",
        )  # the action puts its text in front
        assert self.reply.text.strip() or looked_up, f"silent\n{self.told()}"
        assert not re.search(r"[{}]", self.reply.text), self.reply.text
        return self.reply


def context(expecting: Expecting | None) -> str:
    """As backend.conversations.context: what was asked last."""
    if expecting is None:
        return "free"
    by_kind = {"amount": "asked_amount", "phone": "asked_phone", "name": "asked_name", "date": "asked_when", "confirm": "confirm_summary"}
    return _CONTEXT.get(expecting.slot) or by_kind.get(expecting.kind, "free")
