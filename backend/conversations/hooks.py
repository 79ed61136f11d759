"""What other parts of the backend tell the conversations."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

from backend.conversations.announcing import Announcer
from backend.conversations.worker import Worker
from common.errors import NotFound

log = logging.getLogger("jiefen.conversations")


class CaseHooks:
    """Called by the routes that file and change cases."""

    def __init__(self, announcer: Announcer, worker: Worker) -> None:
        self._announcer = announcer
        self._worker = worker

    async def case_filed(self, conversation_id: str, case: Mapping[str, Any]) -> None:
        """A case of this conversation has a number. Never waits for a running turn; safe to repeat.

        A conversation that is unknown here (filed from elsewhere, or deleted since) is nobody to tell: the case stands all the same.

        Args:
            case: the receipt as the filing request is answered: number, tracking_code, contact_by_text …
        """
        try:
            untold = await self._announcer.filed(conversation_id, case)
        except NotFound:
            log.info("case %s names a conversation that is not here", case["number"])
            return
        if untold:
            await self._worker.wake(conversation_id)
