"""Hear everything that one message says (labels.md section 6): deterministic, with the literal words and their offsets.

Public fields: amount, people, phone, name, counterparty, place, date, claim; at most one each. For the engine besides: when_text
(words about time, also without a value), counterparty_phone, division (code), relation, duration (ISO 8601); tried and deadline may
come several times.
"""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING, Any

from common.payloads import ExtractedField
from intake.extract.amounts import amount
from intake.extract.claims import claim
from intake.extract.counterparties import counterparty
from intake.extract.dates import event_date, find_dates, when_words
from intake.extract.deadlines import deadlines
from intake.extract.durations import duration
from intake.extract.names import name
from intake.extract.people import people
from intake.extract.phones import others_phone, phone
from intake.extract.phrases import words
from intake.extract.places import division_code, find_place
from intake.extract.relation import relation
from intake.extract.text import Mention
from intake.extract.tried import tried
from intake.normalise import fold

if TYPE_CHECKING:
    from knowledge import Knowledge

PUBLIC_FIELDS = ("amount", "people", "phone", "name", "counterparty", "place", "date", "claim")

# Questions that ask two things at once hand in the first slot; the other is expected as well.
_TOGETHER = {"contact_name": {"contact_phone"}, "contact_phone": {"contact_name"}, "when": {"place"}, "place": {"when"}}


def extract(text: str, *, expecting: str | None = None, today: date, knowledge: Knowledge | None = None) -> list[ExtractedField]:
    """Everything the text states, nothing else.

    Args:
        text: one message, as typed; offsets of the result point into it.
        expecting: public slot name that was just asked (amount, contact_phone, contact_name, when, people, counterparty, place,
            claim …); a bare answer is then read as that.
        today: the day relative dates are counted from.
        knowledge: for division codes; may be None.

    Returns:
        Fields sorted by position; values are JSON-safe (CNY as int or float, people as int, ISO dates, digits, literal words).
    """
    folded = fold(text)
    slots = {expecting, *_alongside(folded, expecting)}
    divisions = tuple(knowledge.divisions.values()) if knowledge is not None else ()
    cut, told = words(folded), find_dates(folded, today, expecting=expecting == "when")
    single: dict[str, Mention | None] = {
        "phone": phone(folded, expecting="contact_phone" in slots),
        "name": name(folded, expecting="contact_name" in slots),
        "amount": amount(folded, expecting=expecting == "amount"),
        "people": people(folded, expecting=expecting == "people"),
        "counterparty": counterparty(folded, expecting=expecting == "counterparty", least=_least(folded, expecting), cut=cut),
        "place": find_place(folded, divisions, expecting=expecting == "place", cut=cut),
        "date": event_date(told),
        "when_text": when_words(told),
        "claim": claim(folded, expecting=expecting == "claim"),
        "counterparty_phone": None if "contact_phone" in slots else others_phone(folded),
        "relation": relation(folded),
        "duration": duration(folded),
    }
    _settle(folded, single, expecting)
    fields = [_field(text, kind, mention) for kind, mention in single.items() if mention is not None]
    code = division_code(folded, divisions) if single["place"] is not None or expecting == "place" else None
    if code is not None:
        place = single["place"]
        start, end = (place.start, place.end) if place else (0, len(text))
        fields.append(ExtractedField("division", code, text[start:end], start, end, 0.85))
    fields.extend(_field(text, "tried", m) for m in tried(folded))
    fields.extend(_field(text, "deadline", m) for m in deadlines(folded, told if expecting != "when" else find_dates(folded, today)))
    return sorted(fields, key=lambda f: (f.start, f.end, f.name))


def public_values(fields: list[ExtractedField]) -> dict[str, Any]:
    """What ``jiefen extract`` prints: every public field, None where the text says nothing."""
    values = {f.name: f.value for f in fields}
    return {key: values.get(key) for key in PUBLIC_FIELDS}


def _least(text: str, expecting: str | None) -> float:
    """A short answer to another question names the other side only when that is plain."""
    other = expecting is not None and expecting not in ("counterparty", "narrative", "tried", "relation", "claim")
    return 3.5 if other and len(text) <= 14 else 0.2


def _alongside(text: str, expecting: str | None) -> set[str]:
    """The other slot of a double question, when the text is long enough to hold both."""
    return _TOGETHER.get(expecting or "", set()) if len(text.strip()) > 3 else set()


def _settle(text: str, single: dict[str, Mention | None], expecting: str | None) -> None:
    """One stretch of text is one thing: a phone is no sum of money, the speaker's name is not the other side."""
    number, sum_ = single["phone"], single["amount"]
    if number and sum_ and number.start < sum_.end and sum_.start < number.end:
        single["amount"] = None
    own, other = single["name"], single["counterparty"]
    if own and other and own.start < other.end and other.start < own.end:
        single["name" if expecting == "counterparty" else "counterparty"] = None
    day = single["date"]
    if own and day and own.start <= day.start and day.end <= own.end:
        single["date"] = single["when_text"] = None
    where = single["place"]
    if (
        where
        and other
        and expecting != "place"
        and where.start >= other.start
        and where.end <= other.end
        and not re.search("小区|花园|家园|苑", text[where.start : where.end])
        and not text[: other.start].endswith(("在", "位于"))
    ):
        single["place"] = None


def _field(text: str, kind: str, mention: Mention) -> ExtractedField:
    literal = text[mention.start : mention.end]
    value = mention.value
    if kind in ("counterparty", "place", "claim", "tried"):
        value = literal
    if kind == "when_text":
        value = literal
    return ExtractedField(kind, value, literal, mention.start, mention.end, round(mention.confidence, 2))
