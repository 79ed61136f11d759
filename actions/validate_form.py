"""``required_slots`` of the form, computed by the engine: the slot it asks for next, or none when the case is to be filed."""

from __future__ import annotations

from rasa_sdk import Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.types import DomainDict

from actions import tracking
from actions.base import EngineAction, Events

REQUESTED = "requested_slot"
DETAIL, FOLLOW_UP = "detail", "follow_up"  # stand for type-specific questions, and for nothing being asked


class ValidateDisputeForm(EngineAction):
    """Rasa's form asks whatever this names. It also repeats ``heard``, so that the form never rejects a turn as unheard."""

    def name(self) -> str:
        return "validate_dispute_form"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> Events:
        wanted = self.required_slots(tracker, domain)
        return [SlotSet(tracking.HEARD, tracker.get_slot(tracking.HEARD)), SlotSet(REQUESTED, wanted[0] if wanted else None)]

    def required_slots(self, tracker: Tracker, domain: DomainDict) -> list[str]:
        """Slots the form still has to ask for, the next one first."""
        turn = tracker.get_slot(tracking.TURN) or {}
        if turn.get("action") == "file":
            return []
        expecting = (turn.get("reply") or {}).get("expecting")
        if not expecting:
            return [FOLLOW_UP]
        known = domain.get("slots") or {}
        return [expecting["slot"] if expecting["slot"] in known else DETAIL]
