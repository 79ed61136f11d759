"""In the background: deliver what could not be delivered, pick up what a crash left, tell numbers that came late."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable
from datetime import datetime

from sqlalchemy import select

from backend.conversations.announcing import Announcer
from backend.conversations.service import Conversations
from backend.conversations.states import SILENT, Delivery
from backend.db.base import Sessions
from backend.db.models_conversations import Conversation, Message

log = logging.getLogger("jiefen.worker")

POLL_S = 0.5
AT_ONCE = 4  # conversations delivered to Rasa at the same time; residents who write now go first
BATCH = 100


class Worker:
    """One task per process, started and stopped by the application."""

    def __init__(self, reads: Sessions, clock: Callable[[], datetime], conversations: Conversations, announcer: Announcer) -> None:
        self._reads = reads
        self._clock = clock
        self._conversations = conversations
        self._announcer = announcer
        self._wanted: set[str] = set()
        self._event = asyncio.Event()
        self._slots = asyncio.Semaphore(AT_ONCE)
        self._running: dict[str, asyncio.Task[None]] = {}

    async def wake(self, conversation_id: str) -> None:
        """Look after this conversation now."""
        self._wanted.add(conversation_id)
        self._event.set()

    async def run(self) -> None:
        """Until cancelled."""
        try:
            await self._pick_up_unread()
            while True:
                await self._round()
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._event.wait(), POLL_S)
                self._event.clear()
        finally:
            for task in self._running.values():
                task.cancel()
            await asyncio.gather(*self._running.values(), return_exceptions=True)

    async def _round(self) -> None:
        try:
            due = await self._due()
        except Exception:  # the outermost loop: a database that is away for a moment must not end it
            log.exception("worker round failed")
            return
        wanted, self._wanted = self._wanted, set()
        for conversation_id in {*due, *wanted}:
            if conversation_id in self._running:
                if conversation_id in wanted:
                    self._wanted.add(conversation_id)
                continue
            self._running[conversation_id] = asyncio.create_task(self._look_after(conversation_id))

    async def _look_after(self, conversation_id: str) -> None:
        try:
            async with self._slots, self._conversations.turns.hold(conversation_id):
                await self._conversations.deliverer.drain(conversation_id)
                await self._announcer.announce(conversation_id)
        except Exception:  # one broken conversation must not stop the others
            log.exception("conversation %s could not be looked after", conversation_id)
        finally:
            self._running.pop(conversation_id, None)

    async def _due(self) -> list[str]:
        """Conversations with something to deliver now, or with a case number that was not told, and no live turn."""
        now = self._clock()
        pending = Message.delivery == Delivery.PENDING.value
        later = select(Message.conversation_id).where(pending, Message.next_attempt_at > now)
        query = (
            select(Conversation.id)
            .join(Message, Message.conversation_id == Conversation.id)
            .where(pending, Conversation.state.not_in(SILENT), Conversation.id.not_in(later))
            .group_by(Conversation.id)
            .limit(BATCH)
        )
        untold = select(Conversation.id).where(Conversation.case_announced.is_(False), Conversation.id.not_in(later)).limit(BATCH)
        async with self._reads() as session:
            found = {*await session.scalars(query), *await session.scalars(untold)}
        return [c for c in found if not self._conversations.turns.busy(c)]

    async def _pick_up_unread(self) -> None:
        """Messages that were stored but not read when the last process ended, in their order."""
        query = select(Message.conversation_id, Message.id).where(Message.delivery == Delivery.NEW.value).order_by(Message.id)
        async with self._reads() as session:
            unread = list(await session.execute(query))
        for conversation_id, message_id in unread:
            await self._conversations.reread(conversation_id, message_id)
