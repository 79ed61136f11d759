"""Speaks: the engine's pending reply, after what only a look outside can tell (a law answer, a case's progress)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.types import DomainDict

from actions import tracking
from actions.base import EngineAction, Events
from actions.lookups import Lookups
from actions.parts import Parts
from common.payloads import Reply


class SpeakAction(EngineAction):
    """Utters the turn as one message. Used for every slot of the form and as the fallback; never silent.

    Args:
        called: the action's name in the domain.
    """

    def __init__(self, parts: Parts, called: str) -> None:
        super().__init__(parts)
        self._called = called
        self._lookups = Lookups(parts)

    def name(self) -> str:
        return self._called

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> Events:
        state = tracking.state_of(tracker)
        turn: dict[str, Any] = tracker.get_slot(tracking.TURN) or {}
        reply = tracking.reply_from(turn["reply"]) if turn.get("reply") else self.parts.engine.resume(state).reply
        payload = dict(turn.get("payload") or {})
        looked = await self._lookups.look(str(turn.get("action") or "none"), payload, state)
        events: Events = []
        if looked.found and payload.get("visit"):  # number and code are right: the talk is about that case from now on
            visit = self.parts.engine.visiting(state, str(payload["number"]), str(payload["code"]))
            state, reply = visit.state, visit.reply
            events = [SlotSet(name, value) for name, value in tracking.slots_of(tracker, state).items()]
        reply = _joined(looked.text, reply)
        self.utter(dispatcher, reply, self.parts.engine.draft(state))
        return events


def _joined(before: str, reply: Reply) -> Reply:
    if not before:
        return reply
    return replace(reply, text=f"{before}\n\n{reply.text}" if reply.text else before)
