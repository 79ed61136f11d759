"""期限: dates that lie ahead or limit something (hearings, ends of contracts, promises), for the limitation clock and for urgency."""

from __future__ import annotations

from intake.extract.dates import terms
from intake.extract.text import Mention, clause_of


def deadlines(text: str, told: list[Mention]) -> list[Mention]:
    """Each term with its ISO value; the span is its whole clause, so that staff see what falls due."""
    found = []
    for term in terms(told):
        start, end = clause_of(text, term.start, term.end)
        found.append(Mention(start, end, term.value, term.confidence))
    return found
