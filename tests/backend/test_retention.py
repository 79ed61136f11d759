"""What is deleted after its time, and what stays."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from backend.db.base import Sessions, make_engine, make_sessionmaker
from backend.db.migrate import upgrade
from backend.db.models_conversations import Alert, Conversation, Evidence, Message, ResumeCode
from backend.services.retention import RASA_STORE, RECEIPTS, UPLOADS, Swept, sweep
from tests.backend.conftest import START

WEEK = timedelta(days=7)
KEYS = timedelta(days=90)


@pytest.fixture
async def sessions(database_url: str) -> AsyncIterator[Sessions]:
    engine = make_engine(database_url)
    await upgrade(engine)
    yield make_sessionmaker(engine)
    await engine.dispose()


def conversation(name: str, days: float, **more: Any) -> Conversation:
    then = START - timedelta(days=days)
    return Conversation(id=name, contact_channel="web", state="intake", created_at=then, last_used_at=then, last_message_at=then, **more)


async def fill(sessions: Sessions, data_dir: Path) -> None:
    then = START - timedelta(days=8)
    async with sessions.begin() as session:
        session.add_all(
            [
                conversation("fresh", 6.9),
                conversation("old", 7.1),
                conversation("filed", 30, case_number="KLMY-20261027-000001"),
                conversation("second-story", 30, case_index=2),
                conversation("in-danger", 30),
                conversation("visit-fresh", 6.9, case_number="KLMY-20261027-000001", visitor=True),
                conversation("visit-old", 7.1, case_number="KLMY-20261027-000001", visitor=True),
                conversation("visit-with-material", 30, case_number="KLMY-20261027-000001", visitor=True),
            ]
        )
        await session.flush()
        session.add(Alert(conversation_id="in-danger", kind="crisis", level="R3", opened_at=then, last_at=then))
        session.add(Message(conversation_id="old", seq=1, role="resident", text="楼上漏水", delivery="done", created_at=then))
        session.add(
            Evidence(
                id="e1", conversation_id="old", case_index=1, name="漏水.jpg", stored_name="abc", media_type="image/jpeg", size=3,
                sha256="0" * 64, created_at=then,
            )
        )  # fmt: skip
        session.add(
            Evidence(
                id="e2", conversation_id="visit-with-material", case_index=1, case_number="KLMY-20261027-000001", name="收条.jpg",
                stored_name="def", media_type="image/jpeg", size=3, sha256="0" * 64, created_at=then,
            )
        )  # fmt: skip
        session.add(ResumeCode(conversation_id="old", code_hash="h", created_at=then))
    (data_dir / UPLOADS / "old").mkdir(parents=True)
    (data_dir / UPLOADS / "old" / "abc").write_bytes(b"jpg")


async def left(sessions: Sessions) -> set[str]:
    async with sessions() as session:
        return set(await session.scalars(select(Conversation.id)))


async def test_only_silent_unsubmitted_drafts_go(sessions: Sessions, tmp_path: Path) -> None:
    await fill(sessions, tmp_path)
    swept = await sweep(sessions, tmp_path, START, drafts=WEEK, keys=KEYS)
    assert (swept.conversations, swept.files) == (2, 1)
    assert await left(sessions) == {"fresh", "filed", "second-story", "in-danger", "visit-fresh", "visit-with-material"}
    assert not (tmp_path / UPLOADS / "old" / "abc").exists()
    async with sessions() as session:
        assert await session.scalar(select(func.count()).select_from(Message)) == 0
        assert await session.scalar(select(func.count()).select_from(Evidence)) == 1
        assert await session.scalar(select(func.count()).select_from(ResumeCode)) == 0
    assert await sweep(sessions, tmp_path, START, drafts=WEEK, keys=KEYS) == Swept(0, 0, 0, 0)


def rasa_store(data_dir: Path) -> sqlite3.Connection:
    """A store of Rasa's shape with three senders."""
    store = sqlite3.connect(data_dir / RASA_STORE)
    store.execute("CREATE TABLE events (id INTEGER PRIMARY KEY, sender_id VARCHAR(255) NOT NULL, data TEXT)")
    senders = [("old-1",), ("old-2",), ("older-1",), ("fresh-1",)]
    store.executemany("INSERT INTO events (sender_id, data) VALUES (?, '楼上漏水')", senders)
    store.commit()
    return store


async def test_what_rasa_and_the_outbox_remember_goes_too(sessions: Sessions, tmp_path: Path) -> None:
    await fill(sessions, tmp_path)
    store = rasa_store(tmp_path)
    (tmp_path / RECEIPTS).mkdir(parents=True)
    for name, age in (("a.json", timedelta(days=91)), ("b.json", timedelta(days=1))):
        path = tmp_path / RECEIPTS / name
        path.write_text("{}")
        os.utime(path, times=((START - age).timestamp(),) * 2)
    swept = await sweep(sessions, tmp_path, START, drafts=WEEK, keys=KEYS)
    assert swept.receipts == 1
    assert [p.name for p in (tmp_path / RECEIPTS).iterdir()] == ["b.json"]
    assert [row[0] for row in store.execute("SELECT sender_id FROM events ORDER BY id")] == ["older-1", "fresh-1"]
    store.close()


async def test_a_dry_run_only_counts(sessions: Sessions, tmp_path: Path) -> None:
    await fill(sessions, tmp_path)
    swept = await sweep(sessions, tmp_path, START, drafts=WEEK, keys=KEYS, dry_run=True)
    assert (swept.conversations, swept.files) == (2, 1)
    assert len(await left(sessions)) == 8
    assert (tmp_path / UPLOADS / "old" / "abc").exists()
