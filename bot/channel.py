"""Rasa's REST channel with a lock on the door and quiet logs.

The stock channel accepts any sender from anyone who reaches the port, and logs the resident's words when something fails.
This one asks for the server's token and logs ids only.
"""

import asyncio
import hmac
import logging
import os
from collections.abc import Awaitable, Callable
from typing import Any

from rasa.core.channels.channel import CollectingOutputChannel, InputChannel, UserMessage
from rasa.core.channels.rest import RestInput
from sanic import Blueprint, response
from sanic.request import Request
from sanic.response import HTTPResponse

logger = logging.getLogger(__name__)


class LoopbackInput(RestInput):
    """``POST /webhooks/rest/webhook?token=…`` for the backend only."""

    @classmethod
    def name(cls) -> str:
        return "rest"

    @classmethod
    def from_credentials(cls, credentials: dict[str, Any] | None) -> InputChannel:
        return cls()

    def blueprint(self, on_new_message: Callable[[UserMessage], Awaitable[None]]) -> Blueprint:
        webhook = Blueprint("jiefen_loopback", __name__)
        token = os.environ["JIEFEN_RASA_TOKEN"]

        @webhook.route("/", methods=["GET"])
        async def health(request: Request) -> HTTPResponse:
            return response.json({"status": "ok"})

        @webhook.route("/webhook", methods=["POST"])
        async def receive(request: Request) -> HTTPResponse:
            if not hmac.compare_digest(str(request.args.get("token") or ""), token):
                return response.json({"status": "unauthorized"}, status=401)
            body = request.json or {}
            sender, text = body.get("sender"), body.get("message")
            if not isinstance(sender, str) or not isinstance(text, str):
                return response.json({"status": "bad_input"}, status=400)
            collector = CollectingOutputChannel()
            message = UserMessage(text, collector, sender, input_channel=self.name(), metadata=body.get("metadata"))
            try:
                await on_new_message(message)
            except asyncio.CancelledError:
                logger.error("cancelled while handling a message of sender %s", sender)
                raise
            except Exception as error:  # outer loop of one request: the backend keeps the words and tries again
                logger.error("failed on a message of sender %s: %s", sender, type(error).__name__, exc_info=error)
                return response.json({"status": "failed"}, status=500)
            return response.json(collector.messages)

        return webhook
