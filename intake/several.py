"""Remarks where several matters are on the table: each goes to the matter it is about, the rest is read as always."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date

from intake import answers
from intake.conversation import Message, Turn
from intake.corrections import Corrections
from intake.desk import Desk
from intake.interruptions import SIDE_LENGTH
from intake.listening import CORRECTION
from intake.matters import APART, FIRST, TOGETHER
from intake.moves import INTERRUPTIONS, Move
from intake.split_question import SplitQuestion, with_text
from intake.state import IntakeState, Stage

WHOLE = 24  # characters; a message this long is kept in the story as a whole


class Several:
    """Stands before the details and the card.

    Args:
        own: reads a message about the matter on the desk.
    """

    def __init__(self, desk: Desk, corrections: Corrections, own: Callable[[IntakeState, Move, Message], Turn]) -> None:
        self.desk = desk
        self.corrections = corrections
        self.own = own
        self.split = SplitQuestion(desk)

    def turn(self, state: IntakeState, move: Move, message: Message) -> Turn | None:
        """None: nothing here concerns more than the matter on the desk."""
        if state.expecting == "split":
            return self.split.answered(state, move, message)
        if state.expecting == "which":
            return self.which(state, message)
        if (again := self.split.reconsidered(state, message)) is not None:
            return again
        return self._routed(state, move, message) if len(state.matters) > 1 else None

    def pressed(self, state: IntakeState, value: str, today: date) -> Turn | None:
        """A button of 分开还是合办 or 哪一件."""
        if state.expecting == "split" and value in (APART, TOGETHER, FIRST):
            state.remember()
            return self.split.decided(state, value, today)
        if state.expecting == "which" and re.fullmatch(r"m[1-9]", value):
            return self.which(state, Message(text="", today=today), int(value[1:]) - 1)
        return None

    def _routed(self, state: IntakeState, move: Move, message: Message) -> Turn | None:
        """What the message says about another matter goes there, the rest is read as usual. None: all of it is the open matter's."""
        if move in INTERRUPTIONS and len(message.text) <= SIDE_LENGTH and not CORRECTION.search(message.text):
            return None
        shares = self.desk.matters.shares(state, message.text.strip())
        others = {index: words for index, words in shares.items() if index != state.at}
        if not others:
            return self._ambiguous(state, move, message) if state.stage is Stage.CONFIRMING else self._elsewhere(state, move, message)
        if state.stage is Stage.CONFIRMING and len(shares) == 1:
            return self.about(state, next(iter(others)), move, message)
        depth = len(state.undo)
        state.remember()
        told = [line for index, words in others.items() for line in self._told(state, index, move, with_text(message, words))]
        if len(message.text) >= WHOLE and message.text not in state.story:
            state.story.append(message.text)  # whole, in the resident's words
        if not told:
            state.undo = state.undo[:depth]
            return None
        if state.at not in shares:
            return Turn(state, self.desk.back(state, *told))
        turn = self.own(state, move, with_text(message, shares[state.at]))
        state.undo = state.undo[: depth + 1]  # one message is one step back
        reply = replace(turn.reply, text="\n".join([*told, turn.reply.text]))
        return replace(turn, reply=reply)

    def _told(self, state: IntakeState, index: int, move: Move, message: Message) -> list[str]:
        """Take a remark about a matter that is not on the desk; what to say of it."""
        listener, text = self.desk.listener, message.text.strip()
        with self.desk.matters.at(state, index):
            extracted = listener.extract(state, text, message.today)
            corrects = self.corrections.applies(state, move, text, extracted)
            if corrects and (changed := listener.correct(state, message, extracted)):
                return self.corrections.lines(state, changed)
            changed_slots = listener.take(state, extracted, "told")
            listener.notice(state, text)
            if not changed_slots:
                return []
            return [self.desk.speaker.say(state, "split.noted", type_name=self.desk.matters.name(state.matters[index]))]

    def _elsewhere(self, state: IntakeState, move: Move, message: Message) -> Turn | None:
        """A correction without a name, of something that only another matter knows."""
        text = message.text.strip()
        extracted = self.desk.listener.extract(state, text, message.today)
        if not CORRECTION.search(text) or self.corrections.applies(state, move, text, extracted):
            return None
        for index in range(len(state.matters)):
            if index == state.at:
                continue
            with self.desk.matters.at(state, index):
                fits = self.corrections.applies(state, move, text, extracted)
            if fits:
                state.remember()
                return Turn(state, self.desk.back(state, *self._told(state, index, move, message)))
        return None

    def _ambiguous(self, state: IntakeState, move: Move, message: Message) -> Turn | None:
        """At the card of several matters: the one that holds the old value, or whose detail it can only be; else it is asked."""
        text = message.text.strip()
        extracted = self.desk.listener.extract(state, text, message.today)
        meant = {answers.slot_of(field.name) for field in extracted} | {self.desk.listener.cued_slot(text)} - {None}
        own = {slot for slot in meant if slot and state.own_slot(slot)}
        if not own or not (move is Move.CORRECT or CORRECTION.search(text) or self.corrections.applies(state, move, text, extracted)):
            return None
        old = {str(field.value) for field in extracted} | {field.text for field in extracted}
        knows: list[int] = []
        holds: list[int] = []
        for index in range(len(state.matters)):
            with self.desk.matters.at(state, index):
                knows += [index] if own & set(state.fields) else []
                values = {str(f.value) for slot, f in state.fields.items() if slot in own}
                words = [str(f.value) for f in state.fields.values() if isinstance(f.value, str) and len(f.value) >= 2]
                holds += [index] if values & old or any(word in text for word in words) else []
        fitting = holds if len(holds) == 1 else knows
        if len(fitting) != 1:
            state.pending = f"which:{text}"
            return Turn(state, self.desk.speaker.ask(state, "which"))
        return self.about(state, fitting[0], move, message)

    def about(self, state: IntakeState, index: int, move: Move, message: Message) -> Turn:
        """Read a message at the card as one about this matter."""
        if index != state.at:
            state.open(index)
        return self.own(state, move, message)

    def which(self, state: IntakeState, message: Message, index: int | None = None) -> Turn:
        """哪一件: what was pending goes on with the answer."""
        index, pending = self.split.which(state, message, index)
        if pending == "first":
            return self.split.first_answered(state, message, index)
        words = pending.removeprefix("which:")
        state.stage = Stage.CONFIRMING
        if index is None:
            self.desk.listener.story(state, with_text(message, words), [])
            return Turn(state, self.desk.next(state, self.desk.speaker.say(state, "correct.in_words")))
        return self.about(state, index, Move.CORRECT, with_text(message, words))
