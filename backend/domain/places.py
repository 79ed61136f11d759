"""From the place a resident named to a division of the list: 住在胜利路那边的天山小区 → 胜利路街道."""

from __future__ import annotations

from collections.abc import Mapping

from knowledge.models import Division

_DEPTH = {"city": 0, "district": 1, "street": 2}


def find_division(place: str | None, divisions: Mapping[str, Division]) -> str | None:
    """Code of the finest division named in ``place``, None when none is.

    Short forms are the ``aliases`` of divisions.yml: cutting endings off by rule would make the city 克拉玛依 its own district.
    Of several on the same level the longest name wins; a street wins over its district. A street whose district contradicts a
    district named beside it is not believed: then the district counts.
    """
    if not place:
        return None
    hits = [(division, length) for division in divisions.values() if (length := _named(place, division))]
    if not hits:
        return None
    districts = {division.code for division, _ in hits if division.level == "district"}
    hits = [hit for hit in hits if hit[0].level != "street" or not districts or hit[0].parent in districts]
    best = max(hits, key=lambda hit: (_DEPTH[hit[0].level], hit[1]))
    return best[0].code


def _named(place: str, division: Division) -> int:
    """Length of the longest name of the division that stands in ``place``; 0 when none does."""
    return max((len(name) for name in (division.name, *division.aliases) if name in place), default=0)
