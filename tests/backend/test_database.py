"""Migrations, zone-aware times, concurrent writers."""

from __future__ import annotations

import asyncio
import logging
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, select, text
from sqlalchemy.exc import IntegrityError, StatementError

from backend.db.base import Base, make_engine, make_sessionmaker
from backend.db.migrate import current_revision, newest_revision, upgrade
from backend.db.models_cases import Counter, OrganisationRow
from backend.db.models_staff import AuditEntry
from backend.logs import SafeFormatter
from backend.services.organisations import sync_knowledge
from knowledge import Knowledge


async def test_migrations_make_exactly_the_models(database_url: str) -> None:
    engine = make_engine(database_url)
    try:
        assert await current_revision(engine) is None
        await upgrade(engine)
        assert await current_revision(engine) == newest_revision()
        await upgrade(engine)  # a second start finds nothing to do

        def differences(connection: Connection) -> list[Any]:
            return list(compare_metadata(MigrationContext.configure(connection, opts={"compare_type": True}), Base.metadata))

        async with engine.connect() as connection:
            assert await connection.run_sync(differences) == []
    finally:
        await engine.dispose()


async def test_two_processes_may_migrate_at_once(database_url: str) -> None:
    engines = [make_engine(database_url) for _ in range(3)]
    try:
        await asyncio.gather(*(upgrade(engine) for engine in engines))
        assert await current_revision(engines[0]) == newest_revision()
    finally:
        for engine in engines:
            await engine.dispose()


async def test_moments_come_back_in_utc_and_naive_ones_are_refused(database_url: str) -> None:
    engine = make_engine(database_url)
    try:
        await upgrade(engine)
        sessions = make_sessionmaker(engine)
        beijing = datetime(2026, 11, 27, 10, 30, 1, 5, tzinfo=timezone(timedelta(hours=8)))
        async with sessions.begin() as session:
            session.add(AuditEntry(at=beijing, staff_id=None, action="test"))
        async with sessions() as session:
            found = (await session.scalars(select(AuditEntry))).one()
        assert found.at == beijing
        assert found.at.tzinfo is UTC
        with pytest.raises(StatementError, match="naive"):
            async with sessions.begin() as session:
                session.add(AuditEntry(at=datetime(2026, 1, 1), staff_id=None, action="test"))
    finally:
        await engine.dispose()


async def test_foreign_keys_hold(database_url: str) -> None:
    engine = make_engine(database_url)
    try:
        await upgrade(engine)
        with pytest.raises(IntegrityError):
            async with make_sessionmaker(engine).begin() as session:
                session.add(AuditEntry(at=datetime.now(UTC), staff_id=4711, action="test"))
    finally:
        await engine.dispose()


async def test_fifty_writers_that_read_first_lose_nothing(database_url: str) -> None:
    engine = make_engine(database_url)
    try:
        await upgrade(engine)
        sessions, reads = make_sessionmaker(engine), make_sessionmaker(engine, read_only=True)
        async with sessions.begin() as session:
            session.add(Counter(name="c", value=0))

        async def add_one() -> None:
            async with sessions.begin() as session:
                row = (await session.scalars(select(Counter).where(Counter.name == "c").with_for_update())).one()
                row.value += 1

        async def look() -> None:
            async with reads() as session:
                await session.execute(select(Counter))

        await asyncio.gather(*(add_one() for _ in range(50)), *(look() for _ in range(50)))
        async with reads() as session:
            assert (await session.get_one(Counter, "c")).value == 50
    finally:
        await engine.dispose()


async def test_a_logged_database_error_does_not_quote_the_row(database_url: str) -> None:
    engine = make_engine(database_url)
    try:
        await upgrade(engine)
        with pytest.raises(IntegrityError) as caught:
            async with make_sessionmaker(engine).begin() as session:
                session.add(AuditEntry(at=datetime.now(UTC), staff_id=None, action=None, details={"x": "不该出现的话"}))
    finally:
        await engine.dispose()
    info = (type(caught.value), caught.value, caught.value.__traceback__)
    record = logging.LogRecord("jiefen", logging.ERROR, __file__, 1, "filing failed for %s", ("13899012345",), info)
    written = SafeFormatter("%(message)s").format(record)
    assert "sqlalchemy.exc.IntegrityError" in written
    assert "test_database.py" in written
    assert "filing failed for 1**********" in written
    assert "不该出现的话" not in written


async def test_organisations_follow_the_knowledge_files(database_url: str, knowledge: Knowledge) -> None:
    engine = make_engine(database_url)
    try:
        await upgrade(engine)
        sessions = make_sessionmaker(engine)
        now = datetime.now(UTC)
        assert await sync_knowledge(sessions, knowledge, now) == len(knowledge.organisations)
        assert await sync_knowledge(sessions, knowledge, now) == 0
        async with sessions.begin() as session:
            await session.execute(text("UPDATE organisations SET name = 'alt' WHERE id = 'centre-650200'"))
            session.add(OrganisationRow(id="gone", name="关掉的", kind="P1", admin_level="community", division_code="650203001"))
        assert await sync_knowledge(sessions, knowledge, now) == 1
        async with sessions() as session:
            assert (await session.get_one(OrganisationRow, "centre-650200")).name == knowledge.organisations["centre-650200"].name
            assert (await session.get_one(OrganisationRow, "gone")).active is False
    finally:
        await engine.dispose()


async def test_sqlite_survives_a_kill(tmp_path: Path) -> None:
    engine = make_engine(f"sqlite+aiosqlite:///{tmp_path / 'x.db'}")
    try:
        async with engine.connect() as connection:
            modes = {name: await connection.scalar(text(f"PRAGMA {name}")) for name in ("journal_mode", "synchronous", "foreign_keys")}
        assert modes == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}
    finally:
        await engine.dispose()
