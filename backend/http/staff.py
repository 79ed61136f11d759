"""Staff over HTTP: login by password, session cookie or bearer token, and the administrators' accounts page."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from backend.http import auth, schemas
from backend.http.body import read_model
from backend.http.endpoint import Endpoint, register
from backend.http.keys import CONFIG, STAFF
from backend.http.metrics import METRICS
from backend.http.ratelimit import RateLimiter
from backend.http.security import caller_address
from backend.services.case_views import iso
from backend.services.staff import Staff
from common.enums import StaffRole
from common.errors import Forbidden, TooManyRequests, Unauthorized

LOGINS_PER_MINUTE = 60  # per address; single accounts lock by themselves
_LIMITER: web.AppKey[RateLimiter] = web.AppKey("login_limiter")


async def login(request: web.Request) -> web.Response:
    """Cookie for browsers (HttpOnly, SameSite=Lax) and the same token for programs."""
    if not auth.same_origin(request):
        raise Forbidden("请从本站页面登录")
    request.app[_LIMITER].hit(caller_address(request))
    body = await read_model(request, schemas.LoginRequest)
    logins = request.app[METRICS].logins
    try:
        opened = await request.app[STAFF].login(body.username, body.password, caller_address(request))
    except (Unauthorized, TooManyRequests) as refused:
        logins.labels(refused.code).inc()
        raise
    logins.labels("ok").inc()
    config = request.app[CONFIG]
    response = web.json_response(
        {
            "token": opened.token,
            "csrf_token": auth.csrf_token(request.app, opened.token),
            "expires_at": iso(opened.expires_at),
            "user": _shown(opened.staff),
        }
    )
    response.set_cookie(
        auth.COOKIE,
        opened.token,
        max_age=int(config.staff_session_hours * 3600),
        httponly=True,
        samesite="Lax",
        secure=config.secure_cookies,
        path="/",
    )
    return response


async def logout(request: web.Request) -> web.Response:
    await auth.require_staff(request)
    token = auth.bearer_token(request) or request.cookies.get(auth.COOKIE, "")
    await request.app[STAFF].logout(token)
    response = web.Response(status=204)
    response.del_cookie(auth.COOKIE, path="/", httponly=True, samesite="Lax", secure=request.app[CONFIG].secure_cookies)
    return response


async def me(request: web.Request) -> web.Response:
    """Who is logged in; browsers get the CSRF token of their cookie session again after a reload."""
    staff = await auth.require_staff(request)
    cookie = request.cookies.get(auth.COOKIE)
    csrf = auth.csrf_token(request.app, cookie) if cookie and auth.bearer_token(request) is None else None
    return web.json_response({"user": _shown(staff), "csrf_token": csrf})


async def list_users(request: web.Request) -> web.Response:
    """Supervisors need the names to assign cases."""
    await auth.require_staff(request)
    return web.json_response({"items": [_shown(staff) for staff in await request.app[STAFF].list()]})


async def create_user(request: web.Request) -> web.Response:
    admin = await auth.require_staff(request, StaffRole.ADMIN)
    body = await read_model(request, schemas.StaffCreate)
    created = await request.app[STAFF].create(body.username, body.password, body.role, body.display_name, auth.actor(request, admin))
    return web.json_response(_shown(created), status=201)


async def change_user(request: web.Request) -> web.Response:
    admin = await auth.require_staff(request, StaffRole.ADMIN)
    body = await read_model(request, schemas.StaffChange)
    changed = await request.app[STAFF].change(
        request.match_info["username"], password=body.password, role=body.role, active=body.active, actor=auth.actor(request, admin)
    )
    return web.json_response(_shown(changed))


def setup(app: web.Application) -> None:
    app[_LIMITER] = RateLimiter(LOGINS_PER_MINUTE)
    register(app, ENDPOINTS)


def _shown(staff: Staff) -> dict[str, Any]:
    return {"username": staff.username, "display_name": staff.display_name, "role": staff.role.value, "active": staff.active}


_NOT_LOGGED_IN = ("unauthorized", "forbidden")

ENDPOINTS = [
    Endpoint("POST", "/api/v1/login", login, "工作人员登录", "staff", request=schemas.LoginRequest, response=schemas.LoginAnswer,
             errors=("unauthorized", "forbidden", "too_many_requests")),
    Endpoint("POST", "/api/v1/logout", logout, "退出登录", "staff", auth="staff", statuses=(204,), errors=_NOT_LOGGED_IN),
    Endpoint("GET", "/api/v1/me", me, "当前登录的工作人员", "staff", auth="staff", response=schemas.MeAnswer, errors=("unauthorized",)),
    Endpoint("GET", "/api/v1/users", list_users, "工作人员名单", "staff", auth="staff", response=schemas.StaffList,
             errors=_NOT_LOGGED_IN),
    Endpoint("POST", "/api/v1/users", create_user, "新增账号（管理员）", "staff", auth="staff", request=schemas.StaffCreate,
             response=schemas.StaffShown, statuses=(201,), errors=(*_NOT_LOGGED_IN, "conflict")),
    Endpoint("PATCH", "/api/v1/users/{username}", change_user, "改密码、角色，停用账号（管理员）", "staff", auth="staff",
             request=schemas.StaffChange, response=schemas.StaffShown, errors=(*_NOT_LOGGED_IN, "not_found", "conflict")),
]  # fmt: skip
