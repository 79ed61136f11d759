"""One stable code per error, with the sentence a resident or clerk may read.

HTTP adapters turn these into RFC 9457 problem details; nothing else decides status codes.
"""

from __future__ import annotations


class JiefenError(Exception):
    """Base of every expected error.

    Args:
        detail: what happened, in Chinese, fit to be shown. Must never contain a narrative, name or phone.
        field: the request field at fault, when there is one.
    """

    code = "internal"
    status = 500
    title = "系统出了点问题"

    def __init__(self, detail: str | None = None, *, field: str | None = None) -> None:
        super().__init__(detail or self.title)
        self.detail = detail or self.title
        self.field = field


class BadInput(JiefenError):
    code, status, title = "bad_input", 400, "提交的内容有误"


class Unauthorized(JiefenError):
    code, status, title = "unauthorized", 401, "请先登录"


class TokenExpired(Unauthorized):
    code, title = "token_expired", "登录已过期，请重新进入"


class Forbidden(JiefenError):
    code, status, title = "forbidden", 403, "没有权限做这件事"


class NotFound(JiefenError):
    code, status, title = "not_found", 404, "没有找到"


class Conflict(JiefenError):
    code, status, title = "conflict", 409, "内容已被更新，请刷新后再试"


class TooLarge(JiefenError):
    code, status, title = "too_large", 413, "内容太长或文件太大"


class UnsupportedMedia(JiefenError):
    code, status, title = "unsupported_media", 415, "不支持这种文件"


class TooManyRequests(JiefenError):
    code, status, title = "too_many_requests", 429, "操作太快了，请稍等一下再试"


class Unavailable(JiefenError):
    code, status, title = "unavailable", 503, "服务暂时不可用"


class KnowledgeError(JiefenError):
    """A mistake in a knowledge file; stops the start.

    ``detail`` reads ``knowledge/routing.yml:41: …reason…``.
    """

    code, title = "knowledge_error", "知识文件有误"
