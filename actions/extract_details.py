"""The one extraction action: runs on every message, asks the engine for the turn, keeps state and pending reply in slots."""

from __future__ import annotations

from rasa_sdk import Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.types import DomainDict

from actions import tracking
from actions.base import EngineAction, Events
from actions.hearing import with_predictions
from common.payloads import to_json
from intake.conversation import Turn
from intake.state import IntakeState, Stage


class ActionExtractDetails(EngineAction):
    """Hears everything a message says at once. Repeating a message (Rasa does when a form opens) changes nothing."""

    def name(self) -> str:
        return "action_extract_details"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> Events:
        message = tracking.message_of(tracker, self.parts)
        state = tracking.state_of(tracker, str(tracking.metadata_of(tracker).get("contact_channel") or "web"))
        if state.last_message_id == message.message_id and tracker.get_slot(tracking.TURN):
            return []
        state = self._with_receipt(tracker, state)
        if self.parts.classifier is not None:
            message = with_predictions(message, state, self.parts.engine, self.parts.classifier)
        return slots(tracker, self.parts.engine.turn(state, message), int(tracker.get_slot(tracking.HEARD) or 0) + 1)

    def _with_receipt(self, tracker: Tracker, state: IntakeState) -> IntakeState:
        """A filing that waited has arrived meanwhile (the backend has told its number)."""
        if state.stage is not Stage.FILING:
            return state
        receipts = [self.parts.outbox.receipt(key) for key in tracking.case_keys(tracker, state)]
        return self.parts.engine.filed(state, *receipts).state if any(receipts) else state


def slots(tracker: Tracker, turn: Turn, heard: int) -> Events:
    """State and pending reply as slot events; the filing body and the draft are made again when they are needed."""
    reply = to_json(turn.reply)
    reply.pop("draft")
    payload = {} if turn.action == "file" else turn.payload
    return [
        *(SlotSet(name, value) for name, value in tracking.slots_of(tracker, turn.state).items()),
        SlotSet(tracking.TURN, {"reply": reply, "action": turn.action, "payload": payload}),
        SlotSet(tracking.HEARD, heard),
    ]
