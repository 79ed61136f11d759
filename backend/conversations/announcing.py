"""A case was filed: keep its receipt, and tell the number when the bot has not told it (the filing waited in the outbox)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import update

from backend.conversations import log
from backend.conversations.delivery import publish_lines
from backend.conversations.hub import Hub
from backend.conversations.numbers import known_numbers
from backend.conversations.ports import PhrasesPort
from backend.conversations.resuming import ResumeCodes
from backend.conversations.speaking import say
from backend.conversations.states import SILENT, Delivery
from backend.db.base import Sessions
from backend.db.models_conversations import Evidence
from common.enums import ConversationState


class Announcer:
    """Two steps, because filing happens *inside* a turn: the actions file while Rasa answers, and that answer tells the number.

    ``filed`` never waits for the turn (it would wait for itself); ``announce`` runs after it, when its answer is known.
    """

    def __init__(
        self, sessions: Sessions, reads: Sessions, clock: Callable[[], datetime], phrases: PhrasesPort, hub: Hub, codes: ResumeCodes
    ) -> None:
        self._sessions = sessions
        self._reads = reads
        self._clock = clock
        self._phrases = phrases
        self._hub = hub
        self._codes = codes

    async def filed(self, conversation_id: str, receipt: Mapping[str, Any]) -> bool:
        """Keep the receipt. True when the number may still have to be told. Repeating it changes nothing."""
        number = str(receipt["number"])
        async with self._sessions.begin() as session:
            conversation = await log.load(session, conversation_id)
            untold = not (conversation.case_announced and number in known_numbers(conversation))
            if untold:
                waiting = conversation.case_receipt if not conversation.case_announced else None
                earlier = [*waiting.get("earlier", []), _alone(waiting)] if waiting and waiting["number"] != number else []
                conversation.case_receipt = {**receipt, "earlier": earlier}  # one story may bring two cases in a row
                conversation.case_announced = False
                await self._codes.revoke(session, conversation, self._clock())
            files = update(Evidence).where(Evidence.conversation_id == conversation_id, Evidence.case_number.is_(None))
            await session.execute(files.values(case_number=number))
        return untold

    async def announce(self, conversation_id: str) -> None:
        """Tell the number if no answer of the dialogue has, and none is on its way. Callers hold the conversation's turn."""
        async with self._reads() as session:
            if (await log.peek(session, conversation_id)).case_announced:
                return
        async with self._sessions.begin() as session:
            conversation = await log.load(session, conversation_id)
            receipt = conversation.case_receipt
            waiting = await log.oldest_pending(session, conversation_id)
            if conversation.case_announced or receipt is None or (waiting is not None and conversation.state not in SILENT):
                return
            conversation.case_announced = True
            receipts = [*receipt.get("earlier", []), _alone(receipt)]
            text = "\n".join(line for told in receipts for line in self._lines(told, first=told is receipts[0]))
            card = {"kind": "result", **receipts[0], **({"others": receipts[1:]} if receipts[1:] else {})}
            said = say(session, conversation, text, self._clock(), card=card)
            said.delivery = Delivery.LOCAL.value
            if conversation.case_number not in receipt.get("linked", []):  # the first case of a story stands for the conversation
                self._mark_filed(conversation, str(receipts[0]["number"]))
        publish_lines(self._hub, conversation, [said])

    def _lines(self, receipt: Mapping[str, Any], *, first: bool) -> list[str]:
        number = {"number": receipt["number"], "code": receipt.get("tracking_code", "")}
        if first:
            lines = [self._phrases.phrase("filed.delivered", **number)]
        else:
            lines = [self._phrases.phrase("split.filed_one", type_name=receipt.get("dispute_type_name", ""), **number)]
        if contact := receipt.get("contact_by_text"):
            lines.append(self._phrases.phrase("filed.contact_by", contact_by=contact))
        return lines

    @staticmethod
    def _mark_filed(conversation: Any, number: str) -> None:
        """Unless the next case is being told already: then its question stays open and its number is not this one."""
        asking = (conversation.expecting or {}).get("slot")
        if conversation.state in SILENT:
            if conversation.resume is not None:
                conversation.resume = {**conversation.resume, "state": ConversationState.FILED.value, "expecting": None}
            conversation.case_number = number
        elif asking in (None, "confirm"):
            conversation.state, conversation.expecting, conversation.offered = ConversationState.FILED.value, None, []
            conversation.case_number = number


def _alone(receipt: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in receipt.items() if name != "earlier"}
