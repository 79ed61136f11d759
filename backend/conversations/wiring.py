"""Puts the parts of a conversation together; ``backend.http.conversations`` calls it when the application starts."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import aiohttp

from backend.conversations.announcing import Announcer
from backend.conversations.arrival import Arrival
from backend.conversations.crisis import CrisisDesk
from backend.conversations.delivery import Deliverer
from backend.conversations.desk import StaffDesk
from backend.conversations.gateway import RasaGateway
from backend.conversations.handoff import HandoffDesk
from backend.conversations.hooks import CaseHooks
from backend.conversations.hub import Hub
from backend.conversations.notices import CaseNotices
from backend.conversations.ports import OpeningPort, RiskModelPort, ScreenPort
from backend.conversations.queue_list import ConversationList
from backend.conversations.reading import Reader
from backend.conversations.resuming import ResumeCodes
from backend.conversations.returning import Returning
from backend.conversations.screening import Screening
from backend.conversations.service import Conversations
from backend.conversations.statement_pages import StatementPages
from backend.conversations.tokens import TokenSigner
from backend.conversations.uploads import EvidenceFolder
from backend.conversations.worker import Worker
from backend.db.base import Sessions
from knowledge import Knowledge


@dataclass(frozen=True)
class Settings:
    """What conversations need of the configuration."""

    secret_key: str
    session_hours: float
    rasa_url: str
    rasa_token: str
    rasa_timeout_s: float
    data_dir: Path
    upload_max_bytes: int
    draft_days: int


@dataclass(frozen=True)
class ConversationParts:
    """Everything that routes and channels use."""

    conversations: Conversations
    desk: StaffDesk
    lists: ConversationList
    folder: EvidenceFolder
    hooks: CaseHooks
    worker: Worker
    hub: Hub
    returning: Returning
    notices: CaseNotices
    statements: StatementPages


def build(
    settings: Settings,
    *,
    sessions: Sessions,
    reads: Sessions,
    clock: Callable[[], datetime],
    knowledge: Knowledge,
    screen: ScreenPort,
    model: RiskModelPort | None,
    opening: OpeningPort,
    executor: Executor,
    client: aiohttp.ClientSession,
) -> ConversationParts:
    """Make the parts; nothing connects or starts here."""
    hub = Hub()
    screening = Screening(screen, model, executor)
    codes = ResumeCodes(settings.secret_key, timedelta(days=settings.draft_days))
    signer = TokenSigner(settings.secret_key)
    crisis = CrisisDesk(screening, knowledge, knowledge.risk.numbers)
    gateway = RasaGateway(client, settings.rasa_url, settings.rasa_token, settings.rasa_timeout_s)
    deliverer = Deliverer(sessions, reads, clock, gateway, Arrival(crisis, knowledge, hub, codes), knowledge, hub)
    conversations = Conversations(
        sessions,
        reads,
        clock,
        signer=signer,
        session_hours=settings.session_hours,
        screening=screening,
        reader=Reader(crisis, HandoffDesk(knowledge), opening, knowledge, codes),
        deliverer=deliverer,
        opening=opening,
        phrases=knowledge,
        hub=hub,
        codes=codes,
    )
    life = timedelta(hours=settings.session_hours)
    announcer = Announcer(sessions, reads, clock, knowledge, hub, codes)
    worker = Worker(reads, clock, conversations, announcer)
    return ConversationParts(
        conversations=conversations,
        desk=StaffDesk(sessions, reads, clock, knowledge, hub, worker.wake),
        lists=ConversationList(sessions, reads, clock),
        folder=EvidenceFolder(settings.data_dir / "evidence", settings.upload_max_bytes, knowledge),
        hooks=CaseHooks(announcer, worker),
        worker=worker,
        hub=hub,
        returning=Returning(sessions, clock, signer=signer, life=life, codes=codes, phrases=knowledge, hub=hub),
        notices=CaseNotices(clock, knowledge, hub),
        statements=StatementPages(reads, clock, knowledge),
    )
