"""After filing: progress, reminder, another time, additions, a mark, withdrawal, one more case; and the wait for a number."""

from __future__ import annotations

import re
from typing import Any

from common.payloads import Reply
from intake.conversation import Message, Turn
from intake.desk import Desk
from intake.interruptions import QUESTION
from intake.moves import Move, is_no, is_yes
from intake.references import also_of, case_reference
from intake.sidetalk import QUIET
from intake.state import IntakeState, Stage
from intake.wishes import WITHDRAW

_NEW_STORY = 15  # characters; a new dispute told after filing
_HAN, _TELLS = re.compile("[一-龥]"), 6  # that many Chinese characters say something
_TELLS_OF_MATERIAL = 10  # characters; “我有照片” only wants to know how to send it
_KEEPS = re.compile(r"(不|别|没|莫)(想|要|用|是)?(再)?(撤|取消|退)|算了|再(想|看|等|考虑)|先(不|别|等)|等等|继续办|接着办|留着|考虑")
_NEXT = re.compile(r"(另|还有|下|剩)(外|下)?的?(那|这)?(一)?(件|个)|接着办|继续办|第二件")


class AfterFiling:
    """What can be said once the case has (or awaits) its number."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    def wants_next(self, state: IntakeState, move: Move, message: Message) -> bool:
        """“接着办另一件”, “押金那件也登记吧” while another matter of the story waits."""
        text = message.text.strip()
        if move in (Move.STATUS, Move.WITHDRAW, Move.URGE) or state.stage is Stage.FILING:
            return False
        return move is Move.RESUME or (len(text) <= _NEW_STORY and _NEXT.search(text) is not None)

    def turn(self, state: IntakeState, move: Move, message: Message) -> Turn:
        if state.pending and case_reference(message.text)[0]:
            wanted = {"status": Move.STATUS, "withdraw": Move.WITHDRAW, "urge": Move.URGE}.get(state.pending, Move.STATUS)
            return self.desk.about_case(state, wanted, message)
        if state.pending == "withdraw" and state.receipt and self.desk.matters.named(state, message.text) is not None:
            return self.desk.about_case(state, Move.WITHDRAW, message)
        if state.pending == WITHDRAW and (is_no(message.text) or move in (Move.DENY, Move.CANCEL) or _KEEPS.search(message.text)):
            return self.desk.wishes.keep(state)  # “先不撤” sounds like a withdrawal to the model: what is heard as no counts first
        if state.pending == WITHDRAW and (is_yes(message.text) or move is Move.AFFIRM):
            return self.desk.about_case(state, Move.WITHDRAW, message)
        if state.pending == WITHDRAW and move is not Move.WITHDRAW:
            state.pending = None
        if state.receipt and (wish := self.desk.wishes.heard(state, move, message)) is not None:
            return wish
        if move in (Move.STATUS, Move.WITHDRAW, Move.URGE):
            return self.desk.about_case(state, move, message)
        if state.stage is Stage.FILING:
            return Turn(state, self._line(state, "filed.waiting"))
        if move is Move.COMPLAIN and len(message.text.strip()) >= 4:  # what is promised there is done: it reaches the people of the case
            return self._added(state, message)
        if move is Move.LAW:
            return Turn(state, self.desk.speaker.plain(state), "answer_law", {"question": message.text})
        if move in (Move.DESCRIBE, Move.INFORM, Move.CORRECT, Move.APPOINTMENT) and len(message.text.strip()) >= 4:
            return self._added(state, message)
        if move is Move.EVIDENCE and len(message.text.strip()) >= _TELLS_OF_MATERIAL and not QUESTION.search(message.text):
            return self._added(state, message, self.desk.speaker.say(state, "upload.first"))
        if move is not Move.REPEAT and (move in QUIET or self.desk.side.answers(move)):  # no open question to repeat: say how it goes on
            buttons = (self.desk.speaker.button("status", "status"),)
            return Turn(state, self.desk.speaker.plain(state, self.desk.side.text(state, move), choices=buttons))
        if len(_HAN.findall(message.text)) >= _TELLS and not QUESTION.search(message.text):
            return self._added(state, message)  # not understood, but told: the people of the case read it
        return Turn(state, self._line(state, "filed.track"))

    def _added(self, state: IntakeState, message: Message, *texts: str) -> Turn:
        """Something new after filing goes to the people who handle the case; a new dispute is offered its own registration."""
        first, *others = self.desk.own_cases(state, None, message.text) or [{}]
        payload: dict[str, Any] = {"number": first.get("number"), "code": first.get("tracking_code"), "text": message.text}
        if also := also_of({"also": others}):
            payload["also"] = also
        buttons = (self.desk.speaker.button("new_case", "new_case"), self.desk.speaker.button("handoff", "handoff"))
        return Turn(state, self.desk.speaker.plain(state, *texts, choices=buttons), "add_information", payload)

    def _line(self, state: IntakeState, key: str) -> Reply:
        return self.desk.speaker.plain(state, self.desk.speaker.say(state, key), choices=(self.desk.speaker.button("status", "status"),))
