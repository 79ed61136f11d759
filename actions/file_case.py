"""Files the confirmed case, or the linked cases of one story: on disk first, then to the backend; the resident is told the truth either way."""

from __future__ import annotations

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.types import DomainDict

from actions import tracking
from actions.backend import Refused
from actions.base import EngineAction, Events
from actions.extract_details import slots
from intake.conversation import Turn


class ActionFileCase(EngineAction):
    """Runs once the form is complete, which is when the resident has confirmed the card."""

    def name(self) -> str:
        return "action_file_case"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> Events:
        state = tracking.state_of(tracker)
        conversation = str(tracking.metadata_of(tracker).get("conversation_id") or tracker.sender_id)
        engine = self.parts.engine
        keys = tracking.case_keys(tracker, state)
        bodies = {keys[index]: {"conversation_id": conversation, **body} for index, body in engine.filing_bodies(state).items()}
        if len(keys) > 1 or state.later or state.link:  # cases of one story find each other by this
            state.link = state.link or keys[0]
            bodies = {key: {**body, "link": state.link} for key, body in bodies.items()}
        outcomes = await self.parts.outbox.file_all(keys[0], bodies)
        receipts = [self.parts.outbox.receipt(key) for key in keys]
        refused = next((outcome for outcome in outcomes.values() if isinstance(outcome, Refused)), None)
        turn: Turn = engine.refused(state, refused.detail, receipts) if refused else engine.filed(state, *receipts)
        self.utter(dispatcher, turn.reply, engine.draft(turn.state))
        return slots(tracker, turn, int(tracker.get_slot(tracking.HEARD) or 0))
