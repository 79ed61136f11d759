"""Resume codes 接着办的号码: short, told to the resident when she leaves, good on any device until the case is filed or the draft is deleted.

The code stands nowhere in the database: the log holds a mark (``⟦resume:1⟧``) in its place, which is replaced by the code only in what
the resident's own page gets; the table holds a keyed hash to find the conversation by.
"""

from __future__ import annotations

import hmac
import re
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from backend.db.models_conversations import Conversation, ResumeCode
from backend.domain.case_rules import TRACKING_ALPHABET, TRACKING_LENGTH, clean_tracking_code
from common.enums import ConversationState, MessageRole

PAUSE = "pause"  # kind of the card with which the engine says that the talk is left unfinished
_LABEL = b"jiefen resume code v1"
_MARK = re.compile(r"⟦resume:(\d{1,6})⟧")
_UNFINISHED = frozenset(
    state.value
    for state in (
        ConversationState.INTAKE,
        ConversationState.CONFIRMING,
        ConversationState.REDIRECTED,
        ConversationState.CLOSED,
        ConversationState.HANDOFF,
        ConversationState.CRISIS,
    )
)


class ResumeCodes:
    """Makes codes, finds conversations by them, takes them back.

    Args:
        secret: JIEFEN_SECRET_KEY.
        kept: how long a silent unfinished conversation is kept (JIEFEN_DRAFT_DAYS).
    """

    def __init__(self, secret: str, kept: timedelta) -> None:
        self._key = hmac.digest(secret.encode(), _LABEL, "sha256")
        self.kept = kept

    @staticmethod
    def may_have(conversation: Conversation) -> bool:
        """Something was told and is not filed yet."""
        told = bool((conversation.draft or {}).get("narrative"))
        return told and conversation.case_number is None and conversation.state in _UNFINISHED

    async def issue(self, session: AsyncSession, conversation: Conversation, now: datetime) -> ResumeCode:
        """The conversation's code: the one that is good already, or a new one. Works inside the caller's transaction."""
        row = await session.get(ResumeCode, conversation.id)
        if row is None:
            row = ResumeCode(conversation_id=conversation.id, generation=1, code_hash="", created_at=now)
            session.add(row)
        elif row.revoked_at is None:
            return row
        else:
            row.generation, row.revoked_at, row.created_at = row.generation + 1, None, now
        while True:
            row.code_hash = self._hash(self.code(conversation.id, row.generation))
            taken = select(ResumeCode.conversation_id).where(
                ResumeCode.code_hash == row.code_hash, ResumeCode.conversation_id != conversation.id
            )
            with session.no_autoflush:
                if await session.scalar(taken) is None:
                    return row
            row.generation += 1  # one in 8.5e11

    async def revoke(self, session: AsyncSession, conversation: Conversation, now: datetime) -> None:
        """Filed, or started over: the code opens nothing any more."""
        row = await session.get(ResumeCode, conversation.id)
        if row is not None and row.revoked_at is None:
            row.revoked_at = now

    async def find(self, session: AsyncSession, typed: str, now: datetime) -> Conversation | None:
        """The unfinished conversation of a code as a person types it; None for wrong, revoked and expired ones alike."""
        code = clean_tracking_code(typed)
        if len(code) != TRACKING_LENGTH:
            return None
        query = (
            select(Conversation)
            .join(ResumeCode, ResumeCode.conversation_id == Conversation.id)
            .where(ResumeCode.code_hash == self._hash(code), ResumeCode.revoked_at.is_(None), Conversation.case_number.is_(None))
        )
        found = await session.scalar(query.with_for_update(of=Conversation))
        if found is None or self.expires_at(found) <= now:
            return None
        return found

    def expires_at(self, conversation: Conversation) -> datetime:
        """When the conversation may be deleted if nothing more is said."""
        return conversation.last_message_at + self.kept

    def code(self, conversation_id: str, generation: int) -> str:
        """``K7M2QX9D``: eight characters that cannot be confused, from the secret key."""
        number = int.from_bytes(hmac.digest(self._key, f"{conversation_id}.{generation}".encode(), "sha256"), "big")
        signs = []
        for _ in range(TRACKING_LENGTH):
            number, sign = divmod(number, len(TRACKING_ALPHABET))
            signs.append(TRACKING_ALPHABET[sign])
        return "".join(signs)

    def _hash(self, code: str) -> str:
        return hmac.digest(self._key, f"hash.{code}".encode("utf-8", "replace"), "sha256").hex()

    # ── what the resident's page gets ──

    def fill(self, conversation_id: str, turn: dict[str, Any]) -> dict[str, Any]:
        """A turn, replay or live frame with the code in the place of its mark. What is kept in the database is not changed."""
        if "messages" in turn:
            return {**turn, "messages": [self._filled(conversation_id, line) for line in turn["messages"]]}
        if turn.get("type") == "message":
            return {**turn, "message": self._filled(conversation_id, turn["message"])}
        return turn

    def _filled(self, conversation_id: str, line: dict[str, Any]) -> dict[str, Any]:
        if line["role"] != MessageRole.BOT.value or not _MARK.search(line["text"]):
            return line

        def shown(match: re.Match[str]) -> str:
            return grouped(self.code(conversation_id, int(match[1])))

        card = line["card"]
        if card is not None and card.get("kind") == PAUSE:
            card = {**card, "code": _MARK.sub(shown, str(card.get("code", "")))}
        return {**line, "text": _MARK.sub(shown, line["text"]), "card": card}


def mark(generation: int) -> str:
    """What stands in the log in the code's place."""
    return f"⟦resume:{generation}⟧"


def hidden(text: str) -> str:
    """For staff: they see that a code was told, not which."""
    return _MARK.sub("（号码只有本人看得到）", text)


def grouped(code: str) -> str:
    """``K7M2-QX9D``, as it is read out and written down."""
    return f"{code[:4]}-{code[4:]}"
