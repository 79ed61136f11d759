"""Codes that open something cannot be found by trying: wrong ones are counted, per caller and per case."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiohttp import web

from backend.http import auth
from backend.http.ratelimit import RateLimiter
from backend.http.security import caller_address
from common.errors import NotFound

WRONG_CODES_PER_MINUTE = 20  # per caller: typing errors of a family behind one address, hopeless for guessing 31^8 codes
WRONG_CODES_PER_HOUR = 100  # per case number, whoever tries
_BY_CALLER: web.AppKey[RateLimiter] = web.AppKey("progress_by_caller")
_BY_NUMBER: web.AppKey[RateLimiter] = web.AppKey("progress_by_number")


def setup(app: web.Application) -> None:
    """Make the counters; before any topic that uses them."""
    app[_BY_CALLER] = RateLimiter(WRONG_CODES_PER_MINUTE)
    app[_BY_NUMBER] = RateLimiter(WRONG_CODES_PER_HOUR, 3600)


@asynccontextmanager
async def guarded(request: web.Request, number: str | None = None) -> AsyncIterator[None]:
    """Run a look-up by code; NotFound counts as a wrong code.

    Our own action server asks for many residents from one address, so only the count per number holds for it.

    Raises:
        Limited: too many wrong codes from here, or for this case.
    """
    counters = [(request.app[_BY_NUMBER], number.strip().upper()[:40])] if number is not None else []
    if not auth.is_internal(request):
        counters.append((request.app[_BY_CALLER], caller_address(request)))
    for limiter, key in counters:
        limiter.check(key)
    try:
        yield
    except NotFound:
        for limiter, key in counters:
            limiter.hit(key)
        raise
