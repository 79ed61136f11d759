"""时长: how long it has lasted (“欠了三个月”, “拖了一年半”) as an ISO 8601 duration (P3M, P18M, P22D)."""

from __future__ import annotations

import re

from intake.extract.numerals import parse
from intake.extract.text import Mention

_NUMBER = r"(?P<number>仨|俩|半|\d+(?:\.\d+)?|[一二两三四五六七八九十百]+)(?P<few>多|来|几)?"
_SPAN = re.compile(
    rf"{_NUMBER}\s?个?(?P<half>半)?(?P<unit>年|月|周|星期|礼拜|天|日(?!元))(?P<more>半|零?(?P<rest>[一二两三四五六七八九十\d]+)个(?:半)?月)?(?!前|以前|之前|[内后]|份|初|底|\d)"
)
_LASTED = re.compile(
    r"(?:欠|拖|漏|等|干|做|住|停|闹|吵|打|分居|压|扣|占|过|找|跑|跟|租|养|用|交|不发|没发|没给|欠着|拖欠|失联|持续|已经?|都|快|有|整整|将近|前后|超期|逾期|断)[了我他们着的工资]{0,4}(?:快|有|整整|都|已经|将近|差不多|大概)?$"
)


def duration(text: str) -> Mention | None:
    """The first length of time that the text says something lasted, floor of an approximation; None when it says none."""
    found: list[Mention] = []
    for match in _SPAN.finditer(text):
        iso = _iso(match)
        before = text[: match.start()]
        if iso is None or re.search(r"[第每上前过]$|20|[零〇]$", before):
            continue
        score = 2.0 if _LASTED.search(before) else 1.0 if re.match(r"了|多了|来", text[match.end() :]) else 0.0
        if score:
            found.append(Mention(match.start(), match.end(), iso, 0.85 if score > 1 else 0.7, score))
    return max(found, key=lambda m: (m.score, -m.start)) if found else None


def _iso(match: re.Match[str]) -> str | None:
    words, unit = match.group("number"), match.group("unit")
    number = {"仨": 3.0, "俩": 2.0, "半": 0.5}.get(words) or parse(words)
    if number is None or number <= 0 or (unit == "年" and number > 80):
        return None
    if match.group("half"):
        number += 0.5
    if unit == "年":
        months = number * 12 + (6 if match.group("more") == "半" else (parse(match.group("rest")) or 0) if match.group("rest") else 0)
        return f"P{int(months)}M"
    if unit == "月":
        return f"P{int(number)}M" if number == int(number) else f"P{int(number * 30)}D"
    return f"P{int(number * (7 if unit in ('周', '星期', '礼拜') else 1))}D"
