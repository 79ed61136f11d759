"""Keep personal data only as long as it is needed (个人信息保护法第19条): unsubmitted drafts go after some days (with their resume codes), filed cases stay.

How long filed cases are kept is for the archive rules of the committee, which the law does not number; nothing deletes them here.
"""

from __future__ import annotations

import asyncio
import contextlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import ColumnElement, and_, delete, func, or_, select

from backend.db.base import Sessions
from backend.db.models_cases import Case, IdempotencyKey
from backend.db.models_conversations import Alert, Conversation, Evidence
from backend.db.models_staff import StaffSession
from backend.db.rasa_tracker import forget

RASA_STORE = "rasa.db"
RECEIPTS = Path("outbox") / "sent"  # bodies of filings that arrived, kept by actions.outbox to answer a repeat
UPLOADS = "evidence"  # folder inside the data folder, with one folder per conversation, see backend.conversations.uploads


@dataclass(frozen=True)
class Swept:
    """How many of each were (or would be) deleted."""

    conversations: int
    files: int
    sessions: int
    keys: int
    receipts: int = 0


async def sweep(sessions: Sessions, data_dir: Path, now: datetime, *, drafts: timedelta, keys: timedelta, dry_run: bool = False) -> Swept:
    """Delete unsubmitted conversations that have been silent for ``drafts``, expired logins and old idempotency keys.

    So go the talks of visitors, who came with number and tracking code of a case filed elsewhere, unless they left material for it.
    A conversation with an open alert or a filed case stays. Files are removed after the rows, so that a crash leaves at most an
    orphaned file, never a row without its file.
    """
    old = (
        select(Conversation.id)
        .where(Conversation.last_message_at < now - drafts)
        .where(or_(_unsubmitted(), _visit()))
        .where(Conversation.id.not_in(select(Alert.conversation_id).where(Alert.closed_at.is_(None))))
        .where(Conversation.id.not_in(select(Case.conversation_id).where(Case.conversation_id.is_not(None))))
    )
    receipts = await asyncio.to_thread(_older_than, data_dir / RECEIPTS, now - keys)
    async with sessions.begin() as session:
        gone = list(await session.scalars(old))
        kept = select(Evidence.conversation_id, Evidence.stored_name).where(Evidence.conversation_id.in_(gone))
        files = [Path(folder) / name for folder, name in await session.execute(kept)]
        expired = StaffSession.expires_at < now
        stale = IdempotencyKey.created_at < now - keys
        swept = Swept(
            len(gone),
            len(files),
            await session.scalar(select(func.count()).select_from(StaffSession).where(expired)) or 0,
            await session.scalar(select(func.count()).select_from(IdempotencyKey).where(stale)) or 0,
            len(receipts),
        )
        if dry_run:
            return swept
        for start in range(0, len(gone), 500):  # databases limit the number of parameters
            await session.execute(delete(Conversation).where(Conversation.id.in_(gone[start : start + 500])))
        await session.execute(delete(StaffSession).where(expired))
        await session.execute(delete(IdempotencyKey).where(stale))
    await asyncio.to_thread(forget, data_dir / RASA_STORE, gone)
    for receipt in receipts:
        receipt.unlink(missing_ok=True)
    for name in files:
        (data_dir / UPLOADS / name).unlink(missing_ok=True)
    for conversation_id in gone:
        with contextlib.suppress(OSError):  # never made, or something else still lies in it
            (data_dir / UPLOADS / conversation_id).rmdir()
    return swept


def _unsubmitted() -> ColumnElement[bool]:
    return and_(Conversation.case_number.is_(None), Conversation.case_index == 1)


def _visit() -> ColumnElement[bool]:
    material = select(Evidence.conversation_id).where(Evidence.case_number.is_not(None))
    return and_(Conversation.visitor.is_(True), Conversation.case_index == 1, Conversation.id.not_in(material))


def _older_than(folder: Path, moment: datetime) -> list[Path]:
    return [path for path in folder.glob("*.json") if path.stat().st_mtime < moment.timestamp()]
