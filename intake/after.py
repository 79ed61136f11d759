"""After filing: progress, reminder, withdrawal, thanks, one more case; and the wait for a number."""

from __future__ import annotations

from common.payloads import Reply
from intake.conversation import Message, Turn
from intake.desk import Desk
from intake.moves import Move
from intake.references import case_reference
from intake.sidetalk import QUIET
from intake.state import IntakeState, Stage

_NEW_STORY = 15  # characters; a new dispute told after filing


class AfterFiling:
    """What can be said once the case has (or awaits) its number."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    def turn(self, state: IntakeState, move: Move, message: Message) -> Turn:
        if state.pending and case_reference(message.text)[0]:
            wanted = {"status": Move.STATUS, "withdraw": Move.WITHDRAW, "urge": Move.URGE}.get(state.pending, Move.STATUS)
            return self.desk.about_case(state, wanted, message)
        if move in (Move.STATUS, Move.WITHDRAW, Move.URGE):
            return self.desk.about_case(state, move, message)
        if state.stage is Stage.FILING:
            return Turn(state, self._line(state, "filed.waiting"))
        if move is Move.LAW:
            return Turn(state, self.desk.speaker.plain(state), "answer_law", {"question": message.text})
        if move in (Move.DESCRIBE, Move.INFORM, Move.CORRECT, Move.APPOINTMENT) and len(message.text.strip()) >= 4:
            return self._added(state, message)
        if move is not Move.REPEAT and (move in QUIET or self.desk.side.answers(move)):  # no open question to repeat: say how it goes on
            buttons = (self.desk.speaker.button("status", "status"),)
            return Turn(state, self.desk.speaker.plain(state, self.desk.side.text(state, move), choices=buttons))
        return Turn(state, self._line(state, "filed.track"))

    def _added(self, state: IntakeState, message: Message) -> Turn:
        """Something new after filing goes to the people who handle the case; a new dispute is offered its own registration."""
        receipt = state.receipt or {}
        payload = {"number": receipt.get("number"), "code": receipt.get("tracking_code"), "text": message.text}
        buttons = (self.desk.speaker.button("new_case", "new_case"), self.desk.speaker.button("handoff", "handoff"))
        return Turn(state, self.desk.speaker.plain(state, choices=buttons), "add_information", payload)

    def _line(self, state: IntakeState, key: str) -> Reply:
        return self.desk.speaker.plain(state, self.desk.speaker.say(state, key), choices=(self.desk.speaker.button("status", "status"),))
