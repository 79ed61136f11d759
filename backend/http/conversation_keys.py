"""The application's key for the parts of conversations, and who may enter one."""

from __future__ import annotations

from aiohttp import web

from backend.conversations.wiring import ConversationParts
from backend.http.auth import bearer_token
from backend.http.ratelimit import RateLimiter
from common.errors import Unauthorized

PARTS = web.AppKey("conversation_parts", ConversationParts)
SAYING = web.AppKey("saying_limiter", RateLimiter)  # per conversation
OPENING = web.AppKey("opening_limiter", RateLimiter)  # per address


async def require_conversation(request: web.Request) -> str:
    """The id in the path, when the bearer token fits it.

    Raises:
        Unauthorized: no token, or one that does not fit.
        TokenExpired: not used for too long.
        NotFound: no such conversation.
    """
    token = bearer_token(request)
    if token is None:
        raise Unauthorized("缺少对话凭证，请重新打开页面开始对话。")
    conversation_id = request.match_info["id"]
    await request.app[PARTS].conversations.admit(conversation_id, token)
    return conversation_id
