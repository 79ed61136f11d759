"""Who may: staff by bearer token or cookie (+ CSRF header), our own processes by the internal token."""

from __future__ import annotations

import hashlib
import hmac

from aiohttp import web

from backend.http.keys import CONFIG, STAFF
from backend.http.security import caller_address
from backend.services.audit import Actor
from backend.services.staff import Staff
from common.enums import StaffRole
from common.errors import Forbidden, Unauthorized

COOKIE = "jiefen_staff"
CSRF_HEADER = "X-CSRF-Token"
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


def bearer_token(request: web.Request) -> str | None:
    """The token of ``Authorization: Bearer …``, None when there is none."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" and token.strip() else None


async def require_staff(request: web.Request, minimum: StaffRole = StaffRole.OPERATOR) -> Staff:
    """The logged-in staff member.

    A bearer token is proof by itself; a cookie is sent by browsers on their own, so anything but reading also needs the
    CSRF header that only our pages know.

    Raises:
        Unauthorized: not logged in, or the session is over.
        Forbidden: the role is too low, or the CSRF header is missing or wrong.
    """
    token = bearer_token(request)
    if token is None:
        token = request.cookies.get(COOKIE)
        if not token:
            raise Unauthorized()
        if request.method not in _SAFE and not _fits(request.headers.get(CSRF_HEADER, ""), csrf_token(request.app, token)):
            raise Forbidden("页面已过期，请刷新后再试")
    staff = await request.app[STAFF].whoami(token)
    if not staff.may(minimum):
        raise Forbidden()
    return staff


def require_internal(request: web.Request) -> None:
    """Only our own processes, which share the internal token.

    Raises:
        Unauthorized: missing or wrong token.
    """
    if not is_internal(request):
        raise Unauthorized("这个接口只供系统内部使用")


def is_internal(request: web.Request) -> bool:
    return _fits(bearer_token(request) or "", request.app[CONFIG].internal_token)


def csrf_token(app: web.Application, session_token: str) -> str:
    """Derived from the session token with the secret key: nothing to store, useless without the session."""
    return hmac.new(app[CONFIG].secret_key.encode(), b"csrf:" + session_token.encode(), hashlib.sha256).hexdigest()


def actor(request: web.Request, staff: Staff) -> Actor:
    return Actor(staff.id, caller_address(request))


def same_origin(request: web.Request) -> bool:
    """False when a browser says that another site's page sent this (for logins and WebSockets with cookies)."""
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in {"same-origin", "none"}:
        return False
    origin = request.headers.get("Origin")
    return origin is None or origin.partition("://")[2] == request.host


def _fits(given: str, expected: str) -> bool:
    return hmac.compare_digest(given.encode("utf-8", "surrogatepass"), expected.encode())
