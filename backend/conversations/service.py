"""Conversations as the routes and the messaging channels use them: open, say, read.

A message goes through two doors. The first is short: it is stored, screened for danger, and answered at once when safety, a
person or the backend itself answers. The second is the turn: it waits for earlier messages of the conversation and for Rasa.
So words of danger are never behind a message that hangs.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from backend.conversations import log, views
from backend.conversations.delivery import Deliverer, publish_lines
from backend.conversations.hub import STAFF, Hub
from backend.conversations.inbound import Inbound
from backend.conversations.ordering import KeyedLocks
from backend.conversations.ports import OpeningPort, PhrasesPort
from backend.conversations.reading import Reader
from backend.conversations.resuming import ResumeCodes
from backend.conversations.screening import Screening
from backend.conversations.speaking import settle
from backend.conversations.states import GLOBAL_CHOICES, Delivery
from backend.conversations.tokens import TokenSigner
from backend.db.base import Sessions
from backend.db.models_cases import Case, CaseEvent
from backend.db.models_conversations import Alert, Conversation, Evidence, Message
from common.enums import ContactChannel, ConversationState, MessageRole
from common.errors import BadInput, Conflict, TokenExpired, TooLarge
from common.payloads import Reply, RiskAssessment, to_json

_TOUCH_AFTER = timedelta(minutes=1)  # the last use is written at most this often
PAGE = 200  # lines of one replay


@dataclass(frozen=True)
class Opened:
    """A fresh conversation; the token is shown once."""

    conversation_id: str
    token: str
    turn: dict[str, Any]


@dataclass(frozen=True)
class EvidenceTurn:
    """A file in its conversation; ``created`` is False when the same upload had come before."""

    evidence: Evidence
    turn: dict[str, Any]
    created: bool


class Conversations:
    """The use cases of the resident's side."""

    def __init__(
        self,
        sessions: Sessions,
        reads: Sessions,
        clock: Callable[[], datetime],
        *,
        signer: TokenSigner,
        session_hours: float,
        screening: Screening,
        reader: Reader,
        deliverer: Deliverer,
        opening: OpeningPort,
        phrases: PhrasesPort,
        hub: Hub,
        codes: ResumeCodes,
    ) -> None:
        self._sessions = sessions
        self._reads = reads
        self._clock = clock
        self._signer = signer
        self._life = timedelta(hours=session_hours)
        self._screening = screening
        self._reader = reader
        self.deliverer = deliverer
        self._opening = opening
        self.phrases = phrases
        self.hub = hub
        self.codes = codes
        self._doors = KeyedLocks()
        self.turns = KeyedLocks()

    # ── opening and tokens ──

    async def open(self, channel: ContactChannel) -> Opened:
        """Start a conversation: greeting, privacy notice, consent. Needs neither Rasa nor the actions."""
        now = self._clock()
        greeting = self._opening.opening(channel.value)
        conversation = Conversation(
            id=secrets.token_hex(16),
            contact_channel=channel.value,
            state=greeting.state.value,
            created_at=now,
            last_used_at=now,
            last_message_at=now,
            case_index=1,
            last_seq=0,
            risk_level="R0",
            case_announced=True,
            handoff_acknowledged=False,
        )
        async with self._sessions.begin() as session:
            session.add(conversation)
            said = greet(session, conversation, greeting, now)
        token = self._signer.issue(conversation.id, int(now.timestamp()))
        return Opened(conversation.id, token, views.turn_view(conversation, [said]))

    async def admit(self, conversation_id: str, token: str) -> None:
        """Check a token and slide its expiry.

        Raises:
            NotFound: no such conversation.
            Unauthorized: the token is not genuine, or belongs to another conversation.
            TokenExpired: not used for JIEFEN_SESSION_HOURS.
        """
        now = self._clock()
        async with self._reads() as session:
            conversation = await log.peek(session, conversation_id)
        if self._signer.verify(token) != conversation_id:
            raise self._signer.refusal()
        over = conversation.tokens_from is not None and self._signer.issued_at(token) < int(conversation.tokens_from.timestamp())
        if over or now - conversation.last_used_at > self._life:
            raise TokenExpired(self.phrases.phrase("input.expired"))
        if now - conversation.last_used_at > _TOUCH_AFTER:
            async with self._sessions.begin() as session:
                used = update(Conversation).where(Conversation.id == conversation_id)
                await session.execute(used.values(last_used_at=now))

    # ── saying ──

    async def post(self, conversation_id: str, inbound: Inbound) -> dict[str, Any]:
        """Take a message and answer it.

        Raises:
            NotFound: no such conversation.
            BadInput: a button that was not offered. Nothing was stored.
        """
        async with self._doors.hold(conversation_id):
            message, answer = await self._take_in(conversation_id, inbound)
        turn = answer if answer is not None else await self._take_turn(conversation_id, message.id, message.seq)
        return self.codes.fill(conversation_id, turn)

    async def post_evidence(self, conversation_id: str, evidence: Evidence, client_message_id: str | None, most: int) -> EvidenceTurn:
        """Put an uploaded file, whose bytes are stored already, into the conversation.

        Args:
            most: how many files one conversation may hold.

        Raises:
            TooLarge: that many are there already.
        """
        shown = self.phrases.phrase("upload.received", file=evidence.name)
        async with self._doors.hold(conversation_id):
            async with self._sessions.begin() as session:
                case = await _case_of(session, conversation_id)
                conversation = await log.load(session, conversation_id)
                earlier = await log.by_client_id(session, conversation_id, client_message_id) if client_message_id else None
                if earlier is not None:
                    kept = await session.get(Evidence, str(earlier.extra.get("evidence_id")))
                    if kept is None:
                        raise Conflict("这个 client_message_id 已经用过了", field="client_message_id")
                    message, evidence, said = earlier, kept, []
                else:
                    held = select(func.count()).select_from(Evidence).where(Evidence.conversation_id == conversation_id)
                    if (await session.scalar(held) or 0) >= most:
                        raise TooLarge(self.phrases.phrase("upload.too_many", limit=most))
                    message = self._store_file(session, conversation, evidence, shown, client_message_id)
                    if case is not None and case.number == evidence.case_number:  # its people see that something came
                        event = CaseEvent(case_id=case.id, at=evidence.created_at, kind="evidence", public=True, note=evidence.name)
                        session.add(event)
                        case.updated_at = evidence.created_at
                    said = await self._reader.file(session, conversation, message, shown, self._clock())
            self._publish(conversation, [message, *said])
        turn = message.response or await self._take_turn(conversation_id, message.id, message.seq)
        return EvidenceTurn(evidence, self.codes.fill(conversation_id, turn), created=earlier is None)

    async def reread(self, conversation_id: str, message_id: int) -> None:
        """Go on with a message that a crash left unread."""
        async with self._doors.hold(conversation_id):
            await self._read(conversation_id, message_id)

    # ── reading ──

    async def replay(self, conversation_id: str, after: int, limit: int = PAGE) -> dict[str, Any]:
        """Lines after a sequence number and where the conversation stands."""
        async with self._reads() as session:
            conversation = await log.peek(session, conversation_id)
            lines = await log.after(session, conversation_id, after, limit)
        more = bool(lines) and lines[-1].seq < conversation.last_seq
        return {**self.codes.fill(conversation_id, views.turn_view(conversation, lines)), "has_more": more}

    # ── inside ──

    async def _take_in(self, conversation_id: str, inbound: Inbound) -> tuple[Message, dict[str, Any] | None]:
        """Store, screen and route one message in one transaction: it is committed before anything of it is answered."""
        words = log.words_of(inbound.processed, inbound.choice, inbound.edits)
        found, trouble = await self._screened(conversation_id, words, None)
        said: list[Message] = []
        alert: Alert | None = None
        async with self._sessions.begin() as session:
            conversation = await log.load(session, conversation_id)
            key = inbound.client_message_id
            earlier = await log.by_client_id(session, conversation_id, key) if key is not None else None
            if earlier is not None:
                message = earlier
            else:
                message = self._store(session, conversation, self._offered(conversation, inbound))
                if trouble is None:
                    said, alert = await self._reader.read(session, conversation, message, found, self._clock())
        if trouble is not None:
            raise trouble  # the words are stored, unread; the next start reads them
        if earlier is not None and earlier.delivery == Delivery.NEW.value:
            return earlier, await self._read(conversation_id, earlier.id)
        if earlier is None:
            self._publish(conversation, [message, *said], alert)
        return message, message.response

    async def _read(self, conversation_id: str, message_id: int) -> dict[str, Any] | None:
        """Screen a message that is stored already and let whoever is responsible answer it; None when it waits for its turn."""
        async with self._reads() as session:
            message = await session.get_one(Message, message_id)
        found, trouble = await self._screened(conversation_id, log.free_words(message), message.seq)
        if trouble:
            raise trouble
        async with self._sessions.begin() as session:
            conversation = await log.load(session, conversation_id)
            message = await session.get_one(Message, message_id)
            if message.delivery != Delivery.NEW.value:
                return message.response
            said, alert = await self._reader.read(session, conversation, message, found, self._clock())
        self._publish(conversation, said, alert)
        return message.response

    async def _screened(self, conversation_id: str, words: str, before: int | None) -> tuple[RiskAssessment | None, Exception | None]:
        """Risk of the words, with those just before. A screen that breaks must not lose the message: the trouble is handed back."""
        if not words:
            return None, None
        try:
            async with self._reads() as session:
                recent = await log.recent_words(session, conversation_id, self._clock(), before)
            return await self._screening.assess(words, recent), None
        except Exception as error:  # raised again by the caller, after the message is stored
            return None, error

    async def _take_turn(self, conversation_id: str, message_id: int, seq: int) -> dict[str, Any]:
        async with self.turns.hold(conversation_id):
            await self.deliverer.drain(conversation_id, upto=seq)
            async with self._reads() as session:
                message = await session.get_one(Message, message_id)
            if message.response is not None:
                return message.response
            async with self._sessions.begin() as session:
                conversation = await log.load(session, conversation_id)
                message = await session.get_one(Message, message_id)
                if message.response is None:  # danger or a person came in between: their answer stands
                    settle(conversation, message, await log.replies_to(session, message), Delivery(message.delivery))
                assert message.response is not None
                return message.response

    def _offered(self, conversation: Conversation, inbound: Inbound) -> Inbound:
        """A button must be one that is shown now; its title is what the log shows."""
        if inbound.choice is None:
            return inbound
        title = next((c["title"] for c in conversation.offered if c["value"] == inbound.choice), None)
        if title is None and inbound.choice not in GLOBAL_CHOICES:
            raise BadInput(self.phrases.phrase("input.bad_choice"), field="choice")
        title = title or self.phrases.phrase(_TITLES[inbound.choice])
        return Inbound(title, title, choice=inbound.choice, client_message_id=inbound.client_message_id)

    def _store_file(
        self, session: AsyncSession, conversation: Conversation, evidence: Evidence, shown: str, client_message_id: str | None
    ) -> Message:
        evidence.case_index, evidence.case_number = conversation.case_index, conversation.case_number
        session.add(evidence)
        text = f"上传材料：{evidence.name}"
        message = self._store(session, conversation, Inbound(text, text, client_message_id=client_message_id))
        message.card = {"kind": "evidence", **views.evidence_view(evidence)}
        message.extra = {"evidence_id": evidence.id, "prefix": shown}
        return message

    def _store(self, session: AsyncSession, conversation: Conversation, inbound: Inbound) -> Message:
        return log.append(
            session,
            conversation,
            MessageRole.RESIDENT,
            inbound.original,
            self._clock(),
            delivery=Delivery.NEW,
            processed=inbound.processed,
            choice=inbound.choice,
            edits=inbound.edits,
            client_message_id=inbound.client_message_id,
        )

    def _publish(self, conversation: Conversation, lines: list[Message], alert: Alert | None = None) -> None:
        publish_lines(self.hub, conversation, lines)
        if alert is not None:
            self.hub.publish(STAFF, {"type": "alert", "alert": views.alert_view(alert)})


_TITLES = {
    "handoff": "choice.handoff",
    "restart": "choice.restart",
    "safe": "choice.safe_continue",
    "resume": "choice.continue",
}


async def _case_of(session: AsyncSession, conversation_id: str) -> Case | None:
    """The filed case, locked before its conversation as everywhere: staff's changes lock in this order."""
    number = (await log.peek(session, conversation_id)).case_number
    return await session.scalar(select(Case).where(Case.number == number).with_for_update()) if number else None


def greet(session: AsyncSession, conversation: Conversation, greeting: Reply, now: datetime) -> Message:
    """Put the opening into the log; the conversation waits for what it asks."""
    conversation.state = ConversationState(greeting.state).value
    conversation.expecting = to_json(greeting.expecting)
    conversation.offered = to_json(greeting.choices)
    more = {"choices": to_json(greeting.choices), "card": greeting.card}
    return log.append(session, conversation, MessageRole.BOT, greeting.text, now, delivery=Delivery.LOCAL, **more)
