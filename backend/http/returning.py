"""Coming back over HTTP: the code of an unfinished conversation, and taking a conversation or a case up on another device."""

from __future__ import annotations

from aiohttp import web

from backend.http import conversation_schemas as schemas
from backend.http.body import read_model
from backend.http.conversation_keys import OPENING, PARTS, SAYING, require_conversation
from backend.http.endpoint import Endpoint
from backend.http.security import caller_address
from backend.http.wrong_codes import guarded


async def resume_code(request: web.Request) -> web.Response:
    """The code with which another device takes this unfinished conversation up; the same one until it is filed or started over."""
    conversation_id = await require_conversation(request)
    request.app[SAYING].hit(conversation_id)
    return web.json_response(await request.app[PARTS].returning.code_of(conversation_id))


async def resume(request: web.Request) -> web.Response:
    """With ``code`` alone: the unfinished conversation, under a further token; tokens of other devices stay good. With ``number`` and
    the case's tracking code: a fresh conversation about that case. Wrong, expired and revoked codes get the same answer.
    """
    body = await read_model(request, schemas.ResumeRequest)
    returning = request.app[PARTS].returning
    request.app[OPENING].hit(caller_address(request))
    async with guarded(request, body.number):
        if body.number is None:
            opened = await returning.by_code(body.code)
        else:
            opened = await returning.by_case(body.number, body.code, body.contact_channel)
    return web.json_response({"conversation_id": opened.conversation_id, "token": opened.token, **opened.turn}, status=201)


ENDPOINTS = [
    Endpoint(
        "GET", "/api/v1/conversations/{id}/resume-code", resume_code, "没登记完的对话，换个设备接着办用的号码", "conversations",
        auth="conversation", response=schemas.ResumeCodeShown,
        errors=("unauthorized", "token_expired", "not_found", "conflict", "too_many_requests"),
    ),
    Endpoint(
        "POST", "/api/v1/conversations/resume", resume,
        "在另一个设备上接着办：没登记完的凭接着办的号码，登记过的凭编号和查询码", "conversations",
        request=schemas.ResumeRequest, response=schemas.OpenedShown, statuses=(201,), errors=("not_found", "too_many_requests"),
    ),
]  # fmt: skip
