"""Every error leaves as an RFC 9457 problem with a stable code and a Chinese sentence; nothing else decides status codes."""

from __future__ import annotations

import json
import logging
import secrets
import traceback
from collections.abc import Awaitable, Callable

from aiohttp import web

from common.errors import BadInput, Forbidden, JiefenError, NotFound, TooLarge, UnsupportedMedia

log = logging.getLogger("jiefen.http")

PROBLEM_TYPE = "application/problem+json"
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class MethodNotAllowed(JiefenError):
    code, status, title = "method_not_allowed", 405, "这个地址不支持这种操作"


_BY_STATUS: dict[int, type[JiefenError]] = {
    403: Forbidden,
    404: NotFound,
    405: MethodNotAllowed,
    413: TooLarge,
    415: UnsupportedMedia,
}


def problem(error: JiefenError, *, instance: str = "", headers: dict[str, str] | None = None) -> web.Response:
    """The response for an expected error."""
    body: dict[str, object] = {
        "type": f"urn:jiefen:problem:{error.code}",
        "title": error.title,
        "status": error.status,
        "detail": error.detail,
        "code": error.code,
    }
    if instance:
        body["instance"] = instance
    if error.field:
        body["field"] = error.field
    retry = getattr(error, "retry_after_s", None)
    all_headers = dict(headers or {})
    if retry is not None:
        all_headers["Retry-After"] = str(int(retry))
    return web.Response(text=json.dumps(body, ensure_ascii=False), status=error.status, content_type=PROBLEM_TYPE, headers=all_headers)


@web.middleware
async def problem_middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Outermost: turn whatever was raised into a problem. Pages keep aiohttp's redirects and file errors."""
    try:
        return await handler(request)
    except JiefenError as error:
        return problem(error, instance=request.path)
    except web.HTTPException as error:
        if error.status < 400:
            raise
        return _from_aiohttp(error, request)
    except Exception as error:  # the outer loop: log where, never what (messages of errors may quote a narrative)
        reference = secrets.token_hex(4)
        frames = "".join(traceback.format_tb(error.__traceback__))
        log.error("unexpected %s ref=%s %s %s\n%s", type(error).__name__, reference, request.method, request.match_info.route.name, frames)
        return problem(JiefenError(f"系统出了点问题，我们已经记下（编号 {reference}）。请稍后再试。"), instance=request.path)


def _from_aiohttp(error: web.HTTPException, request: web.Request) -> web.Response:
    kind = _BY_STATUS.get(error.status)
    keep = {"Allow": error.headers["Allow"]} if "Allow" in error.headers else {}
    if kind is not None:
        return problem(kind(), instance=request.path, headers=keep)
    if error.status < 500:
        return problem(BadInput(), instance=request.path)
    return problem(JiefenError(), instance=request.path)


def _all_codes(base: type[JiefenError]) -> dict[str, type[JiefenError]]:
    found = {base.code: base}
    for kind in base.__subclasses__():
        for code, cls in _all_codes(kind).items():
            found.setdefault(code, cls)
    return found


CODES = _all_codes(JiefenError)
"""Every stable code with the class that says its status and title."""
