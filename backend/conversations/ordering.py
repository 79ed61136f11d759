"""First come, first served, per key: simultaneous messages of one conversation are handled in the order they arrived."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class KeyedLocks:
    """One lock per key, made when needed and forgotten when nobody waits. ``asyncio.Lock`` wakes its waiters in order.

    Holds for one process. A second backend process on the same database would need turns to be claimed in the database;
    until then deployments run one.
    """

    def __init__(self) -> None:
        self._locks: dict[str, asyncio.Lock] = {}
        self._users: dict[str, int] = {}

    @asynccontextmanager
    async def hold(self, key: str) -> AsyncIterator[None]:
        """Wait for the key's turn and hold it."""
        lock = self._locks.setdefault(key, asyncio.Lock())
        self._users[key] = self._users.get(key, 0) + 1
        try:
            async with lock:
                yield
        finally:
            self._users[key] -= 1
            if self._users[key] == 0:
                del self._users[key], self._locks[key]

    def busy(self, key: str) -> bool:
        """Somebody holds or waits for the key."""
        return key in self._users
