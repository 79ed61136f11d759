"""Live lines for a resident's page: first what it missed, then what comes. Saying something stays with POST, which is stored first.

Protocol, JSON texts. The page connects to ``…/ws?after=SEQ`` and proves itself with a first message
``{"type": "auth", "token": …}`` or with the subprotocols ``jiefen.v1, token.<token>`` (a token never stands in an address).
The server sends ``ready`` (expecting, state, case_number), ``message`` (message, expecting, state, case_number), ``typing``
(role) and ``error`` (code, detail) before it closes. The page may send ``{"type": "typing"}`` and ``{"type": "ping"}``.
"""

from __future__ import annotations

import asyncio
import contextlib
from typing import Any

from aiohttp import WSMsgType, web

from backend.conversations.hub import STAFF, Event
from backend.http.auth import bearer_token, same_origin
from backend.http.body import parse_json
from backend.http.conversation_keys import PARTS
from backend.http.endpoint import Endpoint, Parameter
from common.errors import BadInput, Forbidden, JiefenError, TooManyRequests, Unauthorized

PROTOCOL = "jiefen.v1"
AUTH_TIMEOUT_S = 10.0
HEARTBEAT_S = 25.0
MAX_MESSAGE_BYTES = 16 * 1024
PAGES_PER_CONVERSATION = 8
CLOSE_REFUSED, CLOSE_BEHIND, CLOSE_GOING = 4401, 4408, 1001  # wrong token; too slow, come back and replay; shutting down


async def socket(request: web.Request) -> web.WebSocketResponse:
    """Authenticate, replay, then follow."""
    if not same_origin(request):
        raise Forbidden("请从本站页面连接")
    conversation_id = request.match_info["id"]
    parts = request.app[PARTS]
    if parts.hub.listeners(conversation_id) >= PAGES_PER_CONVERSATION:
        raise TooManyRequests("这段对话打开的页面太多了，请关掉几个")
    after = _after(request.query.get("after", "0"))
    page = web.WebSocketResponse(heartbeat=HEARTBEAT_S, max_msg_size=MAX_MESSAGE_BYTES, protocols=(PROTOCOL,))
    await page.prepare(request)
    try:
        token, later = await _token(request, page)
        await parts.conversations.admit(conversation_id, token)
        await _follow(request, page, conversation_id, after if later is None else later)
    except JiefenError as error:
        if not page.closed:
            await page.send_json({"type": "error", "code": error.code, "detail": error.detail})
            await page.close(code=CLOSE_REFUSED)
    return page


async def _follow(request: web.Request, page: web.WebSocketResponse, conversation_id: str, after: int) -> None:
    parts = request.app[PARTS]
    with parts.hub.listen(conversation_id) as queue:  # before the replay, so that nothing falls between the two
        sending = asyncio.create_task(_send(request, page, conversation_id, after, queue))
        try:
            await _listen(request, page, conversation_id)
        finally:
            sending.cancel()
            with contextlib.suppress(asyncio.CancelledError, ConnectionError):
                await sending


async def _send(
    request: web.Request, page: web.WebSocketResponse, conversation_id: str, after: int, queue: asyncio.Queue[Event | None]
) -> None:
    conversations = request.app[PARTS].conversations
    seen, more, first = after, True, True
    while more:
        missed = await conversations.replay(conversation_id, seen)
        status = {name: missed[name] for name in ("expecting", "state", "case_number")}
        if first:
            await page.send_json({"type": "ready", **status})
            first = False
        for line in missed["messages"]:
            await page.send_json({"type": "message", "message": line, **status})
            seen = line["seq"]
        more = missed["has_more"]
    while True:
        event = await queue.get()
        if event is None:
            await page.close(code=CLOSE_BEHIND)
            return
        if event["type"] == "message":
            if event["message"]["seq"] <= seen:
                continue
            seen = event["message"]["seq"]
        await page.send_json(conversations.codes.fill(conversation_id, event))


async def _listen(request: web.Request, page: web.WebSocketResponse, conversation_id: str) -> None:
    """What the page sends: signs of life. Ends when the page goes."""
    hub = request.app[PARTS].hub
    async for message in page:
        if message.type is not WSMsgType.TEXT:
            continue
        kind = _object(message.data).get("type")
        if kind == "typing":
            hub.publish(STAFF, {"type": "typing", "role": "resident", "conversation_id": conversation_id})
        elif kind == "ping":
            await page.send_json({"type": "pong"})


async def _token(request: web.Request, page: web.WebSocketResponse) -> tuple[str, int | None]:
    """The token, and ``after`` when the first message names it."""
    if given := bearer_token(request):
        return given, None
    offered = request.headers.get("Sec-WebSocket-Protocol", "")
    for protocol in map(str.strip, offered.split(",")):
        if protocol.startswith("token."):
            return protocol.removeprefix("token."), None
    try:
        message = await page.receive(AUTH_TIMEOUT_S)
    except TimeoutError:
        raise Unauthorized("没有收到对话凭证") from None
    body = _object(message.data) if message.type is WSMsgType.TEXT else {}
    token, after = body.get("token"), body.get("after")
    if body.get("type") != "auth" or not isinstance(token, str):
        raise Unauthorized("没有收到对话凭证")
    return token, after if isinstance(after, int) and not isinstance(after, bool) and after >= 0 else None


def _object(text: str) -> dict[str, Any]:
    """A JSON object; anything else is ignored."""
    try:
        value = parse_json(text.encode("utf-8", "replace"))
    except BadInput:
        return {}
    return value if isinstance(value, dict) else {}


def _after(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= 10):
        raise BadInput("after 应当是整数", field="after")
    return int(text)


ENDPOINTS = [
    Endpoint(
        "GET", "/api/v1/conversations/{id}/ws", socket, "WebSocket：补上错过的消息，再实时推送；凭证放在第一条消息或子协议里", "conversations",
        auth="conversation", statuses=(101,), errors=("forbidden", "too_many_requests"),
        query=(Parameter("after", "只要序号大于它的消息", schema={"type": "integer", "minimum": 0, "default": 0}),),
    ),
]  # fmt: skip
