"""The resident's statement 情况说明 as a page: what the engine handed over, the files she sent, and who handles the case."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select

from backend.conversations import log
from backend.conversations.ports import PhrasesPort
from backend.db.base import Sessions
from backend.db.models_conversations import Conversation, Evidence
from backend.documents.page import Page, Row, Section
from common.errors import Conflict
from intake.summary import distinct

BEIJING = ZoneInfo("Asia/Shanghai")
_ALONE = ("narrative", "claim", "tried", "evidence", "willing")  # not in the table of particulars


class StatementPages:
    """Reads; writes nothing and keeps no file."""

    def __init__(self, reads: Sessions, clock: Callable[[], datetime], phrases: PhrasesPort) -> None:
        self._reads = reads
        self._clock = clock
        self._phrases = phrases

    async def page(self, conversation_id: str) -> Page:
        """The page as things stand now.

        Raises:
            NotFound: no such conversation.
            Conflict: nothing was told that could be written down, or questions are still being asked.
        """
        async with self._reads() as session:
            conversation = await log.peek(session, conversation_id)
            files = select(Evidence.name).where(Evidence.conversation_id == conversation_id, Evidence.case_index == conversation.case_index)
            names = list(await session.scalars(files.order_by(Evidence.created_at)))
        statement = (conversation.draft or {}).get("statement")
        if not isinstance(statement, dict):
            raise Conflict(self._phrases.phrase("statement.not_ready"))
        return self._built(statement, names, conversation)

    def _built(self, statement: Mapping[str, Any], files: Sequence[str], conversation: Conversation) -> Page:
        say = self._phrases.phrase
        lines: list[dict[str, str]] = list(statement["lines"])
        day = self._clock().astimezone(BEIJING)
        sections = [
            *self._particulars(lines),
            Section(say("statement.story"), paragraphs=tuple(_value(lines, "narrative").split("\n"))),
            Section(say("statement.claim"), paragraphs=_paragraphs(_value(lines, "claim"))),
            Section(say("statement.tried"), paragraphs=_paragraphs(_value(lines, "tried"))),
            Section(say("statement.evidence"), items=self._evidence(_value(lines, "evidence"), files)),
            Section(say("statement.door"), items=self._doors(statement, conversation)),
            Section(say("statement.bring"), items=self._bring(statement, conversation)),
        ]
        return Page(
            title=str(statement["title"]),
            sections=tuple(s for s in sections if s.rows or s.paragraphs or s.items),
            sign=say("statement.sign"),
            date=say("statement.date", date=f"{day.year}年{day.month}月{day.day}日"),
            notes=(say("statement.foot"), *(str(note) for note in statement["notes"])),
            number=say("statement.number", number=conversation.case_number) if conversation.case_number else "",
        )

    def _particulars(self, lines: Sequence[Mapping[str, str]]) -> list[Section]:
        """One table; with several matters one for what they share and one for each."""
        tables: dict[str, list[Row]] = {}
        grouped = any(line.get("group") for line in lines)
        for line in lines:
            if line["slot"] in _ALONE and not (grouped and line.get("group")):
                continue
            tables.setdefault(line.get("group") or self._phrases.phrase("statement.parties"), []).append(Row(line["label"], line["value"]))
        return [Section(heading, rows=tuple(rows)) for heading, rows in tables.items()]

    @staticmethod
    def _evidence(told: str, files: Sequence[str]) -> tuple[str, ...]:
        """What was told and what was sent; the engine notes the names of sent files as told, they stand here once."""
        words = [part for part in told.split("、") if part.strip()] if all(name in told for name in files) else [told]
        return tuple(dict.fromkeys([*(word for word in words if word), *files]))

    def _doors(self, statement: Mapping[str, Any], conversation: Conversation) -> tuple[str, ...]:
        """The doors that were shown; after filing the organisation that handles the case."""
        unit = (conversation.case_receipt or {}).get("organisation") or {}
        doors = [unit] if unit.get("name") else list(statement.get("doors") or [])
        if not doors:
            return (self._phrases.phrase("statement.door_default"),)
        texts = []
        for door in doors:
            phone, where = str(door.get("phone") or ""), str(door.get("address") or door.get("handles") or "")
            name = self._phrases.phrase("statement.door_phone", organisation=door["name"], phone=phone) if phone else str(door["name"])
            texts.append(f"{name}：{where}" if where else name)
        return tuple(texts)

    @staticmethod
    def _bring(statement: Mapping[str, Any], conversation: Conversation) -> tuple[str, ...]:
        return tuple(distinct((conversation.case_receipt or {}).get("bring") or statement.get("bring") or ()))


def _value(lines: Sequence[Mapping[str, str]], slot: str) -> str:
    return next((line["value"] for line in lines if line["slot"] == slot and not line.get("group")), "")


def _paragraphs(text: str) -> tuple[str, ...]:
    return (text,) if text else ()
