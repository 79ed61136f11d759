"""What routing decides about a case; frozen, JSON-friendly through ``common.payloads.to_json``."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from common.enums import AdminLevel, HandlingMode, Route
from knowledge.models import Organisation


@dataclass(frozen=True)
class Door:
    """Another way out beside or instead of mediation: an authority, a court, a hotline."""

    code: str
    name: str
    handles: str
    phone: str
    bring: tuple[str, ...]


@dataclass(frozen=True)
class RoutingDecision:
    """Where a case goes, by when, and why.

    Attributes:
        organisation: who answers for the case; a centre stands in where no organisation of the kind is known nearby.
        organisation_kind: the kind of door the rules chose (P1, HT-YL, X-110 …).
        contact_deadline: when the applicant must have been contacted; ``contact_text`` is what the resident reads.
        finish_deadline: target for the end, None when no rule sets one.
        joint: several units sit together, the centre leads.
        rules: ids of the rules that decided, for staff and audit.
        reasons: sentences for the resident, most important first.
    """

    route: Route
    admin_level: AdminLevel
    organisation: Organisation | None
    organisation_kind: str
    handling_mode: HandlingMode
    contact_deadline: datetime
    contact_text: str
    finish_deadline: datetime | None
    finish_text: str
    joint: bool
    rules: tuple[str, ...]
    reasons: tuple[str, ...]
    advice: tuple[str, ...]
    bring: tuple[str, ...]
    exits: tuple[Door, ...]
