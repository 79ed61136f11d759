"""Law answers for the API and the command line: from the dated store with its articles and dates, or a refusal."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from intake.faq import FaqAnswer, FaqIndex
from knowledge import Knowledge
from knowledge.models import Citation, Statute, StatuteVersion


@dataclass(frozen=True)
class LawAnswer:
    """An answer from the dated store, or a refusal. ``citations``: law, article, in_force_from, checked_on."""

    answer: str
    citations: tuple[dict[str, str], ...] = ()
    related: tuple[str, ...] = ()
    refused: bool = False
    confidence: float = 0.0


class Answering:
    """Answers one question at a time; blocking, milliseconds."""

    def __init__(self, knowledge: Knowledge, today: date) -> None:
        self._knowledge = knowledge
        self._index = FaqIndex(knowledge)
        self._today = today

    def __call__(self, question: str, history: Sequence[str] = ()) -> LawAnswer:
        """Answer, or refuse with the free hotline. A follow-up that says too little by itself is read after the question before it."""
        found = self._index.answer(question)
        if found is None and history:
            found = self._index.answer(f"{history[-1]}{question}")
        if found is None:
            return LawAnswer(self._knowledge.phrase("law.refused"), refused=True)
        return self._shown(found)

    def _shown(self, found: FaqAnswer) -> LawAnswer:
        entry = found.entry
        parts = [entry.answer]
        if entry.changing:
            parts.append(self._knowledge.phrase("law.changing"))
        store = self._knowledge.faq
        return LawAnswer(
            answer="\n".join(parts),
            citations=tuple(self._citation(citation) for citation in entry.citations),
            related=tuple(store[name].question if name in store else name for name in entry.related),
            refused=False,
            confidence=found.confidence,
        )

    def _citation(self, citation: Citation) -> dict[str, str]:
        version = in_force(self._knowledge.statutes[citation.law], self._today)
        return {
            "law": citation.law,
            "article": citation.article,
            "in_force_from": version.in_force_from.isoformat(),
            "checked_on": version.checked_on.isoformat(),
        }


def in_force(statute: Statute, day: date) -> StatuteVersion:
    """The version of a statute that applies on a day; the newest one when none does."""
    fitting = [v for v in statute.versions if v.in_force_from <= day and (v.in_force_until is None or day <= v.in_force_until)]
    return max(fitting or statute.versions, key=lambda version: version.in_force_from)
