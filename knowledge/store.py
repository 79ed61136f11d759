"""What the loader hands out: every knowledge file, typed and indexed. Read-only."""

from __future__ import annotations

import string
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from common.enums import Route
from knowledge.models import (
    DisputeType,
    Division,
    FaqEntry,
    LegalityRule,
    Organisation,
    OrganisationKind,
    Question,
    RiskBook,
    RouteInfo,
    RoutingBook,
    Statute,
    Subtype,
)

PLACEHOLDERS_KEY = "_placeholders"
_FORMATTER = string.Formatter()


def placeholders(template: str) -> Iterator[str]:
    """Names in curly brackets.

    Raises:
        ValueError: unbalanced brackets.
    """
    return (name for _, name, _, _ in _FORMATTER.parse(template) if name is not None)


@dataclass(frozen=True)
class Knowledge:
    """All knowledge files. ``version`` is a hash of their bytes, kept with every case for audit."""

    types: Mapping[str, DisputeType]
    routes: Mapping[Route, RouteInfo]
    organisation_kinds: Mapping[str, OrganisationKind]
    organisations: Mapping[str, Organisation]
    divisions: Mapping[str, Division]
    routing: RoutingBook
    questions: Mapping[str, Question]
    risk: RiskBook
    legality: tuple[LegalityRule, ...]
    statutes: Mapping[str, Statute]
    phrases: Mapping[str, str | list[str]]
    faq: Mapping[str, FaqEntry]
    version: str
    subtypes: Mapping[str, Subtype] = field(default_factory=dict)
    _type_of: Mapping[str, str] = field(default_factory=dict, repr=False)

    def type_of(self, subtype_code: str) -> str:
        """Dispute type of a subtype: ``LD01`` → ``LD``.

        Raises:
            KeyError: no such subtype.
        """
        return self._type_of[subtype_code]

    def questions_for(self, dispute_type: str, subtype: str | None = None) -> list[Question]:
        """Type-specific questions, earliest first; those of other subtypes are left out. Unknown types have none."""
        kind = self.types.get(dispute_type)
        asked = [q for q in kind.questions if not q.subtypes or subtype in q.subtypes] if kind else []
        return sorted(asked, key=lambda question: question.rank)

    def phrase(self, key: str, /, *, variant: int = 0, **values: object) -> str:
        """A sentence of phrases.yml with its placeholders filled.

        Args:
            variant: which wording, counted round, when the entry has several (use how often it was said).
            values: placeholders; more than needed is allowed.

        Raises:
            KeyError: unknown key, or a placeholder without a value.
        """
        entry = self.phrases[key]
        template = entry if isinstance(entry, str) else entry[variant % len(entry)]
        missing = sorted({name for name in placeholders(template) if name not in values})
        if missing:
            raise KeyError(f"phrase {key!r} needs {', '.join(missing)}")
        return template.format(**values)

    def organisations_of(self, kind: str, division_code: str | None = None) -> list[Organisation]:
        """Organisations of a kind, those of the division first, then of the divisions around it, then the rest."""
        chain = self.division_chain(division_code) if division_code else []
        near = {code: i for i, code in enumerate(chain)}
        found = [o for o in self.organisations.values() if o.kind == kind]
        return sorted(found, key=lambda o: near.get(o.division_code, len(near)))

    def division_chain(self, code: str) -> list[str]:
        """A division and those around it: street, district, city. Empty for an unknown code."""
        chain: list[str] = []
        current: str | None = code
        while current is not None and current in self.divisions:
            chain.append(current)
            current = self.divisions[current].parent
        return chain
