"""The one place that wires the backend: settings → parts → routes. ``python -m backend`` serves it."""

from __future__ import annotations

import importlib.util
import logging
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

import aiohttp
from aiohttp import web

from backend.config import Config
from backend.db.base import make_engine, make_sessionmaker, utc_now
from backend.db.migrate import upgrade
from backend.http import keys
from backend.http.parts import ClassifierPort, IntakePort, ScreenPort
from backend.http.problems import problem_middleware
from backend.http.security import add_security_headers
from knowledge import Knowledge

log = logging.getLogger("jiefen.main")

MODEL_THREADS = 2


def create_app(
    config: Config,
    knowledge: Knowledge,
    *,
    classifier: ClassifierPort | None,
    screen: ScreenPort,
    intake: IntakePort,
    clock: Callable[[], datetime] = utc_now,
) -> web.Application:
    """The application, with everything it leans on handed in; the database opens when it starts."""
    app = web.Application(middlewares=[problem_middleware], client_max_size=config.upload_max_bytes + 1024 * 1024)
    app[keys.CONFIG] = config
    app[keys.KNOWLEDGE] = knowledge
    app[keys.CLASSIFIER] = classifier
    app[keys.SCREEN] = screen
    app[keys.INTAKE] = intake
    app[keys.CLOCK] = clock
    app.on_response_prepare.append(add_security_headers)
    app.cleanup_ctx.extend([_database, _executor, _client])
    if importlib.util.find_spec("backend.http.conversations") is not None:
        importlib.import_module("backend.http.conversations").setup(app)
    return app


async def _database(app: web.Application) -> AsyncIterator[None]:
    config = app[keys.CONFIG]
    config.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    engine = make_engine(config.database_url)
    app[keys.ENGINE] = engine
    app[keys.SESSIONS] = make_sessionmaker(engine)
    app[keys.READS] = make_sessionmaker(engine, read_only=True)
    try:
        await upgrade(engine)
        yield
    finally:
        await engine.dispose()


async def _executor(app: web.Application) -> AsyncIterator[None]:
    with ThreadPoolExecutor(MODEL_THREADS, thread_name_prefix="model") as executor:
        app[keys.EXECUTOR] = executor
        yield


async def _client(app: web.Application) -> AsyncIterator[None]:
    async with aiohttp.ClientSession() as session:
        app[keys.CLIENT] = session
        yield


def main() -> None:
    """Placeholder until every part is there."""
    raise SystemExit("backend: not wired yet")
