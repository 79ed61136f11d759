"""The one clarifying question: which of three types, or none of them."""

from __future__ import annotations

from intake import answers
from intake.conversation import Message, Turn
from intake.desk import Desk
from intake.interruptions import SIDE_LENGTH
from intake.moves import INTERRUPTIONS, Move, is_no, is_yes
from intake.state import IntakeState
from knowledge.models import ChoiceItem


class TypeQuestion:
    """Reads the answer, by button or in words."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    def answered(self, state: IntakeState, move: Move, message: Message) -> Turn:
        text = message.text.strip()
        offered = [ChoiceItem(title=c.title, value=c.value) for c in self.desk.speaker.type_choices(state)]
        question = self.desk.knowledge.questions["dispute_type"]
        value = answers.chosen(question, offered, text) or self.named(text)
        if value is None and is_no(text):
            value = "none"
        if value is not None:
            return self.chosen(state, value)
        if move in INTERRUPTIONS and len(text) <= SIDE_LENGTH:
            return self.desk.interrupted(state, move, message)
        if not is_yes(text) and move is not Move.SKIP:
            self.desk.listener.story(state, message, self.desk.listener.extract(state, text, message.today))
        return Turn(state, self.desk.next(state))

    def named(self, text: str) -> str | None:
        """A type called by its name: 离婚的事, 劳动争议."""
        named = [code for code, kind in self.desk.knowledge.types.items() if kind.name.removesuffix("纠纷") in text or kind.plain in text]
        return named[0] if len(named) == 1 else None

    def chosen(self, state: IntakeState, value: str) -> Turn:
        """The resident chose a type, or none of those offered."""
        if value == "none":
            state.excluded_types = [code for code in state.offered if code in self.desk.knowledge.types]
            rest = [code for code, _ in (state.prediction or {}).get("types", []) if code not in state.excluded_types]
            state.dispute_type, state.type_fixed = (rest or ["QT"])[0], True
            self.desk.listener.settle(state)
            return Turn(state, self.desk.next(state, self.desk.speaker.say(state, "unknown.type")))
        state.dispute_type, state.type_fixed = value, True
        self.desk.listener.settle(state)
        return Turn(state, self.desk.next(state))
