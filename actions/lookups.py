"""What only a look outside can tell: law answers, progress of a case, and wishes handed to the people of a case."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any, NamedTuple

from actions.backend import BackendAway, Refused
from actions.parts import Parts
from intake.state import IntakeState

log = logging.getLogger("jiefen.actions")
NOT_FOUND, CONFLICT = 404, 409
_DONE = {
    "withdraw": "withdraw.done",
    "urge": "urge.done",
    "add_information": "filed.addition",
    "reschedule": "reschedule.done",
    "rate": "rate.thanks",
}
_AGAIN = {"urge": "urge.already", "add_information": "request.already", "reschedule": "request.already", "rate": "rate.thanks"}
_TOO_LATE = {"withdraw": "withdraw.too_late", "rate": "rate.too_early"}


class Looked(NamedTuple):
    """What was found outside; ``found`` is False when it was refused or nobody answered."""

    text: str
    found: bool


class Lookups:
    """Texts that go before the engine's reply."""

    def __init__(self, parts: Parts) -> None:
        self.parts = parts
        self._by_action: dict[str, Callable[[dict[str, Any], IntakeState], Awaitable[Looked]]] = {
            "answer_law": self._law,
            "case_status": self._status,
            **{kind: partial(self._tell, kind) for kind in _DONE},
        }

    async def look(self, action: str, payload: dict[str, Any], state: IntakeState) -> Looked:
        """What an action has to say; nothing for actions that say nothing of their own."""
        look = self._by_action.get(action)
        return await look(payload, state) if look else Looked("", False)

    def _say(self, key: str, **values: Any) -> str:
        return self.parts.knowledge.phrase(key, **values)

    async def _law(self, payload: dict[str, Any], state: IntakeState) -> Looked:
        faq = self.parts.faq
        return Looked(faq.text(faq.answer(str(payload.get("question") or ""))), True)

    async def _status(self, payload: dict[str, Any], state: IntakeState) -> Looked:
        """Progress, also of the other cases of the same story."""
        return _together([await self._progress(case) for case in (payload, *payload.get("also", []))])

    async def _progress(self, case: dict[str, Any]) -> Looked:
        try:
            found = await self.parts.backend.progress(str(case["number"]), str(case["code"]))
        except Refused:
            return Looked(self._say("status.not_found"), False)
        except BackendAway as away:
            log.warning("progress not available: %s", away)
            return Looked(self._say("outage.lookup"), False)
        lines = [self._say("status.intro", number=found["number"], status=found["status_text"]), str(found.get("next_step") or "")]
        return Looked("\n".join(line for line in lines if line), True)

    async def _tell(self, kind: str, payload: dict[str, Any], state: IntakeState) -> Looked:
        return _together([await self._tell_one(kind, case, payload) for case in (payload, *payload.get("also", []))])

    async def _tell_one(self, kind: str, case: dict[str, Any], wish: dict[str, Any]) -> Looked:
        number, text = str(case.get("number") or ""), str(wish.get("text") or "")
        try:
            answer = await self.parts.backend.tell(number, str(case.get("code") or ""), kind, text, wish.get("score"))
        except Refused as refused:
            log.info("request %s refused with status %d", kind, refused.status)
            return Looked(self._refused(kind, number, refused), False)
        except BackendAway as away:
            log.warning("request %s not delivered: %s", kind, away)
            return Looked(self._say("outage.lookup"), False)
        key = _DONE[kind] if answer.get("counted", True) else _AGAIN.get(kind, _DONE[kind])
        return Looked(self._say(key, number=number), True)

    def _refused(self, kind: str, number: str, refused: Refused) -> str:
        if refused.status == NOT_FOUND:
            return self._say("status.not_found")
        if refused.status == CONFLICT and kind in _TOO_LATE:
            return self._say(_TOO_LATE[kind], number=number)
        return refused.detail if refused.status == CONFLICT and refused.detail else self._say("request.refused")


def _together(all_looked: list[Looked]) -> Looked:
    """Several cases in one answer; the same sentence is said once."""
    return Looked("\n".join(dict.fromkeys(looked.text for looked in all_looked)), all(looked.found for looked in all_looked))
