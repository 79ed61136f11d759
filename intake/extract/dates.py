"""日期: when it happened or began, relative to ``today``; deadlines and promises are told apart.

A day gives YYYY-MM-DD, a month YYYY-MM; a bare year, a season or “前几天” gives no value (the words are still kept).
Weeks start on Monday. 开春 is March. Lunar dates are converted.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta

from intake.extract.almanac import MONTH_ONLY, add_months, festival, festival_pattern, lunar, month_text
from intake.extract.numerals import parse
from intake.extract.text import Mention, longest, without_corrected

_N = r"(?:\d{1,3}|[一二两三四五六七八九十]{1,3}|仨|俩)"
_YEAR = r"(?:(?P<year>大前年|今年|去年|前年|上一年|上年|头年|本年|同年|当年|明年|20\d\d年?|(?<!\d)[012]\d年|二[零〇][零〇一二三四五六七八九]{2}年?)的?\s?)?"
_M = r"(?P<month>1[0-2]|0?[1-9]|十[一二]?|[一二三四五六七八九元])月"
_PART = r"(?P<part>份?(?:上旬|中旬|下旬|月?初|月?底|末|中|份)?)"
_LUNAR_MONTH = r"(?:农历|阴历|旧历)?(?P<lunar_month>闰?(?:正|冬|腊|十[一二]?|[一二三四五六七八九]))月"
_LUNAR_DAY = r"(?P<lunar_day>初[一二三四五六七八九十]|十[一二三四五六七八九]?|廿[一二三四五六七八九]?|二十[一二三四五六七八九]?|三十)"
_SHIFT = r"(?P<shift>前|后|的前|的后|过后|之前|之后)?(?P<shift_days>" + _N + r")?(?P<shift_unit>天|日)?"
_MONTHS = {"元": 1, "正": 1, "冬": 11, "腊": 12}

_FULL = re.compile(
    r"(?<![\d.])(?P<y>20\d\d)\s?[-/.年]\s?(?P<m>1[0-2]|0?[1-9])(?:\s?[-/.月]\s?(?P<d>3[01]|[12]\d|0?[1-9])(?!\d)[日号]?|月份?|(?![\d.]))|(?<!\d)(?P<packed>20\d\d[01]\d[0-3]\d)(?!\d)"
)
_MONTH_DAY = re.compile(
    _YEAR
    + r"(?<![\d一二三四五六七八九十个每])"
    + _M
    + r"份?\s?(?:(?P<day>3[01]|[12]\d|0?[1-9]|三十一?|二?十[一二三四五六七八九]?|[一二三四五六七八九])\s?(?P<mark>日|号)?(?![\d.万千百元块多个年月天份]))"
)
_MONTH = re.compile(_YEAR + r"(?<![\d一二三四五六七八九十个每])" + _M + _PART)
_LUNAR = re.compile(
    _YEAR + r"(?P<calendar>农历|阴历|旧历)?的?" + _LUNAR_MONTH + r"(?:" + _LUNAR_DAY + r"(?P<solar>号|日)?(?![万千百块元个多岁]))?"
)
_NEW_YEAR_DAY = re.compile(_YEAR + r"(?:大年|正月|年)初(?P<lunar_day>[一二三四五六七八九十])(?![\d月])")
_FESTIVAL = re.compile(_YEAR + r"(?P<festival>" + festival_pattern().pattern + r")" + _SHIFT)
_AGO = re.compile(
    r"(?P<number>"
    + _N
    + r"|半)(?P<few>多|来|几)?个?(?P<half>半)?(?:多)?(?P<unit>天|日|周|星期|礼拜|月|年)(?:多|左右)?(?P<ago>以前|之前|前(?![面头后台妻夫男女任期]))"
)
_LASTING = re.compile(r"(?P<number>" + _N + r"|半)(?P<few>多|来|几)?个?(?P<half>半)?(?P<unit>天|日|周|星期|礼拜|月|年)")
_WEEK = re.compile(
    r"(?P<which>上上|上|这|本|下下|下)?(?:个|一)?(?:星期|礼拜|周)(?P<day>[一二三四五六日天末])(?![年岁个天周月期])|(?P<only>上上|上|这|本|下)(?:个|一)?(?:星期|礼拜|周)(?![一二三四五六日天末])"
)
_MONTH_REL = re.compile(
    r"(?P<which>上上|上|这|本|当|下)个?月(?:份)?(?:的)?(?:(?P<day>3[01]|[12]\d|0?[1-9]|三十一?|二?十[一二三四五六七八九]?|[一二三四五六七八九])(?P<mark>日|号)|(?P<part>底|末|初|中旬?|上旬|下旬))?"
)
_DAY_WORDS = {
    "大前天": -3,
    "前天": -2,
    "前日": -2,
    "前儿": -2,
    "前晚": -2,
    "昨天": -1,
    "昨日": -1,
    "昨儿": -1,
    "昨个": -1,
    "昨晚": -1,
    "昨夜": -1,
    "夜来": -1,
    "今天": 0,
    "今日": 0,
    "今儿": 0,
    "今早": 0,
    "今晚": 0,
    "今晨": 0,
    "刚刚": 0,
    "刚才": 0,
    "方才": 0,
    "明天": 1,
    "明日": 1,
    "明儿": 1,
    "明早": 1,
    "明晚": 1,
    "后天": 2,
    "大后天": 3,
}
_DAY = re.compile("|".join(sorted(_DAY_WORDS, key=len, reverse=True)))
_DAY_ONLY = re.compile(
    r"(?<![\d一二三四五六七八九十月第.])(?P<day>3[01]|[12]\d|0?[1-9]|三十一?|二?十[一二三四五六七八九]?|[一二三四五六七八九])(?P<mark>号|日)(?![楼院店门线井站桌车房厅窗铺地棚码机台公别小工矿坑员馆子库仓栋泵炉池])"
)
_YEAR_PART = re.compile(_YEAR + r"(?P<part>年初|年底|年末|年终|开年|刚?开春|(?<=年)(?:初|底|末))")
_VAGUE = re.compile(
    _YEAR
    + r"(?:上半年|下半年|春天|夏天|秋天|冬天|春上|夏里|秋里|冬里|一?入冬|入秋|入夏|开学|暑假|寒假|年前|年后|年中)|大前年|今年|去年|前年|上年|头年|前几天|前两天|前些天|前阵子?|前段时间|这几天|这两天|最近|近期|几年前|几个月前|几天前|好几年前|过年|20\d\d年?|(?<!\d)[012]\d年(?![前以])|二[零〇][零〇一二三四五六七八九]{2}年?|一直|疫情那年|小时候|早些年"
)
_BARE_NUMBER = re.compile(r"(?<![\d.])(?P<m>1[0-2]|0?[1-9])[./-](?P<d>3[01]|[12]\d|0?[1-9])(?![\d.])")

_PROMISE = re.compile(
    r"(?:说好|说是|说了|讲好|答应|承诺|保证|约定|约好|定在|改到|推到|推迟到|拖到|等到|让等|等|最迟|最晚|不晚于|预计|计划|准备|打算|限|期限|截止到?|截至|直到|一直到|到|还款日|到期日?|交房日期)[^,，。;；!！?？ ]{0,4}$"
)
_DUE = re.compile(
    r"^\s?(?:说好|答应|约好|承诺|之前|以前|前(?![面后])|到期|期满|截止|为止|开庭|还清|结清|交房|必须|的?(?:飞机|火车|航班|高铁|机票)|就走|要走|就要|一定|给钱|还钱|再说|[给还结](?=[,，。 ]|$)|说(?!的))"
)
_START = re.compile(r"(?:自从|打从|从|自|打|由)$")
_BEGAN = re.compile(r"^[^,，。;；!！?？ ]{0,4}?(?:起|开始|以来|至今|到现在|就(?:开始|没|不))")
_BACKGROUND = re.compile(
    r"^[^,，。;；!！?？]{0,6}?(?:入职|进厂|进的厂|来上班|去上班|参加工作|结婚|结的婚|领证|领的证|登记结婚|认识|恋爱|退休|出生|生的|建成|搬来|搬进|入住|收房|买的|购买|买了|租的|租了|盖的|签的|签了|签订|承包|分的|开的店)"
)
_EVENT = re.compile(
    r"^[^,，。;；!！?？]{0,8}?(?:摔|撞|打|骂|砸|欠|拖|漏|泡|停|辞|开除|裁|骗|咬|烫|伤|死|没了|跑|吵|闹|借|住院|手术|受伤|出事|发生|被|不给|没给|丢|砍|占|淹|挖|断)"
)
_EVERY = re.compile(r"(?:每|每年|每个|每到|逢|一到|快要|快到|快过|马上|等|眼看|临近|差几天|直到)$")
_NOW_TALK = re.compile(r"^[^,，。;；!！?？]{0,2}?(?:来|想问|问|咨询|反映|打电话|跟你们|找你们)")


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
    kept = without_corrected(text, [m for m in longest(told) if not _EVERY.search(text[: m.start])])
    return [_judged(text, mention, today) for mention in kept]


def event_date(text: str, today: date, *, expecting: bool = False) -> Mention | None:
    """The event or its start, or None; ``value`` is the ISO text."""
    candidates = [m for m in find_dates(text, today, expecting=expecting) if m.kind == "event"]
    if not candidates:
        return None
    return max(candidates, key=lambda m: (m.score, -m.start))


def when_words(text: str, today: date, *, expecting: bool = False) -> Mention | None:
    """The words about time, value or not: event first, then a vague one."""
    event = event_date(text, today, expecting=expecting)
    if event is not None:
        return event
    return next((m for m in find_dates(text, today, expecting=expecting) if m.kind == "vague"), None)


def terms(text: str, today: date) -> list[Mention]:
    """Dates that lie ahead or limit something: hearings, ends of contracts, promises."""
    return [m for m in find_dates(text, today) if m.kind == "term" and m.value]


def _judged(text: str, mention: Mention, today: date) -> Mention:
    told: Told = mention.value
    before, after = text[: mention.start], text[mention.end :]
    if told.value is None:
        return replace(mention, value=None, kind="vague", confidence=0.5)
    due = bool(_DUE.match(after)) or (bool(_PROMISE.search(before)) and not _START.search(before))
    if told.future or (told.day is not None and told.day > today) or due:
        return replace(mention, value=_next_term(told, text, today), kind="term", confidence=0.8)
    score = 0.0
    if _START.search(before) and not re.search(r"[单家院]$", before[:-1]):
        score += 1.2
    if _BEGAN.match(after):
        score += 1.5
    if _BACKGROUND.match(after):
        score -= 1.0
    elif _EVENT.match(after):
        score += 0.6
    if told.day == today and (_NOW_TALK.match(after) or re.search("现在|今天", text[mention.start : mention.end])):
        score -= 0.6
    return replace(mention, value=told.value, kind="event", score=score, confidence=0.9 if score >= 0 else 0.7)


def _next_term(told: Told, text: str, today: date) -> str | None:
    """A term without a year (“12月31号到期”) is the nearest one: within half a year ahead rather than long past."""
    if told.day is None or told.value is None or told.day >= today or re.search(r"年|\d{4}", text[told.start : told.end]):
        return told.value
    again = add_months(told.day, 12)
    if (again - today).days > 183 or (_PROMISE.search(text[: told.start]) and not _DUE.match(text[told.end :])):
        return told.value
    return again.isoformat() if len(told.value) == 10 else month_text(again)


def _all(text: str, today: date, expecting: bool) -> Iterator[Told]:
    readers: list[tuple[re.Pattern[str], Callable[[re.Match[str], date], Told | None]]] = [
        (_FULL, _full), (_MONTH_DAY, _month_day), (_MONTH, _month), (_LUNAR, _lunar), (_NEW_YEAR_DAY, _lunar), (_FESTIVAL, _festival),
        (_AGO, _ago), (_WEEK, _week), (_MONTH_REL, _month_rel), (_DAY, _day), (_YEAR_PART, _year_part), (_DAY_ONLY, _day_only(expecting)),
    ]  # fmt: skip
    if expecting:
        readers.append((_BARE_NUMBER, _bare))
        if not any(pattern.search(text) for pattern, _ in readers):
            readers.append((_LASTING, _ago))
    for pattern, reader in readers:
        for match in pattern.finditer(text):
            told = reader(match, today)
            if told is not None and told.end > told.start:
                yield told
    for match in _VAGUE.finditer(text):
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
    return _MONTHS.get(words) or _number(words)


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
    if which is None and day > today:
        day -= timedelta(days=7)
    return _on(match, day, today)


def _month_rel(match: re.Match[str], today: date) -> Told | None:
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
    if (match.group() in ("刚才", "刚刚") and re.match(r"说|讲|问|打|写|填|输|告诉", after)) or re.match(
        r"都?(?:\d|[一二三四五六七八九十])+[号日了]", after
    ):
        return None
    if match.group() == "今晚" and not re.match(r"[^,，。]{0,6}(?:了|被|刚|又)", after):
        return Told(match.start(), match.end(), today.isoformat(), today, future=True)
    return _on(match, today + timedelta(days=_DAY_WORDS[match.group()]), today)


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
