"""What other parts of the backend tell the conversations."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from backend.conversations.announcing import Announcer
from backend.conversations.worker import Worker


class CaseHooks:
    """Called by the routes that file and change cases."""

    def __init__(self, announcer: Announcer, worker: Worker) -> None:
        self._announcer = announcer
        self._worker = worker

    async def case_filed(self, conversation_id: str, case: Mapping[str, Any]) -> None:
        """A case of this conversation has a number. Never waits for a running turn; safe to repeat.

        Args:
            case: the receipt as the filing request is answered: number, tracking_code, contact_by_text …

        Raises:
            NotFound: no such conversation (a case filed by an operator may name none).
        """
        if await self._announcer.filed(conversation_id, case):
            await self._worker.wake(conversation_id)
