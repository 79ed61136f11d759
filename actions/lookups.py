"""What only a look outside can tell: law answers, progress of a case, and wishes handed to the people of a case."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from typing import Any

from actions.backend import BackendAway, Refused
from actions.parts import Parts
from intake.state import IntakeState

log = logging.getLogger("jiefen.actions")
_DONE = {"withdraw": "withdraw.done", "urge": "urge.done", "add_information": "filed.addition"}


class Lookups:
    """Texts that go before the engine's reply."""

    def __init__(self, parts: Parts) -> None:
        self.parts = parts
        self._by_action: dict[str, Callable[[dict[str, Any], IntakeState], Awaitable[str]]] = {
            "answer_law": self._law,
            "case_status": self._status,
            "withdraw": self._withdraw,
            "urge": self._urge,
            "add_information": self._information,
        }

    async def text(self, action: str, payload: dict[str, Any], state: IntakeState) -> str:
        """The text of an action; empty for actions that say nothing of their own."""
        look = self._by_action.get(action)
        return await look(payload, state) if look else ""

    def _say(self, key: str, **values: Any) -> str:
        return self.parts.knowledge.phrase(key, **values)

    async def _law(self, payload: dict[str, Any], state: IntakeState) -> str:
        faq = self.parts.faq
        return faq.text(faq.answer(str(payload.get("question") or "")))

    async def _status(self, payload: dict[str, Any], state: IntakeState) -> str:
        """Progress, also of the other cases of the same story."""
        return "\n".join([await self._progress(case) for case in (payload, *payload.get("also", []))])

    async def _progress(self, case: dict[str, Any]) -> str:
        try:
            found = await self.parts.backend.progress(str(case["number"]), str(case["code"]))
        except Refused:
            return self._say("status.not_found")
        except BackendAway as away:
            log.warning("progress not available: %s", away)
            return self._say("outage.lookup")
        lines = [self._say("status.intro", number=found["number"], status=found["status_text"]), str(found.get("next_step") or "")]
        return "\n".join(line for line in lines if line)

    async def _withdraw(self, payload: dict[str, Any], state: IntakeState) -> str:
        return await self._tell("withdraw", payload)

    async def _urge(self, payload: dict[str, Any], state: IntakeState) -> str:
        return await self._tell("urge", payload)

    async def _information(self, payload: dict[str, Any], state: IntakeState) -> str:
        return await self._tell("add_information", payload)

    async def _tell(self, kind: str, payload: dict[str, Any]) -> str:
        text = str(payload.get("text") or "")
        said = [await self._tell_one(kind, case, text) for case in (payload, *payload.get("also", []))]
        return "\n".join(dict.fromkeys(said))

    async def _tell_one(self, kind: str, payload: dict[str, Any], text: str) -> str:
        number = str(payload.get("number") or "")
        try:
            await self.parts.backend.tell(number, str(payload.get("code") or ""), kind, text)
        except Refused as refused:
            log.info("request %s refused with status %d", kind, refused.status)
            return self._say("request.refused")
        except BackendAway as away:
            log.warning("request %s not delivered: %s", kind, away)
            return self._say("outage.lookup")
        return self._say(_DONE[kind], number=number)
