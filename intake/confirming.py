"""The card: confirmed, corrected in words or line by line, added to, or left for later."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from common.payloads import ExtractedField
from intake import answers, filing, questions
from intake.conversation import Message, Turn
from intake.corrections import Corrections
from intake.desk import PAUSE, Desk
from intake.interruptions import SIDE_LENGTH
from intake.listening import CORRECTION
from intake.moves import INTERRUPTIONS, Move, is_no, is_yes
from intake.state import FieldValue, IntakeState, Stage
from intake.type_question import TypeQuestion
from knowledge.models import Question

LONGEST_NAME, LONGEST_VALUE = 40, 400  # characters; the backend takes 60 and 2,000
_UNCHANGED = re.compile(r"没(有|啥|什么|得|要)*(再)?(说|记|写|要|需要)?(错|改|补充)(的|了|啥)*|不用改|不改")
_MORE = re.compile(r"还有|另外|补充|加上|再加|漏了|但是|不过|改|错|不对")


class Confirming:
    """What is said and pressed while the card is shown."""

    def __init__(self, desk: Desk, corrections: Corrections, types: TypeQuestion) -> None:
        self.desk = desk
        self.corrections = corrections
        self.types = types

    def answered(self, state: IntakeState, move: Move, message: Message, extracted: Sequence[ExtractedField]) -> Turn:
        text = message.text.strip()
        state.remember()
        more = bool(_MORE.search(_UNCHANGED.sub("", text)))
        if is_yes(text) or (move in (Move.AFFIRM, Move.RESUME) and not extracted and not more):
            return self.file(state)
        if (
            move is Move.CORRECT
            or self.corrections.applies(state, move, text, extracted)
            or (more and CORRECTION.search(text) and not is_no(text))
        ):
            return self.corrections.apply(state, message, extracted)
        if is_no(text) or (move is Move.DENY and not extracted):
            return self.corrections.which(state)
        if move is Move.SKIP:
            return Turn(state, self.desk.summariser.confirm(state))
        if move in INTERRUPTIONS and len(text) <= SIDE_LENGTH:
            return self.desk.interrupted(state, move, message)
        mode = answers.handling_mode(text)
        if move is Move.APPOINTMENT or (mode and not extracted and len(text) < 20):
            state.fields["appointment"] = FieldValue(text[:60], text, "told", 0.7)
            if mode and mode != "any":
                state.fields["handling_mode"] = FieldValue(mode, text, "told", 0.8)
            return Turn(state, self.desk.summariser.confirm(state, self.desk.speaker.say(state, "summary.changed")))
        if re.match(r"^(对|没错|是的?|好的?|可以|行)[，,。 ]", text) and not extracted and not more and len(text) <= 16:
            return self.file(state)
        if len(text) <= SIDE_LENGTH and (changed := self.desk.listener.correct(state, message, [])):
            return Turn(state, self.desk.next(state, *self.corrections.lines(state, changed)))
        self.desk.listener.story(state, message, extracted)
        more_said = self.desk.speaker.say(state, "ack.more_story")
        if self.desk.matters.undecided(state):  # a second dispute, told at the card
            state.stage = Stage.OPEN
            return Turn(state, self.desk.next(state, more_said))
        return Turn(state, self.desk.summariser.confirm(state, more_said))

    def file(self, state: IntakeState) -> Turn:
        """Hand the case in; the action files it and the engine's :meth:`filed` says what comes next."""
        if state.consent is None:  # never without consent, whatever was pressed
            state.stage = Stage.OPEN
            return Turn(state, self.desk.next(state))
        bodies = list(filing.bodies(state, self.desk.listener).values())
        if not bodies:
            return Turn(state, self.desk.next(state))
        state.stage = Stage.FILING
        payload = bodies[0] if len(bodies) == 1 else {"filings": bodies}
        return Turn(state, self.desk.speaker.plain(state, self.desk.speaker.say(state, "filed.waiting")), "file", payload)

    def not_yet(self, state: IntakeState) -> Turn:
        """先不提交: everything is kept."""
        state.stage = Stage.PAUSED
        button = (self.desk.speaker.button("continue", "continue"),)
        kept = self.desk.speaker.say(state, "summary.not_submitted")
        return Turn(state, self.desk.speaker.plain(state, kept, choices=button, card=PAUSE), "cancel")

    def edited(self, state: IntakeState, message: Message) -> Turn:
        """Lines corrected on the card; what cannot be read is said and left as it was."""
        state.remember()
        refused: list[str] = []
        for slot, value in (message.edits or {}).items():
            index, slot = self._matter_of(state, slot)
            with self.desk.matters.at(state, index):
                done, label = self._edit(state, slot, value, message), self.desk.summariser.label(state, slot)
            if not done:
                refused.append(self.desk.speaker.say(state, "correct.bad_value", field=label, value=str(value)[:40]))
        before = refused or [self.desk.speaker.say(state, "summary.changed")]
        ready = state.consent is not None and bool(state.story)
        return Turn(state, self.desk.summariser.confirm(state, *before) if ready else self.desk.next(state, *before))

    @staticmethod
    def _matter_of(state: IntakeState, slot: str) -> tuple[int, str]:
        """``m2_amount`` is the amount of the second matter."""
        named = re.fullmatch(r"m([1-9])_(.+)", slot)
        if named and len(state.matters) > 1 and int(named[1]) <= len(state.matters):
            return int(named[1]) - 1, named[2]
        return state.at, slot

    def _edit(self, state: IntakeState, slot: str, value: Any, message: Message) -> bool:
        text = "" if value is None else str(value).strip()
        if slot == "dispute_type":
            code = text if text in self.desk.knowledge.types else self.types.named(text)
            if code is None:
                return False
            state.dispute_type, state.type_fixed = code, True
            self.desk.listener.settle(state)
            return True
        question = questions.question_for(slot, state, self.desk.knowledge)
        if question is None or slot in ("narrative", "consent", "safety", "confirm"):
            return False
        if not text:
            state.fields.pop(slot, None)
            state.skipped.append(slot)
            return True
        field = self._edited_value(state, question, text, message)
        if field is not None:
            self.desk.listener.put(state, question, field)
        return field is not None

    def _edited_value(self, state: IntakeState, question: Question, text: str, message: Message) -> FieldValue | None:
        choices = questions.choices_of(question.slot, state, self.desk.knowledge)
        expecting = state.expecting
        state.expecting = question.slot
        extracted = self.desk.listener.extract(state, text, message.today)
        state.expecting = expecting
        if any(choice.value == text for choice in choices):
            return FieldValue(text, text, "edited", 1.0)
        if question.kind in ("choice", "yesno", "amount", "people", "phone", "date"):
            found = answers.strict(question, choices, text, extracted)
            if found is None and question.kind == "date":
                found = FieldValue(text[:60], text)
            if found is not None and question.kind == "people" and not (isinstance(found.value, int) and found.value >= 1):
                return None
            return FieldValue(found.value, text[:LONGEST_VALUE], "edited", 1.0) if found else None
        if question.kind == "name" and len(text) > LONGEST_NAME:
            return None
        return FieldValue(text[:LONGEST_VALUE], text[:LONGEST_VALUE], "edited", 1.0)
