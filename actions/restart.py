"""Stands in for Rasa's own ``action_restart``, which would wipe the tracker; the engine starts over by itself."""

from __future__ import annotations

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.types import DomainDict

from actions.base import EngineAction, Events


class ActionRestart(EngineAction):
    """Does nothing: the extraction has already heard the wish to start over, and the form speaks."""

    def name(self) -> str:
        return "action_restart"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> Events:
        return []
