"""Engine, sessions, column types. SQLite (aiosqlite) by default, PostgreSQL (psycopg) by URL.

SQLite is opened so that it behaves under many coroutines: WAL, foreign keys on, ten seconds of patience, and every writing
transaction takes the write lock at its start (``BEGIN IMMEDIATE``) – a transaction that first reads and then writes would
otherwise fail at once with "database is locked" when another one wrote in between. Transactions that only read use a
sessionmaker made with ``read_only=True`` and never wait for writers.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import JSON, DateTime, Dialect, MetaData, event
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.types import TypeDecorator

from common import settings

BUSY_TIMEOUT_MS = 10_000

Sessions = async_sessionmaker[AsyncSession]


class UtcDateTime(TypeDecorator[datetime]):
    """A zone-aware moment, kept in UTC. SQLite has no zones, so naive UTC is stored and the zone put back on reading."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Convert to UTC.

        Raises:
            ValueError: the moment has no time zone; guessing one would shift deadlines by eight hours.
        """
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("naive datetime given to the database")
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


JsonColumn = JSON().with_variant(JSONB(), "postgresql")


class Base(DeclarativeBase):
    """Declarative base. Columns typed ``datetime`` are UTC, ``dict[str, Any]`` and ``list[Any]`` are JSON."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(column_0_label)s",
            "uq": "uq_%(table_name)s_%(column_0_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {  # noqa: RUF012 - read by SQLAlchemy's metaclass
        datetime: UtcDateTime(),
        dict[str, Any]: JsonColumn,
        list[Any]: JsonColumn,
    }


def utc_now() -> datetime:
    """The present moment in UTC; the default clock, replaced in tests."""
    return datetime.now(UTC)


def database_url(env: Mapping[str, str] | None = None) -> str:
    """The configured URL, or SQLite in the data folder."""
    return settings.get("JIEFEN_DATABASE_URL", env) or f"sqlite+aiosqlite:///{settings.data_dir(env) / 'jiefen.db'}"


def make_engine(url: str) -> AsyncEngine:
    """An engine for ``url``. Parameters never appear in errors or logs: they hold narratives and phones."""
    if not url.startswith("sqlite"):
        return create_async_engine(url, hide_parameters=True, pool_pre_ping=True, pool_size=10, max_overflow=10)
    logging.getLogger("aiosqlite").setLevel(logging.WARNING)  # at DEBUG it writes every parameter: narratives, phones
    engine = create_async_engine(url, hide_parameters=True, connect_args={"timeout": BUSY_TIMEOUT_MS / 1000})
    event.listen(engine.sync_engine, "connect", _prepare_sqlite)
    event.listen(engine.sync_engine, "begin", _begin_sqlite)
    return engine


def make_sessionmaker(engine: AsyncEngine, *, read_only: bool = False) -> Sessions:
    """Sessions on ``engine``; objects stay readable after commit. ``read_only`` only matters to SQLite (see the module)."""
    if read_only:
        return async_sessionmaker(engine.execution_options(jiefen_read_only=True), expire_on_commit=False)
    return (OneWriter if engine.dialect.name == "sqlite" else async_sessionmaker)(engine, expire_on_commit=False)


class OneWriter(async_sessionmaker[AsyncSession]):
    """SQLite has one writer at a time. Those of this process queue up here, first come first served; SQLite itself would let
    them poll for the lock with growing pauses, and under load the unlucky ones give up after BUSY_TIMEOUT_MS.

    A transaction inside a transaction waits for itself, as it would in SQLite.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._turn = asyncio.Lock()

    @asynccontextmanager
    async def begin(self) -> AsyncIterator[AsyncSession]:  # type: ignore[override]  # used as a context manager only
        """A session with a transaction that commits at the end of the block."""
        async with self._turn, super().begin() as session:
            yield session


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # the driver must not begin on its own; _begin_sqlite does
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", f"busy_timeout={BUSY_TIMEOUT_MS}"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Any) -> None:
    read_only = connection.get_execution_options().get("jiefen_read_only", False)
    connection.exec_driver_sql("BEGIN" if read_only else "BEGIN IMMEDIATE")
