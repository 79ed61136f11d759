"""Which organisation answers: up the ladder 社区 → 街道 → 区 → 市 (or the oilfield's own) until one is known."""

from __future__ import annotations

import re
from dataclasses import dataclass

from common.enums import AdminLevel
from knowledge import Knowledge
from knowledge.models import Organisation

LADDER: dict[AdminLevel, str] = {
    AdminLevel.COMMUNITY: "P1",
    AdminLevel.STREET: "P2",
    AdminLevel.DISTRICT: "P3",
    AdminLevel.CITY: "P3",
}
LADDER_KINDS = frozenset(LADDER.values())
LEVELS = list(AdminLevel)  # community first
_COMMUNITY = re.compile(r"([一-鿿]{2,8}?社区|[一-鿿]{1,6}村)")


@dataclass(frozen=True)
class Found:
    """``stand_in``: not of the wanted kind; a centre that takes the case in and passes it on."""

    organisation: Organisation | None
    stand_in: bool


def level_rank(level: AdminLevel) -> int:
    """0 community … 3 city."""
    return LEVELS.index(level)


def find_organisation(kind: str, level: AdminLevel, division: str | None, place: str | None, knowledge: Knowledge) -> Found:
    """The organisation nearest to the place for a kind and level.

    A community room is only chosen when the resident named that community: a street has many and we know a few. An organisation of
    another district is never chosen. Where none of the kind is known the centre of the same or the next level stands in.
    """
    chain = knowledge.division_chain(division) if division else []
    chain = chain or [code for code, item in knowledge.divisions.items() if item.level == "city"]
    if kind == LADDER[AdminLevel.COMMUNITY]:
        room = _community_room(kind, chain, place, knowledge)
        if room is not None:
            return Found(room, stand_in=False)
        return Found(_centre(AdminLevel.STREET, chain, knowledge), stand_in=True)
    if kind in LADDER_KINDS:
        centre = _centre(level, chain, knowledge)
        return Found(centre, stand_in=centre is not None and centre.admin_level is not level)
    near = [o for o in knowledge.organisations_of(kind, chain[0]) if o.division_code in chain] if chain else []
    if near:
        return Found(near[0], stand_in=False)
    return Found(_centre(level, chain, knowledge), stand_in=True)


def _community_room(kind: str, chain: list[str], place: str | None, knowledge: Knowledge) -> Organisation | None:
    for candidate in knowledge.organisations_of(kind, chain[0] if chain else None):
        name = candidate.name
        for code in chain:
            name = name.replace(knowledge.divisions[code].name, "")
        community = _COMMUNITY.search(name)
        if place and community and community[1] in place:
            return candidate
    return None


def _centre(level: AdminLevel, chain: list[str], knowledge: Knowledge) -> Organisation | None:
    """The centre on ``level`` or the first one above it, for the divisions in ``chain`` (finest first)."""
    for step in LEVELS[level_rank(level) :]:
        for code in chain:
            for candidate in knowledge.organisations_of(LADDER[step], code):
                if candidate.admin_level is step and candidate.division_code == code:
                    return candidate
    return None
