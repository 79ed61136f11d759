"""A small real server that speaks Rasa's REST protocol, for what the real one cannot be made to do on command: be down, hang, fail."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web
from aiohttp.test_utils import TestServer, unused_port


def reply(text: str, **more: Any) -> dict[str, Any]:
    """A ``custom`` payload as the actions send it."""
    return {
        "text": text,
        "choices": [],
        "card": None,
        "expecting": {"slot": "narrative", "kind": "text", "optional": False},
        "state": "intake",
        "case_number": None,
        "draft": None,
        **more,
    }


@dataclass
class Rasa:
    """Answers each message with what stands in ``script`` next, or repeats it in a plain reply.

    Attributes:
        fault: None, "http", "empty", "garbage", "hang", "break", "plain" (text without a payload).
        received: every request, in order of arrival.
        effects: message ids that changed the dialogue; a repeat changes nothing, as in the real engine.
        overlapping: the most requests of one sender that ran at the same time.
    """

    port: int = field(default_factory=unused_port)
    fault: str | None = None
    delay_s: float = 0.0
    script: list[list[dict[str, Any]]] = field(default_factory=list)
    received: list[dict[str, Any]] = field(default_factory=list)
    effects: list[str] = field(default_factory=list)
    overlapping: int = 0
    asked: asyncio.Event = field(default_factory=asyncio.Event)
    _answers: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    _running: dict[str, int] = field(default_factory=dict)
    _server: TestServer | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def texts(self) -> list[str]:
        return [request["message"] for request in self.received]

    async def start(self) -> None:
        app = web.Application()
        app.router.add_post("/webhooks/rest/webhook", self._webhook)
        self._server = TestServer(app, host="127.0.0.1", port=self.port)
        await self._server.start_server(shutdown_timeout=0.1)

    async def stop(self) -> None:
        if self._server is not None:
            await self._server.close()
            self._server = None

    async def _webhook(self, request: web.Request) -> web.StreamResponse:
        body = await request.json()
        self.received.append({**body, "token": request.query.get("token")})
        self.asked.set()
        sender = body["sender"]
        self._running[sender] = self._running.get(sender, 0) + 1
        self.overlapping = max(self.overlapping, self._running[sender])
        try:
            return await self._answer(request, body)
        finally:
            self._running[sender] -= 1

    async def _answer(self, request: web.Request, body: dict[str, Any]) -> web.StreamResponse:
        if self.fault == "http":
            return web.Response(status=500, text="boom")
        if self.fault == "empty":
            return web.json_response([])
        if self.fault == "plain":
            return web.json_response([{"recipient_id": body["sender"], "text": "我没听懂。"}])
        if self.fault == "garbage":
            return web.Response(text="<html>", content_type="text/html")
        if self.fault == "break":
            assert request.transport is not None
            request.transport.close()
            return web.Response()
        answer = self._turn(body)
        if self.fault == "hang":
            await asyncio.sleep(3600)
        await asyncio.sleep(self.delay_s)
        return web.json_response([{"recipient_id": body["sender"], "custom": item} for item in answer])

    def _turn(self, body: dict[str, Any]) -> list[dict[str, Any]]:
        message_id = body["metadata"]["message_id"]
        if message_id not in self._answers:
            self.effects.append(message_id)
            self._answers[message_id] = self.script.pop(0) if self.script else [reply(f"记下了：{body['message']}")]
        return self._answers[message_id]
