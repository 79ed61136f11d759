"""The one place that wires the backend: settings → parts → routes. ``python -m backend`` serves it."""

from __future__ import annotations

import logging
import os
import sys
import time
from collections.abc import AsyncIterator, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from pathlib import Path

import aiohttp
from aiohttp import web

from backend import logs
from backend.accounts import ensure_accounts
from backend.config import Config
from backend.db.base import make_engine, make_sessionmaker, utc_now
from backend.db.migrate import upgrade
from backend.domain.calendar import BEIJING, WorkCalendar
from backend.http import cases, conversations, keys, operations, pages, staff, understanding, wrong_codes
from backend.http.metrics import METRICS, Metrics, metrics_middleware
from backend.http.parts import AskPort, ClassifierPort, ExtractPort, IntakePort, ScreenPort
from backend.http.problems import problem_middleware
from backend.http.security import add_security_headers
from backend.services.answering import Answering
from backend.services.audit import AuditService
from backend.services.case_changes import CaseChangeService
from backend.services.case_list import CaseListService
from backend.services.cases import CaseService
from backend.services.organisations import sync_knowledge
from backend.services.passwords import Passwords
from backend.services.resident import ResidentService
from backend.services.staff import StaffService
from common.errors import JiefenError
from common.payloads import ExtractedField
from knowledge import Knowledge

log = logging.getLogger("jiefen.main")

MODEL_THREADS = 2  # the model answers in milliseconds; two threads keep both cores of a small machine busy


@dataclass(frozen=True)
class Parts:
    """What the routes lean on and others own: dialogue, safety, model, law answers."""

    knowledge: Knowledge
    classifier: ClassifierPort | None
    screen: ScreenPort
    intake: IntakePort
    extract: ExtractPort
    ask: AskPort


def create_app(
    config: Config, parts: Parts, *, clock: Callable[[], datetime] = utc_now, passwords: Passwords | None = None
) -> web.Application:
    """The application with everything handed in; database and connections open when it starts and close when it stops."""
    app = web.Application(middlewares=[metrics_middleware, problem_middleware], client_max_size=config.upload_max_bytes + 1024 * 1024)
    app[METRICS] = Metrics()
    app[keys.CONFIG] = config
    app[keys.CLOCK] = clock
    app[keys.KNOWLEDGE] = parts.knowledge
    app[keys.CLASSIFIER] = parts.classifier
    app[keys.SCREEN] = parts.screen
    app[keys.INTAKE] = parts.intake
    app[keys.EXTRACT] = parts.extract
    app[keys.ASK] = parts.ask
    app.on_response_prepare.append(add_security_headers)
    app.cleanup_ctx.extend([partial(_database, passwords=passwords or Passwords()), _executor, _client])
    for topic in (wrong_codes, conversations, cases, staff, understanding, operations, pages):  # pages last: they end in a catch-all
        topic.setup(app)
    return app


async def _database(app: web.Application, *, passwords: Passwords) -> AsyncIterator[None]:
    config, knowledge, clock = app[keys.CONFIG], app[keys.KNOWLEDGE], app[keys.CLOCK]
    config.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    engine = make_engine(config.database_url)
    sessions, reads = make_sessionmaker(engine), make_sessionmaker(engine, read_only=True)
    app[keys.ENGINE], app[keys.SESSIONS], app[keys.READS] = engine, sessions, reads
    calendar = WorkCalendar(config.holidays, config.extra_workdays)
    app[keys.STAFF] = StaffService(sessions, reads, clock, session_hours=config.staff_session_hours, passwords=passwords)
    app[keys.AUDIT] = AuditService(sessions, reads, clock)
    app[keys.CASES] = CaseService(sessions, reads, knowledge, clock, prefix=config.case_prefix, calendar=calendar)
    app[keys.CASE_LIST] = CaseListService(reads, knowledge, clock)
    app[keys.CASE_CHANGES] = CaseChangeService(sessions, clock)
    app[keys.RESIDENT] = ResidentService(sessions, clock)
    try:
        await upgrade(engine)
        await sync_knowledge(sessions, knowledge, clock())
        await ensure_accounts(config, app[keys.STAFF])
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


def load_parts(config: Config) -> Parts:
    """Load the real parts: knowledge files, the shipped model, the intake engine. Takes about a second.

    Raises:
        KnowledgeError: a mistake in a knowledge file, with file and line.
    """
    import knowledge as knowledge_files  # here, not above: loading is the point where files are opened
    from intake.engine import IntakeEngine
    from intake.extract import extract
    from intake.safety import Screen

    loaded = knowledge_files.load()

    def bound(text: str, *, expecting: str | None, today: date) -> Sequence[ExtractedField]:
        return extract(text, expecting=expecting, today=today, knowledge=loaded)

    bound("你好", expecting=None, today=utc_now().astimezone(BEIJING).date())  # its word lists are read now, not while a resident waits
    return Parts(
        knowledge=loaded,
        classifier=load_classifier(config.model_dir),
        screen=Screen(loaded.risk),
        intake=IntakeEngine(loaded, centre=config.centre_name, draft_days=config.draft_days),
        extract=bound,
        ask=Answering(loaded, utc_now().astimezone(BEIJING).date()),
    )


def load_classifier(folder: Path) -> ClassifierPort | None:
    """The shipped model; None, said in the log and by ``/readyz``, when it cannot be loaded: filing works without it."""
    from classifier.runtime import ModelError, load

    try:
        return load(folder)
    except (ModelError, OSError) as error:
        log.error("model not loaded from %s: %s", folder, type(error).__name__)
        return None


def main() -> None:
    """Serve until SIGTERM or Ctrl-C. A mistake in settings or knowledge ends the start with one sentence."""
    os.umask(0o077)  # database, uploads and secrets are nobody else's
    logs.configure()
    begun = time.perf_counter()
    config = Config.from_env()
    try:
        app = create_app(config, load_parts(config))
    except JiefenError as error:
        sys.exit(f"启动失败：{error.detail}")
    log.info("parts loaded in %.2f s; serving on %s:%d", time.perf_counter() - begun, config.host, config.port)
    web.run_app(app, host=config.host, port=config.port, access_log=None, print=None, handler_cancellation=False, shutdown_timeout=5)
