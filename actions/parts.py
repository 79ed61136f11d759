"""What the actions work with, wired once at start."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

import knowledge as knowledge_files
from actions.backend import Backend
from actions.outbox import Outbox
from classifier.runtime import Classifier, ModelError, load
from common import secretfile, settings
from intake.conversation import Message
from intake.engine import IntakeEngine
from intake.extract import extract
from intake.faq import FaqIndex
from knowledge import Knowledge

log = logging.getLogger("jiefen.actions")
BEIJING = ZoneInfo("Asia/Shanghai")


@dataclass(frozen=True)
class Parts:
    """Knowledge, classifier, engine, the way to the backend. ``classifier`` is None when no model is installed: the type is asked then."""

    knowledge: Knowledge
    classifier: Classifier | None
    engine: IntakeEngine
    faq: FaqIndex
    backend: Backend
    outbox: Outbox

    def warm_up(self) -> None:
        """Run everything once: the first resident must not wait for patterns to compile and arrays to load."""
        text = "我在工地干活，老板从今年8月起没发工资，每月六千，欠了三个月，电话13800000000"
        seen = self.classifier.predict(text) if self.classifier else None
        state = self.engine.start()
        for words in (text, "同意", "没有危险", "对方叫张三"):
            state = self.engine.turn(state, Message(text=words, today=self.today(), prediction=seen)).state
        self.faq.answer(text)

    @staticmethod
    def today() -> date:
        """The day in Asia/Shanghai, for messages that do not carry theirs."""
        return datetime.now(BEIJING).date()


def load_parts() -> Parts:
    """Load everything; about a second.

    Raises:
        KnowledgeError: a mistake in a knowledge file, with file and line.
    """
    known = knowledge_files.load()
    extract("你好", today=datetime.now(BEIJING).date(), knowledge=known)  # its word lists are read now, not while a resident waits
    backend = Backend(settings.backend_url(), secretfile.load_or_create("JIEFEN_INTERNAL_TOKEN"))
    return Parts(
        knowledge=known,
        classifier=_classifier(),
        engine=IntakeEngine(known, centre=settings.get("JIEFEN_CENTRE_NAME"), draft_days=int(settings.get("JIEFEN_DRAFT_DAYS"))),
        faq=FaqIndex(known),
        backend=backend,
        outbox=Outbox(settings.data_dir() / "outbox", backend),
    )


def _classifier() -> Classifier | None:
    try:
        return load()
    except (ModelError, OSError) as error:
        log.error("classifier not loaded (%s): residents are asked for the type", error)
        return None
