"""The staff's side of conversations over HTTP: who waits, who is in danger, take, answer, hand back, files."""

from __future__ import annotations

import asyncio
import contextlib
from typing import Any, get_args
from urllib.parse import quote

from aiohttp import WSMsgType, web

from backend.conversations.hub import STAFF as STAFF_TOPIC
from backend.conversations.hub import Event
from backend.conversations.queue_list import MAX_PAGE, Queue
from backend.http import auth
from backend.http import conversation_schemas as schemas
from backend.http.body import parse_json, read_model
from backend.http.conversation_keys import PARTS
from backend.http.endpoint import Endpoint, Parameter
from common.enums import StaffRole
from common.errors import BadInput, Forbidden, JiefenError, NotFound

RECHECK_S = 60.0  # a console that stays connected must still be logged in
HEARTBEAT_S = 25.0
CLOSE_REFUSED, CLOSE_BEHIND = 4401, 4408


async def list_conversations(request: web.Request) -> web.Response:
    staff = await auth.require_staff(request)
    queue = request.query.get("queue", "attention")
    if queue not in get_args(Queue):
        raise BadInput(f"queue 可以是：{'、'.join(get_args(Queue))}", field="queue")
    page, size = _count(request, "page", 1, 100_000), _count(request, "page_size", 20, MAX_PAGE)
    return web.json_response(await request.app[PARTS].lists.page(queue, staff.id, page, size))  # type: ignore[arg-type]  # checked above


async def list_alerts(request: web.Request) -> web.Response:
    await auth.require_staff(request)
    still_open = request.query.get("open", "1") not in {"0", "false"}
    items = await request.app[PARTS].lists.alerts(still_open=still_open, limit=_count(request, "limit", 50, MAX_PAGE))
    return web.json_response({"items": items})


async def answer_alert(request: web.Request) -> web.Response:
    staff = await auth.require_staff(request)
    body = await read_model(request, schemas.AlertRequest)
    number = request.match_info["alert_id"]
    if not (number.isascii() and number.isdigit() and len(number) < 12):
        raise NotFound("没有这条提醒")
    view = await request.app[PARTS].desk.acknowledge(int(number), auth.actor(request, staff), body.note.strip(), close=body.close)
    return web.json_response(view)


async def show(request: web.Request) -> web.Response:
    """The whole conversation; that it was seen is logged."""
    staff = await auth.require_staff(request)
    return web.json_response(await request.app[PARTS].lists.detail(request.match_info["id"], auth.actor(request, staff)))


async def take(request: web.Request) -> web.Response:
    staff = await auth.require_staff(request)
    return web.json_response(await request.app[PARTS].desk.take(request.match_info["id"], auth.actor(request, staff), staff.display_name))


async def hand_back(request: web.Request) -> web.Response:
    staff = await auth.require_staff(request)
    supervises = staff.may(StaffRole.SUPERVISOR)
    status = await request.app[PARTS].desk.hand_back(request.match_info["id"], auth.actor(request, staff), supervises=supervises)
    return web.json_response(status)


async def resume(request: web.Request) -> web.Response:
    """After danger, a person lets the intake go on."""
    staff = await auth.require_staff(request)
    return web.json_response(await request.app[PARTS].desk.resume(request.match_info["id"], auth.actor(request, staff)))


async def reply(request: web.Request) -> web.Response:
    staff = await auth.require_staff(request)
    body = await read_model(request, schemas.ReplyRequest)
    line = await request.app[PARTS].desk.reply(
        request.match_info["id"], auth.actor(request, staff), staff.display_name, body.text, body.client_message_id
    )
    return web.json_response(line)


async def download(request: web.Request) -> web.StreamResponse:
    """Always as an attachment: a resident's file is never shown inside our pages."""
    staff = await auth.require_staff(request)
    conversation_id = request.match_info["id"]
    parts = request.app[PARTS]
    found = await parts.lists.evidence(conversation_id, request.match_info["evidence_id"], auth.actor(request, staff))
    path = parts.folder.path(conversation_id, found.stored_name)
    if not path.is_file():
        raise NotFound("这份材料的文件不在了")
    extension = path.suffix
    headers = {
        "Content-Type": found.media_type,
        "Content-Disposition": f"attachment; filename=\"evidence{extension}\"; filename*=UTF-8''{quote(found.name)}",
        "Content-Security-Policy": "sandbox; default-src 'none'",
    }
    return web.FileResponse(path, headers=headers)


