"""A sliding-window limiter in memory: enough for one process on one port, and it forgets everybody after the window."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable

from common.errors import TooManyRequests

_SWEEP_ABOVE = 10_000


class Limited(TooManyRequests):
    """429 that says when to come back."""

    def __init__(self, retry_after_s: float) -> None:
        super().__init__()
        self.retry_after_s = max(1, round(retry_after_s))


class RateLimiter:
    """At most ``limit`` hits per ``window_s`` seconds and key."""

    def __init__(self, limit: int, window_s: float = 60.0, *, now: Callable[[], float] = time.monotonic) -> None:
        self._limit = limit
        self._window = window_s
        self._now = now
        self._hits: dict[str, deque[float]] = {}

    def hit(self, key: str) -> None:
        """Count one hit.

        Raises:
            Limited: over the limit; this hit is not counted.
        """
        self.check(key)
        self._hits.setdefault(key, deque()).append(self._now())
        if len(self._hits) > _SWEEP_ABOVE:
            self._sweep(self._now())

    def check(self, key: str) -> None:
        """Refuse when the limit is reached, without counting; for limits that count failures only.

        Raises:
            Limited: the limit is reached.
        """
        now = self._now()
        hits = self._hits.get(key)
        if hits is None:
            return
        while hits and hits[0] <= now - self._window:
            hits.popleft()
        if len(hits) >= self._limit:
            raise Limited(hits[0] + self._window - now)

    def _sweep(self, now: float) -> None:
        """Drop keys whose last hit is out of the window, so that a scan of addresses does not fill the memory."""
        self._hits = {key: hits for key, hits in self._hits.items() if hits and hits[-1] > now - self._window}
