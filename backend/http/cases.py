"""Cases over HTTP: filing, the staff's list and detail, changes, and the resident's progress."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Any

from aiohttp import web

from backend.domain.calendar import BEIJING
from backend.http import auth, schemas
from backend.http.body import read_json, read_model, to_model
from backend.http.conversation_keys import PARTS
from backend.http.endpoint import Endpoint, Parameter, register
from backend.http.keys import AUDIT, CASE_CHANGES, CASE_LIST, CASES, READS, RESIDENT
from backend.http.metrics import METRICS
from backend.http.wrong_codes import guarded
from backend.services import case_views
from backend.services.audit import Actor
from backend.services.case_changes import CaseChange
from backend.services.case_list import MAX_PAGE_SIZE, CaseFilter
from backend.services.filing import CaseFiling
from backend.services.organisations import active_organisations
from common.enums import StaffRole
from common.errors import BadInput

_FILTERS = (
    *("status", "dispute_type", "route", "risk_level", "admin_level", "organisation_id", "division_code", "contact_channel"),
    *("assignee", "conversation_id"),
)


async def file_case(request: web.Request) -> web.Response:
    """201 for a new case, 200 when the same request had been filed before; both with the same receipt."""
    actor = None
    if not auth.is_internal(request):
        actor = auth.actor(request, await auth.require_staff(request))
    body = await read_json(request)
    filing = to_model(body, CaseFiling)
    key = request.headers.get("Idempotency-Key", "").strip()
    if not key:
        raise BadInput("缺少 Idempotency-Key 请求头", field="Idempotency-Key")
    if actor:  # staff cannot run into each other's keys, nor into a conversation's
        key = f"staff-{actor.staff_id}-{hashlib.sha256(key.encode('utf-8', 'replace')).hexdigest()[:48]}"
    filed = await request.app[CASES].file(filing, key, actor)
    if filed.created:
        request.app[METRICS].cases.labels(filed.receipt["dispute_type"], filed.receipt["route"], filing.contact_channel.value).inc()
    if filing.conversation_id is not None:
        await request.app[PARTS].hooks.case_filed(filing.conversation_id, filed.receipt)
    return web.json_response(
        filed.receipt, status=201 if filed.created else 200, headers={"Location": f"/api/v1/cases/{filed.receipt['number']}"}
    )


async def list_cases(request: web.Request) -> web.Response:
    await auth.require_staff(request)
    query = request.query
    wanted = CaseFilter(
        **{name: query[name] for name in _FILTERS if query.get(name, "") != ""},
        query=query.get("q", "").strip()[:64] or None,
        created_from=_moment(query.get("created_from"), "created_from"),
        created_to=_moment(query.get("created_to"), "created_to"),
        overdue=query.get("overdue") in {"1", "true"},
    )
    page = _whole(query.get("page", "1"), "page", 100_000)
    size = _whole(query.get("page_size", "20"), "page_size", MAX_PAGE_SIZE)
    return web.json_response(await request.app[CASE_LIST].page(wanted, page, size))


async def show_case(request: web.Request) -> web.Response:
    """The identity is shown, and that it was shown is logged, unless ``identity=0`` asks for the masked view."""
    staff = await auth.require_staff(request)
    identity = request.query.get("identity", "1") not in {"0", "false"}
    return web.json_response(await whole_case(request, auth.actor(request, staff), identity=identity))


async def whole_case(request: web.Request, actor: Actor, *, identity: bool) -> dict[str, Any]:
    """The case with the files that were uploaded for it."""
    number = request.match_info["number"]
    found = await request.app[CASES].detail(number, identity=identity, actor=actor)
    lists = request.app[PARTS].lists  # files were sent once, for the whole story
    return {**found, "evidence": [file for own in (number, *found["linked"]) for file in await lists.files_of_case(own)]}


async def change_case(request: web.Request) -> web.Response:
    staff = await auth.require_staff(request)
    patch = await read_model(request, schemas.CasePatch)
    actor = auth.actor(request, staff)
    number = request.match_info["number"]
    post = request.app[PARTS].notices.post()
    await request.app[CASE_CHANGES].apply(number, CaseChange(**patch.model_dump()), actor, post.write)
    post.send()
    return web.json_response(await whole_case(request, actor, identity=False))


async def case_audit(request: web.Request) -> web.Response:
    await auth.require_staff(request, StaffRole.SUPERVISOR)
    lines = await request.app[AUDIT].of_case(request.match_info["number"].upper())
    items = [{"at": case_views.iso(x.at), "username": x.username, "action": x.action, "details": x.details} for x in lines]
    return web.json_response({"items": items})


async def progress(request: web.Request) -> web.Response:
    """For residents: number and tracking code. Unknown numbers and wrong codes get the same answer."""
    code = request.query.get("code", "")
    if not code.strip():
        raise BadInput("请填写查询码", field="code")
    number = request.match_info["number"]
    async with guarded(request, number):
        return web.json_response(await request.app[CASES].progress(number, code))


async def resident_request(request: web.Request) -> web.Response:
    """The resident takes the case back, reminds the staff 催办, adds what was forgotten, wants another time, or gives a mark."""
    body = await read_model(request, schemas.ResidentRequest)
    resident, text = request.app[RESIDENT], body.text.replace("\x00", "")
    number = request.match_info["number"]
    async with guarded(request, number):
        if body.kind == "withdraw":
            counted = await resident.withdraw(number, body.code)
        elif body.kind == "urge":
            counted = await resident.urge(number, body.code)
        elif body.kind == "rate":
            if body.score is None:
                raise BadInput("请给一到五分", field="score")
            counted = await resident.rate(number, body.code, body.score, text)
        else:
            if not text.strip():
                raise BadInput("请写明内容", field="text")
            wish = resident.reschedule if body.kind == "reschedule" else resident.add
            counted = await wish(number, body.code, text)
        progress = await request.app[CASES].progress(number, body.code)
    return web.json_response({"kind": body.kind, "counted": counted, "progress": progress})


async def organisations(request: web.Request) -> web.Response:
    """Units a case can be referred to."""
    await auth.require_staff(request)
    async with request.app[READS]() as session:
        rows = await active_organisations(session)
    return web.json_response({"items": [case_views.organisation_view(row) for row in rows]})


def setup(app: web.Application) -> None:
    register(app, ENDPOINTS)


def _moment(text: str | None, field: str) -> datetime | None:
    """A date or moment; without a zone it is Beijing time."""
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise BadInput("日期应当写成 2026-11-27 这样", field=field) from None
    return moment if moment.tzinfo else moment.replace(tzinfo=BEIJING)


def _whole(text: str, field: str, highest: int) -> int:
    if not (text.isascii() and text.isdigit() and 1 <= int(text[:9]) <= highest):
        raise BadInput(f"{field} 应当是 1 到 {highest} 的整数", field=field)
    return int(text)


_LIST_PARAMETERS = (
    *(Parameter(name, "只看这一项相等的案件") for name in _FILTERS),
    Parameter("q", "案件编号（开头几位）或完整电话"),
    Parameter("created_from", "登记时间不早于（ISO 日期或时间，默认北京时间）"),
    Parameter("created_to", "登记时间早于"),
    Parameter("overdue", "1：只看过了首次联系期限还没受理的"),
    Parameter("page", "第几页，从 1 开始", schema={"type": "integer", "minimum": 1, "default": 1}),
    Parameter("page_size", "每页几条", schema={"type": "integer", "minimum": 1, "maximum": MAX_PAGE_SIZE, "default": 20}),
)
_NOT_LOGGED_IN = ("unauthorized", "forbidden")

ENDPOINTS = [
    Endpoint(
        "POST", "/api/v1/cases", file_case, "登记一个案件；同一个 Idempotency-Key 只登记一次", "cases", auth="internal_or_staff",
        request=CaseFiling, response=schemas.Receipt, statuses=(201, 200), errors=("unauthorized", "forbidden", "conflict", "too_large"),
    ),
    Endpoint("GET", "/api/v1/cases", list_cases, "案件列表，电话和姓名已遮盖", "cases", auth="staff",
             response=schemas.CasePage, errors=_NOT_LOGGED_IN, query=_LIST_PARAMETERS),
    Endpoint("GET", "/api/v1/cases/{number}", show_case, "案件详情；查看身份会留下记录", "cases", auth="staff",
             response=schemas.CaseDetail, errors=(*_NOT_LOGGED_IN, "not_found"),
             query=(Parameter("identity", "0：不看姓名和电话，也不留查看记录", schema={"type": "string", "enum": ["0", "1"]}),)),
    Endpoint("PATCH", "/api/v1/cases/{number}", change_case, "改状态、转介、分派、约时间、写备注；要带看到的 version", "cases", auth="staff",
             request=schemas.CasePatch, response=schemas.CaseDetail, errors=(*_NOT_LOGGED_IN, "not_found", "conflict")),
    Endpoint("GET", "/api/v1/cases/{number}/audit", case_audit, "谁看过、改过这个案件（主管以上）", "cases", auth="staff",
             response=schemas.AuditList, errors=_NOT_LOGGED_IN),
    Endpoint("GET", "/api/v1/cases/{number}/progress", progress, "居民凭编号和查询码看进度", "cases",
             response=schemas.Progress, errors=("not_found", "too_many_requests"),
             query=(Parameter("code", "八位查询码", required=True),)),
    Endpoint("POST", "/api/v1/cases/{number}/requests", resident_request, "居民凭查询码撤回、催办、补充情况", "cases",
             request=schemas.ResidentRequest, response=schemas.RequestTaken, errors=("not_found", "conflict", "too_many_requests")),
    Endpoint("GET", "/api/v1/organisations", organisations, "可以转介的单位", "cases", auth="staff",
             response=schemas.OrganisationList, errors=_NOT_LOGGED_IN),
]  # fmt: skip
