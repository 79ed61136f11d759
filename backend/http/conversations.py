"""A resident's conversation over HTTP: open, say, replay. ``setup`` also adds uploads, the socket and the staff's side."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator

from aiohttp import web

from backend.conversations import inbound
from backend.conversations.service import PAGE
from backend.conversations.wiring import Settings, build
from backend.http import conversation_schemas as schemas
from backend.http import conversation_socket, keys, returning, staff_conversations, statements, uploads
from backend.http.body import read_model
from backend.http.conversation_keys import OPENING, PARTS, SAYING, require_conversation
from backend.http.endpoint import Endpoint, Parameter, register
from backend.http.ratelimit import RateLimiter
from backend.http.security import caller_address
from common.errors import BadInput


async def open_conversation(request: web.Request) -> web.Response:
    """Greeting, privacy notice and a token; needs neither Rasa nor the actions."""
    body = await read_model(request, schemas.OpenRequest)
    request.app[OPENING].hit(caller_address(request))
    opened = await request.app[PARTS].conversations.open(body.contact_channel)
    return web.json_response({"conversation_id": opened.conversation_id, "token": opened.token, **opened.turn}, status=201)


async def say(request: web.Request) -> web.Response:
    """One message of the resident, one merged message back."""
    conversation_id = await require_conversation(request)
    request.app[SAYING].hit(conversation_id)
    body = await read_model(request, schemas.MessageRequest)
    conversations = request.app[PARTS].conversations
    message = inbound.check(body.text, body.choice, body.edits, body.client_message_id, conversations.phrases)
    return web.json_response(await conversations.post(conversation_id, message))


async def replay(request: web.Request) -> web.Response:
    """Everything after a sequence number: after a reload, or for pages without a WebSocket."""
    conversation_id = await require_conversation(request)
    after, limit = whole(request, "after", 0, 10**9), whole(request, "limit", PAGE, PAGE)
    return web.json_response(await request.app[PARTS].conversations.replay(conversation_id, after, max(1, limit)))


def whole(request: web.Request, name: str, default: int, highest: int) -> int:
    """A query parameter that counts something.

    Raises:
        BadInput: not a whole number from 0 to ``highest``.
    """
    given = request.query.get(name)
    if given is None or given == "":
        return default
    if not (given.isascii() and given.isdigit() and len(given) <= 10 and int(given) <= highest):
        raise BadInput(f"{name} 应当是 0 到 {highest} 的整数", field=name)
    return int(given)


def setup(app: web.Application) -> None:
    """Add the routes of this topic and start its parts with the application."""
    config = app[keys.CONFIG]
    app[SAYING] = RateLimiter(config.messages_per_minute)
    app[OPENING] = RateLimiter(config.create_per_hour, 3600)
    app.cleanup_ctx.append(_parts)
    app.on_shutdown.append(_hang_up)
    register(app, ENDPOINTS)
    for topic in (uploads, returning, statements, conversation_socket, staff_conversations):
        register(app, topic.ENDPOINTS)


async def _parts(app: web.Application) -> AsyncIterator[None]:
    config = app[keys.CONFIG]
    parts = build(
        Settings(
            secret_key=config.secret_key,
            session_hours=config.session_hours,
            rasa_url=config.rasa_url,
            rasa_token=config.rasa_token,
            rasa_timeout_s=config.rasa_timeout_s,
            data_dir=config.data_dir,
            upload_max_bytes=config.upload_max_bytes,
            draft_days=config.draft_days,
        ),
        sessions=app[keys.SESSIONS],
        reads=app[keys.READS],
        clock=app[keys.CLOCK],
        knowledge=app[keys.KNOWLEDGE],
        screen=app[keys.SCREEN],
        model=app[keys.CLASSIFIER],
        opening=app[keys.INTAKE],
        executor=app[keys.EXECUTOR],
        client=app[keys.CLIENT],
    )
    app[PARTS] = parts
    running = asyncio.create_task(parts.worker.run())
    try:
        yield
    finally:
        running.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await running


async def _hang_up(app: web.Application) -> None:
    app[PARTS].hub.close()


_ENTRY = ("unauthorized", "token_expired", "not_found")

ENDPOINTS = [
    Endpoint(
        "POST", "/api/v1/conversations", open_conversation, "开始一段对话，返回凭证和问候", "conversations",
        request=schemas.OpenRequest, response=schemas.OpenedShown, statuses=(201,), errors=("too_many_requests",),
    ),
    Endpoint(
        "POST", "/api/v1/conversations/{id}/messages", say,
        "居民说一句话、点一个按钮或改登记卡；同一个 client_message_id 得到同一个答复", "conversations", auth="conversation",
        request=schemas.MessageRequest, response=schemas.TurnShown, errors=(*_ENTRY, "too_large", "too_many_requests"),
    ),
    Endpoint(
        "GET", "/api/v1/conversations/{id}/messages", replay, "某条之后的全部消息", "conversations", auth="conversation",
        response=schemas.ReplayShown, errors=_ENTRY,
        query=(
            Parameter("after", "只要序号大于它的消息", schema={"type": "integer", "minimum": 0, "default": 0}),
            Parameter("limit", "最多几条", schema={"type": "integer", "minimum": 1, "maximum": PAGE, "default": PAGE}),
        ),
    ),
]  # fmt: skip
