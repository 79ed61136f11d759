"""日期: when it happened or began, relative to ``today``; deadlines and promises are told apart.

A day gives YYYY-MM-DD, a month YYYY-MM; a bare year, a season or “前几天” gives no value (the words are still kept).
Weeks start on Monday. 开春 is March. Lunar dates are converted.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta

from intake.extract.almanac import MONTH_ONLY, add_months, festival, lunar, month_text
from intake.extract.date_words import (
    AGO,
    BACKGROUND,
    BARE_NUMBER,
    BEGAN,
    DAY,
    DAY_ONLY,
    DAY_WORDS,
    DUE,
    EVENT,
    EVERY,
    FESTIVAL,
    FULL,
    LASTING,
    LUNAR,
    MONTH,
    MONTH_DAY,
    MONTH_REL,
    MONTHS,
    NEW_YEAR_DAY,
    NOW_TALK,
    PROMISE,
    START,
    VAGUE,
    WEEK,
    YEAR_PART,
)
from intake.extract.numerals import parse
from intake.extract.text import Mention, longest, without_corrected


@dataclass(frozen=True)
class Told:
    """A date told: ``value`` ISO text or None, ``day`` its first day, ``future`` when it lies ahead or is a term."""

    start: int
    end: int
    value: str | None
    day: date | None
    future: bool = False


def find_dates(text: str, today: date, *, expecting: bool = False) -> list[Mention]:
    """All time expressions; ``kind`` is event, term (deadline, promise, future) or vague (no value)."""
    told = [Mention(t.start, t.end, t, 0.9) for t in _all(text, today, expecting)]
    kept = without_corrected(text, [m for m in longest(told) if not EVERY.search(text[: m.start])])
    return [_judged(text, mention, today) for mention in kept]


def event_date(told: list[Mention]) -> Mention | None:
    """Of what :func:`find_dates` found, the event or its start, or None; ``value`` is the ISO text."""
    candidates = [m for m in told if m.kind == "event"]
    if not candidates:
        return None
    return max(candidates, key=lambda m: (m.score, -m.start))


def when_words(told: list[Mention]) -> Mention | None:
    """The words about time, value or not: event first, then a vague one."""
    return event_date(told) or next((m for m in told if m.kind == "vague"), None)


def terms(told: list[Mention]) -> list[Mention]:
    """Dates that lie ahead or limit something: hearings, ends of contracts, promises."""
    return [m for m in told if m.kind == "term" and m.value]


def _judged(text: str, mention: Mention, today: date) -> Mention:
    told: Told = mention.value
    before, after = text[: mention.start], text[mention.end :]
    if told.value is None:
        return replace(mention, value=None, kind="vague", confidence=0.5)
    due = bool(DUE.match(after)) or (bool(PROMISE.search(before)) and not START.search(before))
    if told.future or (told.day is not None and told.day > today) or due:
        return replace(mention, value=_next_term(told, text, today), kind="term", confidence=0.8)
    score = 0.0
    if START.search(before) and not re.search(r"[单家院]$", before[:-1]):
        score += 1.2
    if BEGAN.match(after):
        score += 1.5
    if BACKGROUND.match(after):
        score -= 1.0
    elif EVENT.match(after):
        score += 0.6
    if told.day == today and (NOW_TALK.match(after) or re.search("现在|今天", text[mention.start : mention.end])):
        score -= 0.6
    return replace(mention, value=told.value, kind="event", score=score, confidence=0.9 if score >= 0 else 0.7)


def _next_term(told: Told, text: str, today: date) -> str | None:
    """A term without a year (“12月31号到期”) is the nearest one: within half a year ahead rather than long past."""
    if told.day is None or told.value is None or told.day >= today or re.search(r"年|\d{4}", text[told.start : told.end]):
        return told.value
    again = add_months(told.day, 12)
    if (again - today).days > 183 or (PROMISE.search(text[: told.start]) and not DUE.match(text[told.end :])):
        return told.value
    return again.isoformat() if len(told.value) == 10 else month_text(again)


def _all(text: str, today: date, expecting: bool) -> Iterator[Told]:
    readers: list[tuple[re.Pattern[str], Callable[[re.Match[str], date], Told | None]]] = [
        (FULL, _full), (MONTH_DAY, _month_day), (MONTH, _month), (LUNAR, _lunar), (NEW_YEAR_DAY, _lunar), (FESTIVAL, _festival),
        (AGO, _ago), (WEEK, _week), (MONTH_REL, _month_rel), (DAY, _day), (YEAR_PART, _year_part), (DAY_ONLY, _day_only(expecting)),
    ]  # fmt: skip
    if expecting:
        readers.append((BARE_NUMBER, _bare))
        if not any(pattern.search(text) for pattern, _ in readers):
            readers.append((LASTING, _ago))
    for pattern, reader in readers:
        for match in pattern.finditer(text):
            told = reader(match, today)
            if told is not None and told.end > told.start:
                yield told
    for match in VAGUE.finditer(text):
        yield Told(match.start(), match.end(), None, None)


def _year_of(words: str | None, today: date) -> int | None:
    """Calendar year of 去年, 2025年, 25年, 二〇二五年; None when not said."""
    if not words:
        return None
    relative = {"大前年": -3, "前年": -2, "去年": -1, "上一年": -1, "上年": -1, "头年": -1, "今年": 0, "本年": 0, "明年": 1}
    if words in relative:
        return today.year + relative[words]
    digits = words.rstrip("年")
    if digits.isascii() and digits.isdigit():
        return int(digits) if len(digits) == 4 else 2000 + int(digits)
    value = parse(digits)
    return int(value) if value and 1990 < value < 2100 else None


def _number(words: str) -> int:
    if words in ("仨", "俩"):
        return 3 if words == "仨" else 2
    return int(parse(words) or 0)


def _on(match: re.Match[str], day: date, today: date) -> Told:
    return Told(match.start(), match.end(), day.isoformat(), day, day > today)


def _in(match: re.Match[str], day: date, today: date) -> Told:
    first = day.replace(day=1)
    return Told(match.start(), match.end(), month_text(day), first, first > today)


def _safe(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _latest(year: int | None, today: date, make: Callable[[int], date | None]) -> date | None:
    """The day in the year said, or its most recent occurrence up to today."""
    if year is not None:
        return make(year)
    for candidate in (today.year, today.year - 1):
        day = make(candidate)
        if day is not None and day <= today:
            return day
    return None


def _full(match: re.Match[str], today: date) -> Told | None:
    if match.group("packed"):
        packed = match.group("packed")
        day = _safe(int(packed[:4]), int(packed[4:6]), int(packed[6:]))
        return _on(match, day, today) if day else None
    year, month = int(match.group("y")), int(match.group("m"))
    if match.group("d"):
        day = _safe(year, month, int(match.group("d")))
        return _on(match, day, today) if day else None
    if "." in match.group() or "/" in match.group() or "-" in match.group() or "年" in match.group():
        return _in(match, date(year, month, 1), today)
    return None


def _month_number(words: str) -> int:
    return MONTHS.get(words) or _number(words)


def _is_lunar(match: re.Match[str]) -> bool:
    """八月十五 in words without 号 is the lunar day."""
    return match.group("month") == "八" and match.group("day") == "十五" and not match.group("mark")


def _month_day(match: re.Match[str], today: date) -> Told | None:
    month, day_words = _month_number(match.group("month")), match.group("day")
    if not match.group("mark") and match.group("month").isdigit() != day_words.isdigit():
        return None
    day_number = _number(day_words)
    make = (lambda year: lunar(year, month, day_number)) if _is_lunar(match) else (lambda year: _safe(year, month, day_number))
    day = _latest(_year_of(match.group("year"), today), today, make)
    return _on(match, day, today) if day else None


def _month(match: re.Match[str], today: date) -> Told | None:
    rest = match.string[match.end() :]
    if re.match(r"的?(?:全?部?工资|工钱|考勤|奖金|绩效|提成|房租|租金|水电)", rest) and not re.search(
        r"(?:从|自|打)$", match.string[: match.start()]
    ):
        return None  # what is owed for the month, no event
    if not match.group("part") and (
        re.match(r"\s?(?:\d|[一二两三四五六七八九十]+[百千万元块])", rest)
        or rest.startswith(("薪", "租", "供", "嫂", "饼", "光", "经", "子", "季", "度", "票", "利"))
    ):
        return None  # 一月四千五 is a rate
    month = _month_number(match.group("month"))
    day = _latest(_year_of(match.group("year"), today), today, lambda year: _safe(year, month, 1))
    return _in(match, day, today) if day else None


def _lunar(match: re.Match[str], today: date) -> Told | None:
    groups = match.groupdict()
    month_words = groups.get("lunar_month") or "正"
    day_words = groups.get("lunar_day")
    named = month_words in ("正", "冬", "腊") or bool(groups.get("calendar")) or (day_words or "").startswith(("初", "廿"))
    if not named or groups.get("solar") or (groups.get("lunar_day") or "") == "初" or month_words.startswith("闰"):
        return None
    month = _month_number(month_words)
    words = (day_words or "").removeprefix("初").replace("廿", "二十")
    day = _latest(_year_of(groups.get("year"), today), today, lambda year: lunar(year, month, _number(words) if words else 1))
    if day is None:
        return None
    return _on(match, day, today) if words else _in(match, day, today)


def _festival(match: re.Match[str], today: date) -> Told | None:
    finder = festival(match.string, match.start("festival"))
    if finder is None:
        return None
    day = _latest(_year_of(match.group("year"), today), today, finder)
    if day is None:
        return None
    shift = match.group("shift") or ""
    month_only = MONTH_ONLY.search(match.group("festival"))
    if match.group("shift_days") and match.group("shift_unit") and shift and not month_only:
        day += timedelta(days=_number(match.group("shift_days")) * (-1 if "前" in shift else 1))
        return _on(match, day, today)
    end = match.end("festival")
    if month_only:
        return Told(match.start(), end, month_text(day), day, day > today)
    if shift and not match.string[match.end("shift") :].startswith(("后", "几天")) and "前" in shift:
        return Told(match.start(), match.end("shift"), None, None)
    return Told(match.start(), end, day.isoformat(), day, day > today)


def _ago(match: re.Match[str], today: date) -> Told | None:
    unit, half = match.group("unit"), match.group("number") == "半"
    count = 0.5 if half else float(_number(match.group("number")))
    if match.group("half"):
        count += 0.5
    if count <= 0:
        return None
    if unit in ("天", "日"):
        return _on(match, today - timedelta(days=int(count)), today) if count >= 1 else None
    if unit in ("周", "星期", "礼拜"):
        return _on(match, today - timedelta(days=int(count * 7)), today)
    if unit == "月":
        if count < 1:
            return _on(match, today - timedelta(days=15), today)
        return _in(match, add_months(today, -int(count)), today)
    if half:
        return _in(match, add_months(today, -6), today)
    return Told(match.start(), match.end(), None, None)


def _week(match: re.Match[str], today: date) -> Told | None:
    monday = today - timedelta(days=today.weekday())
    weeks = {"上上": -2, "上": -1, "这": 0, "本": 0, "下": 1, "下下": 2}
    if match.group("only"):
        return Told(match.start(), match.end(), None, None) if weeks[match.group("only")] <= 0 else None
    before = match.string[: match.start()]
    if re.search(r"[每四双单各]$|(?:每个|每逢)$|[零一二两三四五六七八九十\d半几]个?$", before) or match.string[match.end() :].startswith(
        ("岁", "师", "总", "某", "老师")
    ):
        return None
    which, words = match.group("which"), match.group("day")
    weekday = 5 if words == "末" else "一二三四五六".find(words) if words in "一二三四五六" else 6
    day = monday + timedelta(days=7 * weeks.get(which or "这", 0) + weekday)
    if which is None and re.match(r"(?:我)?(?:过去|过来|再|有空|上门|可以|来吧|去办)", match.string[match.end() :]):
        return Told(match.start(), match.end(), (day if day > today else day + timedelta(days=7)).isoformat(), day, future=True)
    if which is None and day > today:
        day -= timedelta(days=7)
    return _on(match, day, today)


def _month_rel(match: re.Match[str], today: date) -> Told | None:
    if re.match(r"的?(?:工资|工钱|考勤|奖金|绩效|提成|房租)", match.string[match.end() :]):
        return None
    months = {"上上": -2, "上": -1, "这": 0, "本": 0, "当": 0, "下": 1}[match.group("which")]
    first = add_months(today.replace(day=1), months)
    if match.group("which") == "当" and not match.group("day"):
        return None
    if match.group("day"):
        day = _safe(first.year, first.month, _number(match.group("day")))
        return _on(match, day, today) if day else None
    future = months == 0 and match.group("part") in ("底", "末", "下旬")
    return Told(match.start(), match.end(), month_text(first), first, months > 0 or future)


def _day(match: re.Match[str], today: date) -> Told | None:
    before = match.string[: match.start()]
    if (match.group() in ("前天", "前日", "后天") and before.endswith("大")) or before.endswith(("提", "目", "之", "以", "最", "先")):
        return None
    after = match.string[match.end() :]
    if (match.group() in ("刚才", "刚刚") and re.match(r"说|讲|问|打|写|填|输|告诉|记|算|忘|看错|听错|那", after)) or re.match(
        r"都?(?:\d|[一二三四五六七八九十])+[号日了]", after
    ):
        return None
    if match.group() == "今晚" and not re.match(r"[^,，。]{0,6}(?:了|被|刚|又)", after):
        return Told(match.start(), match.end(), today.isoformat(), today, future=True)
    return _on(match, today + timedelta(days=DAY_WORDS[match.group()]), today)


def _day_only(expecting: bool) -> Callable[[re.Match[str], date], Told | None]:
    def read(match: re.Match[str], today: date) -> Told | None:
        rest, before = match.string[match.end() :], match.string[: match.start()]
        told = re.match(r"(?:那天|当天|晚|早|上午|下午|中午|凌晨|半夜|就|开始|起|发的|签的|到的|出的|,|，|$)", rest) or re.search(
            r"(?:从|自|到)$", before
        )
        if not expecting and (
            match.group("mark") == "日" or not told or re.search(r"[电话手机号码尾第每几、]$|\d\s?$|每月|每个月$", before)
        ):
            return None
        number = _number(match.group("day"))
        for first in (today.replace(day=1), add_months(today.replace(day=1), -1)):
            day = _safe(first.year, first.month, number)
            if day and day <= today:
                return _on(match, day, today)
        return None

    return read


def _year_part(match: re.Match[str], today: date) -> Told | None:
    month = 3 if "春" in match.group("part") else 12 if match.group("part")[-1] in "底末终" else 1
    day = _latest(_year_of(match.group("year"), today), today, lambda year: date(year, month, 1))
    return _in(match, day, today) if day else None


def _bare(match: re.Match[str], today: date) -> Told | None:
    day = _latest(None, today, lambda year: _safe(year, int(match.group("m")), int(match.group("d"))))
    return _on(match, day, today) if day else None
