"""Files the confirmed case: on disk first, then to the backend; the resident is told the truth either way."""

from __future__ import annotations

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.types import DomainDict

from actions import tracking
from actions.backend import Refused
from actions.base import EngineAction, Events
from actions.extract_details import slots
from intake import filing
from intake.conversation import Turn


class ActionFileCase(EngineAction):
    """Runs once the form is complete, which is when the resident has confirmed the card."""

    def name(self) -> str:
        return "action_file_case"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> Events:
        state = tracking.state_of(tracker)
        conversation = str(tracking.metadata_of(tracker).get("conversation_id") or tracker.sender_id)
        engine = self.parts.engine
        body = {"conversation_id": conversation, **engine.filing_body(state)}
        turn: Turn
        try:
            turn = engine.filed(state, await self.parts.outbox.file(tracking.case_key(tracker, state), body))
        except Refused as refused:
            turn = engine.refused(state, refused.detail)
        self.utter(dispatcher, turn.reply, filing.draft(turn.state))
        return slots(tracker, turn, int(tracker.get_slot(tracking.HEARD) or 0))
