"""Base of our actions: the parts, and one way to speak."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action
from rasa_sdk.executor import CollectingDispatcher

from actions.parts import Parts
from common.payloads import Reply, to_json

Events = list[dict[str, Any]]


class EngineAction(Action):
    """An action over the engine. Not registered by itself: the server makes one object of each."""

    def __init__(self, parts: Parts) -> None:
        self.parts = parts

    @staticmethod
    def utter(dispatcher: CollectingDispatcher, reply: Reply, draft: dict[str, Any] | None) -> None:
        """ONE custom message a turn: the whole reply as the backend reads it."""
        said = to_json(reply)
        said["draft"] = draft
        dispatcher.utter_message(json_message=said)
