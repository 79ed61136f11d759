"""The real application on a fresh database for every test: SQLite by default, PostgreSQL when JIEFEN_TEST_POSTGRES_URL is set.

The knowledge files, the shipped model, the safety screen and the intake engine are the real ones, loaded once per run.
"""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from aiohttp.test_utils import TestClient
from argon2 import PasswordHasher
from sqlalchemy import text

from backend.config import Config
from backend.db.base import make_engine
from backend.main import Parts, create_app, load_parts
from backend.services.passwords import Passwords
from knowledge import Knowledge

ADMIN_PASSWORD = "管理员的密码-很长很长"
INTERNAL = "internal-token-for-tests"
START = datetime(2026, 11, 27, 2, 30, tzinfo=UTC)  # Friday 10:30 in Beijing


class Clock:
    """A clock that tests move."""

    def __init__(self, now: datetime = START) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **delta: float) -> None:
        self.now += timedelta(**delta)


@dataclass
class Api:
    """The application as its callers see it."""

    client: TestClient[Any, Any]
    clock: Clock
    config: Config

    async def login(self, username: str = "admin", password: str = ADMIN_PASSWORD) -> dict[str, str]:
        """Headers of a logged-in staff member; the cookie of the login is dropped so that only the bearer token counts."""
        answer = await self.client.post("/api/v1/login", json={"username": username, "password": password})
        assert answer.status == 200, await answer.text()
        token = (await answer.json())["token"]
        self.client.session.cookie_jar.clear()
        return {"Authorization": f"Bearer {token}"}

    async def file(self, body: dict[str, Any], key: str = "conversation-1", **headers: str) -> tuple[int, dict[str, Any]]:
        """File as the action server does."""
        answer = await self.client.post(
            "/api/v1/cases", json=body, headers={"Authorization": f"Bearer {INTERNAL}", "Idempotency-Key": key, **headers}
        )
        return answer.status, await answer.json()


@pytest.fixture(scope="session")
def parts(tmp_path_factory: pytest.TempPathFactory) -> Parts:
    env = {"JIEFEN_DATA_DIR": str(tmp_path_factory.mktemp("parts"))}
    return load_parts(Config.from_env(env))


@pytest.fixture(scope="session")
def knowledge(parts: Parts) -> Knowledge:
    return parts.knowledge


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def database_url(tmp_path: Path) -> AsyncIterator[str]:
    url = os.environ.get("JIEFEN_TEST_POSTGRES_URL")
    if not url:
        yield f"sqlite+aiosqlite:///{tmp_path / 'test.db'}"
        return
    engine = make_engine(url)
    async with engine.begin() as connection:
        await connection.execute(text("DROP SCHEMA public CASCADE"))
        await connection.execute(text("CREATE SCHEMA public"))
    await engine.dispose()
    yield url


@pytest.fixture
def config(tmp_path: Path, database_url: str) -> Config:
    env = {
        "JIEFEN_DATA_DIR": str(tmp_path / "data"),
        "JIEFEN_DATABASE_URL": database_url,
        "JIEFEN_INTERNAL_TOKEN": INTERNAL,
        "JIEFEN_ADMIN_PASSWORD": ADMIN_PASSWORD,
        "JIEFEN_RASA_PORT": "1",  # nothing listens there
        "JIEFEN_ACTIONS_PORT": "1",
        "JIEFEN_WEB_DIR": str(tmp_path / "web"),
    }
    return Config.from_env(env)


def cheap_passwords() -> Passwords:
    return Passwords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))


@pytest.fixture
def make_api(aiohttp_client: Callable[..., Awaitable[Any]], config: Config, parts: Parts, clock: Clock) -> Callable[..., Awaitable[Api]]:
    """Start the application, with settings or parts replaced where a test needs it."""

    async def make(replace_parts: dict[str, Any] | None = None, **settings: Any) -> Api:
        wanted = replace(config, **settings)
        app = create_app(wanted, replace(parts, **(replace_parts or {})), clock=clock, passwords=cheap_passwords())
        return Api(await aiohttp_client(app), clock, wanted)

    return make


@pytest.fixture
async def api(make_api: Callable[..., Awaitable[Api]]) -> Api:
    return await make_api()


STORY = "我在克拉玛依区银河路街道的工地干了四个月木工，包工头马建军欠我三万二工资，打电话不接，人也找不到。我叫阿依古丽·买买提，电话13899012345。"


def filing(**changes: Any) -> dict[str, Any]:
    """A filing as the action server sends it: owed wages on a building site."""
    fields = {
        "amount": 32000,
        "people": 1,
        "counterparty": "包工头马建军",
        "counterparty_kind": "person",
        "contact_name": "阿依古丽·买买提",
        "contact_phone": "13899012345",
        "place": "克拉玛依区银河路街道的工地",
        "when": "2026-07",
        "claim": "要回工资",
    }
    body: dict[str, Any] = {
        "conversation_id": "c-1",
        "contact_channel": "web",
        "dispute_type": "LD",
        "secondary": [],
        "subtype": "LD01",
        "route": "LW",
        "routes": [{"code": "LW", "probability": 0.91}],
        "dispute_types": [{"code": "LD", "probability": 0.97}],
        "risk_level": "R0",
        "fields": {**fields, **changes.pop("fields", {})},
        "flags": ["construction_site"],
        "narrative": STORY,
        "consent": {"version": "1", "at": "2026-11-27T10:20:00+08:00"},
        "model_version": "test",
    }
    return {**body, **changes}
