"""Conversations on the real application, with a server in Rasa's place and a clock that runs."""

from __future__ import annotations

import asyncio
import time
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.backend.conftest import START, Api, Clock
from tests.backend.conversations.rasa import Rasa


class RunningClock(Clock):
    """Real time passes, and tests may jump forward."""

    def __init__(self) -> None:
        super().__init__(START)
        self._begin = time.monotonic()

    def __call__(self) -> datetime:
        return self.now + timedelta(seconds=time.monotonic() - self._begin)


@dataclass
class Chat:
    """A resident's page: keeps the token and what came back."""

    api: Api
    id: str = ""
    token: str = ""
    opened: dict[str, Any] = field(default_factory=dict)

    @property
    def url(self) -> str:
        return f"/api/v1/conversations/{self.id}"

    @property
    def auth(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}

    async def open(self, **body: Any) -> Chat:
        answer = await self.api.client.post("/api/v1/conversations", json={"contact_channel": "web", **body})
        assert answer.status == 201, await answer.text()
        self.opened = await answer.json()
        self.id, self.token = self.opened["conversation_id"], self.opened["token"]
        return self

    async def post(self, **body: Any) -> tuple[int, dict[str, Any]]:
        body.setdefault("client_message_id", uuid.uuid4().hex)
        answer = await self.api.client.post(f"{self.url}/messages", json=body, headers=self.auth)
        return answer.status, await answer.json()

    async def say(self, text: str | None = None, **body: Any) -> dict[str, Any]:
        status, turn = await self.post(**({"text": text} if text is not None else {}), **body)
        assert status == 200, turn
        return turn

    async def lines(self, after: int = 0) -> list[dict[str, Any]]:
        return list((await self.replay(after))["messages"])

    async def replay(self, after: int = 0) -> dict[str, Any]:
        answer = await self.api.client.get(f"{self.url}/messages", params={"after": after}, headers=self.auth)
        assert answer.status == 200, await answer.text()
        return dict(await answer.json())

    async def until(self, fits: Callable[[list[dict[str, Any]]], bool], seconds: float = 10) -> list[dict[str, Any]]:
        """Wait until the log fits."""
        end = time.monotonic() + seconds
        while True:
            lines = await self.lines()
            if fits(lines):
                return lines
            assert time.monotonic() < end, [f"{x['role']}: {x['text']}" for x in lines]
            await asyncio.sleep(0.05)


def said(turn: dict[str, Any]) -> str:
    return "\n".join(m["text"] for m in turn["messages"] if m["role"] != "resident")


def values(message: dict[str, Any]) -> list[str]:
    return [choice["value"] for choice in message["choices"]]


@pytest.fixture
def clock() -> Clock:
    return RunningClock()


@pytest.fixture
async def rasa() -> AsyncIterator[Rasa]:
    server = Rasa()
    await server.start()
    yield server
    await server.stop()


@pytest.fixture
async def api(make_api: Callable[..., Awaitable[Api]], rasa: Rasa) -> Api:
    return await make_api(rasa_url=rasa.url, rasa_timeout_s=1.0, messages_per_minute=1000)


@pytest.fixture
async def chat(api: Api) -> Chat:
    return await Chat(api).open()
