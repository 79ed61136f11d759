"""Who is listening now: open pages and staff consoles. A convenience – everything sent here is in the database as well."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

STAFF = "staff"
QUEUE_SIZE = 256
Event = dict[str, Any]


class Hub:
    """Topics with subscribers, in this process. A listener too slow to keep up is cut off and replays from the database."""

    def __init__(self) -> None:
        self._topics: dict[str, set[asyncio.Queue[Event | None]]] = {}

    @contextmanager
    def listen(self, topic: str) -> Iterator[asyncio.Queue[Event | None]]:
        """A queue of the topic's events until the block ends; None means: cut off, come back and replay."""
        queue: asyncio.Queue[Event | None] = asyncio.Queue(QUEUE_SIZE)
        self._topics.setdefault(topic, set()).add(queue)
        try:
            yield queue
        finally:
            listeners = self._topics.get(topic, set())
            listeners.discard(queue)
            if not listeners:
                self._topics.pop(topic, None)

    def publish(self, topic: str, event: Event) -> None:
        """Hand an event to everybody listening; never waits."""
        for queue in list(self._topics.get(topic, ())):
            if queue.full():
                while not queue.empty():
                    queue.get_nowait()
                queue.put_nowait(None)
                self._topics[topic].discard(queue)
            else:
                queue.put_nowait(event)

    def listeners(self, topic: str) -> int:
        return len(self._topics.get(topic, ()))

    def close(self) -> None:
        """Tell every listener to go (at shutdown)."""
        for topic in list(self._topics):
            for queue in list(self._topics[topic]):
                while queue.full():
                    queue.get_nowait()
                queue.put_nowait(None)
