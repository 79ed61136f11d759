"""Answers law questions from the dated store (knowledge/faq), or says nothing when unsure.

A simple, honest retrieval: character uni- and bigrams, BM25 weights, and a refusal threshold on how much of the question's weight the best
entry covers. Issue 5 replaces the search; what is said stays: the answer, its articles in words, and that it is not legal advice.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections import Counter
from dataclasses import dataclass

from knowledge.models import FaqEntry
from knowledge.store import Knowledge

COVERED = 0.5  # share of the question's weight that the best entry must cover
MARGIN = 0.04  # … and by how much it must beat the second; less means that the question is unclear
ANSWER_SHARE = 0.5  # words of the question that stand only in the answer count half
_K1, _B = 1.2, 0.5
_CLOSING = "具体以官方答复和生效法律为准。"
_NOISE = re.compile(
    r"[^\u4e00-\u9fffa-z0-9]|请问|我想(问|知道)(一?下)?|你们?好|那个|就是|的话|一下|到底|现在|这种情况|怎么办|咋办|呢|吗|呀|啊|吧|嘛|了|的"
)


@dataclass(frozen=True)
class FaqAnswer:
    """An entry that answers the question. ``confidence`` is the covered share, 0–1."""

    entry: FaqEntry
    confidence: float


class FaqIndex:
    """Searches the store; built once at start."""

    def __init__(self, knowledge: Knowledge) -> None:
        self._knowledge = knowledge
        self._entries: list[FaqEntry] = []
        self._documents: list[Counter[str]] = []
        self._answers: list[frozenset[str]] = []
        for entry in knowledge.faq.values():
            told = frozenset(grams(entry.answer))
            for wording in (entry.question, *entry.paraphrases):
                self._entries.append(entry)
                self._documents.append(Counter(grams(wording)))
                self._answers.append(told)
        lengths = [sum(document.values()) for document in self._documents] or [1]
        self._mean = sum(lengths) / len(lengths)
        seen = Counter(gram for document in self._documents for gram in document)
        count = len(self._documents)
        self._weight = {gram: math.log(1 + (count - n + 0.5) / (n + 0.5)) for gram, n in seen.items()}
        self._unseen = math.log(1 + count + 0.5)

    def answer(self, question: str) -> FaqAnswer | None:
        """The entry that answers the question, None when no wording is near enough."""
        asked = Counter(grams(question))
        total = sum(self._weight.get(gram, self._unseen) for gram in asked)
        if not total or not self._documents:
            return None
        best: dict[str, tuple[float, FaqEntry]] = {}
        for entry, document, told in zip(self._entries, self._documents, self._answers, strict=True):
            share = self._covered(asked, document, told) / total
            if share > best.get(entry.id, (0.0, entry))[0]:
                best[entry.id] = (share, entry)
        ranked = sorted(best.values(), key=lambda item: -item[0])
        if not ranked or ranked[0][0] < COVERED:
            return None
        if len(ranked) > 1 and ranked[0][0] - ranked[1][0] < MARGIN and ranked[0][0] < 0.8:
            return None
        return FaqAnswer(ranked[0][1], round(min(1.0, ranked[0][0]), 4))

    def text(self, found: FaqAnswer | None) -> str:
        """What is said: answer, articles in words, disclaimer; or the refusal with the free hotline."""
        phrase = self._knowledge.phrase
        if found is None:
            return phrase("law.refused")
        entry = found.entry
        laws: dict[str, list[str]] = {}
        for citation in entry.citations:
            laws.setdefault(citation.law, []).append(citation.article)
        cited = "；".join(f"《{law}》{'、'.join(articles)}" for law, articles in laws.items())
        answer = entry.answer.replace(_CLOSING, "")  # the disclaimer below says it, with that we are no lawyers
        lines = [phrase("law.answer", answer=answer), phrase("law.source", law=cited)]
        if entry.changing:
            lines.append(phrase("law.changing"))
        return "\n".join([*lines, phrase("legal.disclaimer")])

    def _covered(self, asked: Counter[str], document: Counter[str], told: frozenset[str]) -> float:
        length = 1 - _B + _B * sum(document.values()) / self._mean
        score = 0.0
        for gram in asked:
            weight = self._weight.get(gram, self._unseen)
            if n := document.get(gram, 0):
                score += weight * min(1.0, n * (_K1 + 1) / (n + _K1 * length))
            elif gram in told:
                score += weight * ANSWER_SHARE
        return score


def grams(text: str) -> list[str]:
    """Characters and pairs of characters, after the small words of asking are dropped; pairs weigh by their rarity."""
    words = _NOISE.sub("", unicodedata.normalize("NFKC", text).lower())
    return [*words, *(words[i : i + 2] for i in range(len(words) - 1))]
