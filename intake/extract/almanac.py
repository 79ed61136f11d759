"""Days that are named rather than counted: lunar dates, festivals, opening of spring. Pure calendar arithmetic.

Lunar days are converted by the lunardate library. Kurban and Eid come from the tabular Islamic calendar, which may be a day off
the announced holiday, so only their month is given.
"""

from __future__ import annotations

import calendar
import functools
import re
from collections.abc import Callable
from datetime import date, timedelta

from lunardate import LunarDate

Finder = Callable[[int], date | None]


def lunar(year: int, month: int, day: int) -> date | None:
    """Solar date of a lunar one, or None when that day does not exist; 腊月三十 falls back to 二十九 in short years."""
    for last in (day, 29) if day == 30 else (day,):
        try:
            solar = LunarDate(year, month, last).to_solar_date()
        except (ValueError, KeyError, IndexError):
            continue
        return date(solar.year, solar.month, solar.day)
    return None


def add_months(day: date, months: int) -> date:
    """Same day ``months`` later (negative: earlier); the last day of the month where it does not exist."""
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def month_text(day: date) -> str:
    return f"{day.year:04d}-{day.month:02d}"


def _fixed(month: int, day: int) -> Finder:
    return lambda year: date(year, month, day)


def _moon(month: int, day: int) -> Finder:
    return lambda year: lunar(year, month, day)


def _new_years_eve(year: int) -> date | None:
    """除夕 as people count it: “今年除夕” is the eve that opens the lunar year."""
    first = lunar(year, 1, 1)
    return first - timedelta(days=1) if first else None


def _nth_sunday(month: int, nth: int) -> Finder:
    def find(year: int) -> date:
        first = date(year, month, 1)
        return first + timedelta(days=(6 - first.weekday()) % 7 + 7 * (nth - 1))

    return find


def _solar_term(month: int, century_constant: float) -> Finder:
    """清明 and 冬至 by the usual formula for 2000–2099: day = floor(y × 0.2422 + C) − floor(y / 4)."""
    return lambda year: date(year, month, int((year % 100) * 0.2422 + century_constant) - (year % 100) // 4)


def _islamic(month: int, day: int) -> Finder:
    """A day of the tabular Islamic calendar (civil epoch) that falls in the given solar year."""

    def find(year: int) -> date | None:
        for hijri in (int((year - 622) * 33 / 32) - 1, int((year - 622) * 33 / 32), int((year - 622) * 33 / 32) + 1):
            months = sum(30 if m % 2 else 29 for m in range(1, month))
            julian = (hijri - 1) * 354 + (3 + 11 * hijri) // 30 + months + day + 227_014  # proleptic ordinal of the epoch
            found = date.fromordinal(julian)
            if found.year == year:
                return found
        return None

    return find


FESTIVALS: list[tuple[str, Finder]] = [
    (r"元旦(?:节)?", _fixed(1, 1)),
    (r"(?:三八(?:妇女)?节|3\.?8(?:妇女)?节|妇女节|三八那天)", _fixed(3, 8)),
    (r"(?:315|三一五)(?=那天|晚会|前后|当天)", _fixed(3, 15)),
    (r"清明(?:节)?", _solar_term(4, 4.81)),
    (
        r"(?:五一|5\.1|51)(?:劳动)?节|(?<![零〇一二两三四五六七八九十百千万点块第初周\d])(?<!星期)(?<!礼拜)五一(?![早起直共下定样家边次个天块万千百十斤人回趟元])(?!路|街|新|社|小|中|农|广|村|八)(?:长假|黄金周|假期|小长假)?|劳动节",
        _fixed(5, 1),
    ),
    (r"五四(?:青年节)?(?=那天|前后|青年节)", _fixed(5, 4)),
    (r"(?:六一|6\.1)(?:儿童)?节|六一(?=那天|前后|当天)|儿童节", _fixed(6, 1)),
    (r"七一(?=那天|前后|期间)|建党节", _fixed(7, 1)),
    (r"八一(?=那天|前后|期间)|(?:八一)?建军节", _fixed(8, 1)),
    (r"教师节", _fixed(9, 10)),
    (r"国庆(?:节)?(?:长假|黄金周|假期)?|十一(?:长假|黄金周|假期|放假|那几天|期间|前后)", _fixed(10, 1)),
    (r"双十一|双11", _fixed(11, 11)),
    (r"双十二|双12", _fixed(12, 12)),
    (r"平安夜", _fixed(12, 24)),
    (r"圣诞(?:节)?", _fixed(12, 25)),
    (r"情人节", _fixed(2, 14)),
    (r"(?:520|五二零)(?=那天|当天|那晚)", _fixed(5, 20)),
    (r"(?:618|六一八)(?=那天|当天|大促|买|购|下单|抢|活动|期间|的时候)", _fixed(6, 18)),
    (r"高考(?=那天|那几天|当天|那两天)", _fixed(6, 7)),
    (r"冬至", _solar_term(12, 21.94)),
    (r"母亲节", _nth_sunday(5, 2)),
    (r"父亲节", _nth_sunday(6, 3)),
    (r"(?:春节|大年初一|年初一|过年(?=那几天|那天|当天|那会|那阵|的时候|时候|期间|时))(?:长假|黄金周|假期)?", _moon(1, 1)),
    (r"(?:除夕|大年三十|年三十|大年夜|三十晚上|年三十晚上)", _new_years_eve),
    (r"元宵(?:节)?", _moon(1, 15)),
    (r"龙抬头|二月二(?![十\d])(?!号|日)", _moon(2, 2)),
    (r"端午(?:节)?", _moon(5, 5)),
    (r"七夕(?:节)?", _moon(7, 7)),
    (r"中元节|鬼节|七月半", _moon(7, 15)),
    (r"中秋(?:节)?", _moon(8, 15)),
    (r"重阳(?:节)?", _moon(9, 9)),
    (r"腊八(?:节)?", _moon(12, 8)),
    (r"(?:过)?小年(?=那天|夜|当天|前后)", _moon(12, 23)),
    (r"(?:诺鲁孜|诺肉孜|纳吾热孜)(?:节)?", _fixed(3, 21)),
    (r"古尔邦(?:节)?|宰牲节", _islamic(12, 10)),
    (r"(?:肉孜|开斋)节", _islamic(10, 1)),
]
MONTH_ONLY = re.compile(r"古尔邦|宰牲节|肉孜|开斋")


@functools.cache
def festival_pattern() -> re.Pattern[str]:
    """One expression for all festivals; :func:`festival` names the one that matched."""
    return re.compile("|".join(f"(?:{pattern})" for pattern, _ in FESTIVALS))


@functools.cache
def _compiled() -> list[tuple[re.Pattern[str], Finder]]:
    return [(re.compile(pattern), finder) for pattern, finder in FESTIVALS]


def festival(text: str, position: int) -> Finder | None:
    """The festival named at ``position`` of ``text``."""
    for pattern, finder in _compiled():
        if pattern.match(text, position):
            return finder
    return None