async def socket(request: web.Request) -> web.WebSocketResponse:
    """Everything that happens, as it happens: alerts, conversations that changed, typing."""
    if not auth.same_origin(request):
        raise Forbidden("请从本站页面连接")
    await auth.require_staff(request)
    console = web.WebSocketResponse(heartbeat=HEARTBEAT_S, max_msg_size=16 * 1024)
    await console.prepare(request)
    with request.app[PARTS].hub.listen(STAFF_TOPIC) as queue:
        await console.send_json({"type": "ready"})
        sending = asyncio.create_task(_send(request, console, queue))
        try:
            async for message in console:
                if message.type is WSMsgType.TEXT:
                    await _typing(request, message.data)
        finally:
            sending.cancel()
            with contextlib.suppress(asyncio.CancelledError, ConnectionError):
                await sending
    return console


async def _send(request: web.Request, console: web.WebSocketResponse, queue: asyncio.Queue[Event | None]) -> None:
    while True:
        try:
            event = await asyncio.wait_for(queue.get(), RECHECK_S)
        except TimeoutError:
            try:
                await auth.require_staff(request)
            except JiefenError:
                await console.close(code=CLOSE_REFUSED)
                return
            continue
        if event is None:
            await console.close(code=CLOSE_BEHIND)
            return
        await console.send_json(event)


async def _typing(request: web.Request, text: str) -> None:
    try:
        body: Any = parse_json(text.encode("utf-8", "replace"))
    except BadInput:
        return
    if isinstance(body, dict) and body.get("type") == "typing" and isinstance(body.get("conversation_id"), str):
        request.app[PARTS].hub.publish(body["conversation_id"], {"type": "typing", "role": "operator"})


def _count(request: web.Request, name: str, default: int, highest: int) -> int:
    given = request.query.get(name, str(default))
    if not (given.isascii() and given.isdigit() and len(given) < 10 and 1 <= int(given) <= highest):
        raise BadInput(f"{name} 应当是 1 到 {highest} 的整数", field=name)
    return int(given)


_BASE = "/api/v1/staff/conversations"
_ENTRY = ("unauthorized", "forbidden", "not_found")
_PAGE = (
    Parameter("page", "第几页，从 1 开始", schema={"type": "integer", "minimum": 1, "default": 1}),
    Parameter("page_size", "每页几条", schema={"type": "integer", "minimum": 1, "maximum": MAX_PAGE, "default": 20}),
)

ENDPOINTS = [
    Endpoint("GET", _BASE, list_conversations, "对话列表，最急的在前", "staff", auth="staff", response=schemas.QueuePage, errors=_ENTRY[:2],
             query=(Parameter("queue", "哪一列", schema={"type": "string", "enum": list(get_args(Queue)), "default": "attention"}), *_PAGE)),
    Endpoint("GET", f"{_BASE}/{{id}}", show, "一段对话的全部：记录、草稿、提醒、材料；查看会留下记录", "staff", auth="staff",
             response=schemas.StaffConversation, errors=_ENTRY),
    Endpoint("POST", f"{_BASE}/{{id}}/take", take, "接管对话；一段对话只能有一位坐席", "staff", auth="staff",
             response=schemas.StatusShown, errors=(*_ENTRY, "conflict")),
    Endpoint("POST", f"{_BASE}/{{id}}/hand_back", hand_back, "交还给登记助手，从没答完的问题接着来", "staff", auth="staff",
             response=schemas.StatusShown, errors=(*_ENTRY, "conflict")),
    Endpoint("POST", f"{_BASE}/{{id}}/resume", resume, "危险过去后恢复登记（R3 只能由人恢复）", "staff", auth="staff",
             response=schemas.StatusShown, errors=(*_ENTRY, "conflict")),
    Endpoint("POST", f"{_BASE}/{{id}}/messages", reply, "以坐席身份回复居民", "staff", auth="staff", request=schemas.ReplyRequest,
             response=schemas.MessageShown, errors=(*_ENTRY, "conflict", "too_large")),
    Endpoint("GET", f"{_BASE}/{{id}}/evidence/{{evidence_id}}", download, "下载材料；下载会留下记录", "staff", auth="staff",
             response_media="application/octet-stream", errors=_ENTRY),
    Endpoint("GET", "/api/v1/staff/alerts", list_alerts, "提醒列表，最重的在前", "staff", auth="staff", response=schemas.AlertList,
             errors=_ENTRY[:2], query=(Parameter("open", "0：也要已处理的"), Parameter("limit", "最多几条"))),
    Endpoint("POST", "/api/v1/staff/alerts/{alert_id}", answer_alert, "确认或处理完一条提醒", "staff", auth="staff",
             request=schemas.AlertRequest, response=schemas.AlertShown, errors=_ENTRY),
    Endpoint("GET", "/api/v1/staff/ws", socket, "WebSocket：提醒和对话变化实时推送", "staff", auth="staff", statuses=(101,), errors=_ENTRY[:2]),
]  # fmt: skip
