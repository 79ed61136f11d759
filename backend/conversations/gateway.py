"""The one way to Rasa: its REST channel on loopback. Says exactly how a call failed, because it matters what may be sent again."""

from __future__ import annotations

import json
import logging
from enum import Enum
from typing import Any

import aiohttp

from backend.conversations.merge import BadReply, BotTurn, merge

log = logging.getLogger("jiefen.rasa")

CONNECT_TIMEOUT_S = 3.0


class Failure(str, Enum):
    """Why there is no reply. Only REFUSED is sure not to have reached Rasa."""

    REFUSED = "refused"  # nobody listens
    TIMEOUT = "timeout"  # sent, no answer in time; the turn may still be running over there
    BROKEN = "broken"  # the connection broke off
    HTTP = "http"  # an error status
    EMPTY = "empty"  # an empty list: what Rasa answers when the action server is away
    INVALID = "invalid"  # not a reply


class NoReply(Exception):
    """Rasa did not answer; ``failure`` says how."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.value)
        self.failure = failure


class RasaGateway:
    """Sends one message and reads one turn. Never logs words, names or the token."""

    def __init__(self, client: aiohttp.ClientSession, url: str, token: str, timeout_s: float) -> None:
        self._client = client
        self._url = f"{url.rstrip('/')}/webhooks/rest/webhook"
        self._token = token
        self._timeout = aiohttp.ClientTimeout(total=timeout_s, sock_connect=min(CONNECT_TIMEOUT_S, timeout_s))

    async def send(self, sender: str, text: str, metadata: dict[str, Any]) -> BotTurn:
        """Deliver a message.

        Raises:
            NoReply: with the kind of failure.
        """
        body = {"sender": sender, "message": text, "metadata": metadata}
        try:
            async with self._client.post(self._url, params={"token": self._token}, json=body, timeout=self._timeout) as answer:
                if answer.status != 200:
                    raise NoReply(Failure.HTTP)
                turn = merge(json.loads(await answer.read()))
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError):
            raise NoReply(Failure.REFUSED) from None
        except TimeoutError:
            raise NoReply(Failure.TIMEOUT) from None
        except (aiohttp.ClientError, ConnectionError):
            raise NoReply(Failure.BROKEN) from None
        except (ValueError, BadReply):
            raise NoReply(Failure.INVALID) from None
        if turn is None:
            raise NoReply(Failure.EMPTY)
        return turn
