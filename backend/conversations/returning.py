"""Coming back: an unfinished conversation on another device by its code, or to a filed case by number and tracking code."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from backend.conversations import log, views
from backend.conversations.delivery import publish_lines
from backend.conversations.hub import Hub
from backend.conversations.ports import PhrasesPort
from backend.conversations.resuming import ResumeCodes, grouped
from backend.conversations.service import Opened
from backend.conversations.speaking import say
from backend.conversations.tokens import TokenSigner
from backend.db.base import Sessions
from backend.db.models_conversations import Conversation
from backend.domain.case_rules import STATUS_NAMES
from backend.services.resident import case_by_code
from common.enums import CaseStatus, ContactChannel, ConversationState
from common.errors import Conflict, NotFound
from common.payloads import Choice, to_json

_VISIT_CHOICES = ("status", "urge", "reschedule", "new_case")


class Returning:
    """Use cases of a resident who comes back.

    Args:
        life: how long a token is good without use; what had run out stays so when the talk is taken up elsewhere.
    """

    def __init__(
        self,
        sessions: Sessions,
        clock: Callable[[], datetime],
        *,
        signer: TokenSigner,
        life: timedelta,
        codes: ResumeCodes,
        phrases: PhrasesPort,
        hub: Hub,
    ) -> None:
        self._sessions = sessions
        self._clock = clock
        self._signer = signer
        self._life = life
        self._codes = codes
        self._phrases = phrases
        self._hub = hub

    async def code_of(self, conversation_id: str) -> dict[str, Any]:
        """The code of an unfinished conversation, made when there is none yet.

        Raises:
            NotFound: no such conversation.
            Conflict: nothing was told yet, or it is filed: number and tracking code do it then.
        """
        async with self._sessions.begin() as session:
            conversation = await log.load(session, conversation_id)
            if conversation.case_number is not None:
                raise Conflict(self._phrases.phrase("resume.filed"))
            if not self._codes.may_have(conversation):
                raise Conflict(self._phrases.phrase("resume.nothing"))
            row = await self._codes.issue(session, conversation, self._clock())
            code = self._codes.code(conversation_id, row.generation)
            expires_at = self._codes.expires_at(conversation)
        return {"code": grouped(code), "days": self._codes.kept.days, "expires_at": views.moment(expires_at)}

    async def by_code(self, typed: str) -> Opened:
        """Take an unfinished conversation up: another token of the same conversation. Tokens that are good stay good.

        Raises:
            NotFound: wrong, revoked or expired code; the answer does not tell which.
        """
        now = self._clock()
        async with self._sessions.begin() as session:
            conversation = await self._codes.find(session, typed, now)
            if conversation is None:
                raise NotFound(self._phrases.phrase("resume.unknown"))
            if now - conversation.last_used_at > self._life:
                conversation.tokens_from = now
            conversation.last_used_at = now
            offered = tuple(Choice(c["title"], c["value"]) for c in conversation.offered)
            line = say(session, conversation, self._phrases.phrase("resume.welcome"), now, choices=offered)
        publish_lines(self._hub, conversation, [line])
        return self._opened(conversation, line, now)

    async def by_case(self, number: str, code: str, channel: ContactChannel) -> Opened:
        """A fresh conversation about a filed case. What was said in the one it was filed in is not shown: the code is on a receipt.

        Raises:
            NotFound: unknown number or wrong code.
        """
        now = self._clock()
        async with self._sessions.begin() as session:
            case = await case_by_code(session, number, code)
            choices = tuple(Choice(self._phrases.phrase(f"choice.{name}"), name) for name in _VISIT_CHOICES)
            conversation = Conversation(
                id=secrets.token_hex(16),
                contact_channel=channel.value,
                state=ConversationState.FILED.value,
                offered=to_json(choices),
                case_number=case.number,
                case_receipt={"number": case.number, "tracking_code": case.tracking_code},
                created_at=now,
                last_used_at=now,
                last_message_at=now,
                case_index=1,
                last_seq=0,
                risk_level="R0",
                case_announced=True,
                handoff_acknowledged=False,
                visitor=True,
            )
            session.add(conversation)
            status = STATUS_NAMES[CaseStatus(case.status)]
            welcome = self._phrases.phrase("visit.welcome", number=case.number, status=status)
            line = say(session, conversation, f"{welcome}\n{self._phrases.phrase('visit.open')}", now, choices=choices)
        return self._opened(conversation, line, now)

    def _opened(self, conversation: Conversation, line: Any, now: datetime) -> Opened:
        token = self._signer.issue(conversation.id, int(now.timestamp()))
        return Opened(conversation.id, token, views.turn_view(conversation, [line]))
