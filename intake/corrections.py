"""Corrections in words, of any earlier field, one or several, anywhere: “不对，是三万”, “电话写错了是138…”."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from common.payloads import ExtractedField, Reply
from intake import answers
from intake.conversation import Message, Turn
from intake.desk import Desk
from intake.listening import CORRECTION
from intake.moves import Move, is_no
from intake.state import IntakeState, Stage

LONGEST = 80  # characters; longer messages tell a story, whatever they also correct
SAID_WHAT = 5  # characters; a correction this long says what it is about, even when no field can be told from it


class Corrections:
    """Tells a correction from an answer, applies it, and says what was changed."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    def applies(self, state: IntakeState, move: Move, text: str, extracted: Sequence[ExtractedField]) -> bool:
        if len(text) > LONGEST:
            return False
        worded = bool(CORRECTION.search(text))
        if move is Move.CORRECT:
            return bool(state.fields) and (worded or any(answers.slot_of(f.name) in state.fields for f in extracted))
        meant = {answers.slot_of(field.name) for field in extracted} | {self.desk.listener.cued_slot(text)}
        return worded and not is_no(text) and any(slot in state.fields and slot != state.expecting for slot in meant)

    def apply(self, state: IntakeState, message: Message, extracted: Sequence[ExtractedField]) -> Turn:
        changed = self.desk.listener.correct(state, message, extracted)
        if changed:
            return Turn(state, self.desk.next(state, *self.lines(state, changed)))
        slot = self.desk.listener.cued_slot(message.text)
        if slot is not None and (slot in state.fields or state.stage is Stage.CONFIRMING):
            state.stage, state.pending = Stage.OPEN, f"correct:{slot}"
            state.fields.pop(slot, None)
            state.asked[slot] = 0
            return Turn(state, self.desk.speaker.ask(state, slot))
        if len(message.text.strip()) < SAID_WHAT:
            return self.which(state)
        self.desk.listener.story(state, message, [])
        return Turn(state, self.desk.next(state, self.desk.speaker.say(state, "correct.in_words")))

    def lines(self, state: IntakeState, changed: Sequence[tuple[str, Any]]) -> list[str]:
        summariser, say = self.desk.summariser, self.desk.speaker.say
        return [say(state, "correct.done", field=summariser.label(state, s), value=summariser.shown(state, s)) for s, _ in changed]

    def which(self, state: IntakeState) -> Turn:
        """“有地方要改” without saying what."""
        if state.stage is Stage.CONFIRMING:
            reply = self.desk.summariser.confirm(state)
            text = self.desk.speaker.say(state, "correct.which")
            return Turn(state, Reply(text=text, choices=reply.choices, card=reply.card, expecting=reply.expecting, state=reply.state))
        return Turn(state, self.desk.back(state, self.desk.speaker.say(state, "correct.which")))
