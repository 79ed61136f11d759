"""金额: what is at stake now, in CNY.

Finds every sum of money, multiplies unit × count where the text gives both, takes back what was corrected, and picks the sum
that is owed, claimed or lost rather than a price, a wage rate or what was already paid.
"""

from __future__ import annotations

import itertools
import re
from dataclasses import replace

from intake.extract.money_words import (
    AFTER_MONEY,
    AFTER_PER,
    AND,
    BEFORE_MONEY,
    BEFORE_PER,
    BOUGHT,
    COST,
    COUNT,
    DAYS,
    DEMAND,
    HOTLINES,
    ITEM,
    LEAST,
    MEASURE,
    MONEY_BEFORE,
    NOT_MONEY_BEFORE,
    OFFER,
    OWED,
    OWED_AFTER,
    OWED_NEXT,
    OWING,
    PAID,
    PAYMENT,
    ROUGH,
    STATED,
    THEY_DEMAND,
    THEY_PAID,
    TIMES,
    TOTAL,
    UNIT_NAMES,
)
from intake.extract.numerals import Number, numbers, parse, read
from intake.extract.people import people
from intake.extract.text import Mention, clause_of, longest, without_corrected


def find_amounts(text: str, *, expecting: bool = False) -> list[Mention]:
    """Every sum of money in ``text`` (folded), computed sums included, each with its score.

    Args:
        expecting: an amount was asked for, so that a bare number is one.
    """
    found: list[Mention] = []
    for number in numbers(text):
        mention = _money(text, number, expecting)
        if mention is not None:
            found.append(mention)
    found.extend(_vague(text))
    found.extend(_added(text))
    found = _joined_ranges(text, longest(found))
    found = without_corrected(text, found)
    return _multiplied(text, found)


def amount(text: str, *, expecting: bool = False) -> Mention | None:
    """The sum at stake now, or None when the text names none (a wage rate alone is none)."""
    found = find_amounts(text, expecting=expecting)
    if not found:
        return None
    scored = [_score(text, mention, expecting) for mention in found]
    remaining = _difference(text, scored, expecting)
    if remaining is not None:
        return remaining
    short = _short_pay(text, scored)
    if short is not None:
        return short
    summed = _itemised(text, scored)
    if summed is not None:
        return summed
    best = max(scored, key=lambda m: (m.score, -m.start if m.kind == "product" else 0, float(m.value)))
    if best.score < LEAST and not expecting:
        return None
    return replace(best, value=_tidy(float(best.value)))


def _money(text: str, number: Number, expecting: bool) -> Mention | None:
    before, after = text[: number.start], text[number.end :]
    unit = AFTER_MONEY.match(after)
    sign = BEFORE_MONEY.search(before)
    value, end = number.value, number.end
    if unit:
        end += unit.end()
        if re.match(r"一块$", text[number.start : end]) and not re.match(r"钱|[一二三四五六七八九](?!块)", text[end:]):
            return None  # 一块: together, or piece by piece
        if re.match(r"一[毛分]钱?", text[number.start : end]) and re.match(r"钱?[都也]?[没不]", text[end:]):
            return None
        value *= 0.1 if unit.group("currency").startswith("毛") else 10_000 if unit.group("currency") == "万元" and not number.scaled else 1
        if unit.group("tail"):
            value += (parse(unit.group("tail")) or 0) / 10
    elif not sign:
        rate = AFTER_PER.match(after)
        times = TIMES.match(after) and number.scaled
        if not rate and not times and not _plausible(before, after, number, expecting):
            return None
        rough = re.match(ROUGH, after)
        end += rough.end() if rough else 0
    if value < 0 or (value == 0 and text.strip(" 。.,") not in ("0", "零", "0元")):
        return None
    start = sign.start() if sign else number.start
    return Mention(start, end, value, confidence=0.95 if unit or sign else 0.85, kind="rough" if number.rough else "")


def _plausible(before: str, after: str, number: Number, expecting: bool) -> bool:
    """Is a number without a currency word money? By its scale, the word before it, and no measure word after it."""
    more_or_less = re.match(r"(?:多|来)?点(?:儿|$|[,，。 ])|出头|左右|上下", after)
    if (
        (MEASURE.match(after) and not more_or_less)
        or re.search(r"(?:退|假|买)一[赔送退补]$", before)
        or (NOT_MONEY_BEFORE.search(before) and not (number.scaled and re.search("(?:手机|微信)$", before)))
        or re.match(r"[-/:.年]\d|\d", after)
    ):
        return False
    if _is_hotline(number) or re.search(r"\d[-/.]?$", before) or number.value < (0 if expecting else 10):
        return False
    if expecting or (number.scaled and not re.sub(r"[ ,，。.吧呢啊多来余左右的样子大概差不多约]", "", before + after)):
        return True
    digits = number.end - number.start
    if not number.scaled and number.spelled:
        return False  # digits read out one by one belong to a phone
    paid = bool(MONEY_BEFORE.search(before))
    if not number.scaled and (digits >= 7 or (1900 <= number.value <= 2100 and (not paid or after.startswith("年")))):
        return False
    if (
        not number.scaled
        and digits in (3, 4)
        and re.search(r"(?:是|在|住|叫|,|，|^)$", before)
        and re.search(r"楼[上下]|几楼|[栋单]|门牌|室", before)
    ):
        return False  # a room
    if number.scaled and number.value >= 10_000 and not re.match(r"[分之]", after):
        return True
    if not number.scaled and number.value >= 1000 and re.search(r"[一-龥][,，\s]?$", before):
        return True
    if (
        number.scaled
        and number.value >= 200
        and re.match(
            r"(?:多|来)?(?:块|买的|卖的|流水|工资|货|押金|定金|利息|本金|彩礼|运费|房租|租金|奖金|提成|补偿|赔偿|医药|学费|会费|债|欠款|借款|都|不给|没给|全|一分|就|他)",
            after,
        )
    ):
        return True
    if re.search(r"(?:的时候|那份|我的是|他那份|一遍|一份)$", before) and re.match(r"[,，。 的]|$", after):
        return True
    if not number.scaled and re.search(r"[,，]$", before) and re.match(r"的(?:$|[,，。])", after):
        return True
    if (
        number.scaled
        and number.value >= 100
        and re.match(r"$|[,，。、 ;；!！?？)）]|的(?:[一-龥]{0,3}费|钱|损失|款|货|工资|工钱|押金)", after)
        and re.search(r"[一-龥]$", before)
    ):
        return True
    return bool(MONEY_BEFORE.search(before) or BEFORE_PER.search(before))


def _is_hotline(number: Number) -> bool:
    """12345, 12315 …: public numbers, no sums."""
    return not number.scaled and int(number.value) in HOTLINES


def _vague(text: str) -> list[Mention]:
    """“上万块”, “万把块”: sums without a numeral of their own."""
    return [
        Mention(m.start(), m.end(), {"百": 100.0, "千": 1000.0, "万": 10_000.0}[m.group(1) or m.group(2)], confidence=0.7, kind="rough")
        for m in re.finditer(r"(?:(?<![马早晚])上([百千万])|([百千万])把)(?:块钱|块|元|(?<=[欠失花骗亏赔借]上[千万])(?=[,，。 ]|$))", text)
    ]


def _added(text: str) -> list[Mention]:
    """“1500+2000+800”; “转了三次,2000、3000、1500”."""
    found = []
    for match in re.finditer(r"(?<![\d.])\d+(?:\.\d+)?(?:\s?\+\s?\d+(?:\.\d+)?)+(?![\d.])", text):
        found.append(
            Mention(match.start(), match.end(), sum(float(n) for n in match.group().split("+")), confidence=0.85, kind="sum", score=2)
        )
    for match in re.finditer(r"(?:次|笔|回|转了?|借了?|给了?)[,，:： ]?(?P<list>\d{3,6}(?:、\d{3,6})+)(?!\d)", text):
        total = sum(float(n) for n in match.group("list").split("、"))
        found.append(Mention(match.start("list"), match.end(), total, confidence=0.8, kind="sum", score=2))
    return found


def _joined_ranges(text: str, found: list[Mention]) -> list[Mention]:
    """“一万五到两万” is one mention with the lower value; “两到三万” takes the scale of its end."""
    joined: list[Mention] = []
    for mention in found:
        if (
            joined
            and re.fullmatch(r"\s?(?:到|至|-|~|—|或者?|、)\s?", text[joined[-1].end : mention.start])
            and joined[-1].value < mention.value
        ):
            joined[-1] = replace(joined[-1], end=mention.end, kind="rough")
            continue
        lower = re.search(r"([\d.]+|[一二两三四五六七八九十])\s?(?:到|至|-|~|—)\s?$", text[: mention.start])
        scale = next((s for s in (10_000.0, 1000.0, 100.0) if mention.value >= s and mention.value % s == 0), None)
        low = parse(lower.group(1)) if lower else None
        if lower and low and scale and low < 100 and low * scale < mention.value and text[mention.start] not in "¥￥":
            joined.append(replace(mention, start=lower.start(), value=low * scale, kind="rough"))
        else:
            joined.append(mention)
    return joined


def _multiplied(text: str, found: list[Mention]) -> list[Mention]:
    """Mark rates (每月四千五) and add their products with the count that goes with them (欠了仨月)."""
    out: list[Mention] = []
    for mention in found:
        times = TIMES.match(text[mention.end :])
        if times:
            count = parse(times.group("count")) or 1
            out.append(replace(mention, end=mention.end + times.end(), value=mention.value * count, kind="product", score=3))
            continue
        if re.search(r"(?:涨到|涨成|提到|加到|降到|改成|变成)(?:了)?$", text[: mention.start]) or re.match(
            r"(?:一下子)?(?:涨到|涨成|提到|降到)", text[mention.end :]
        ):
            out.append(replace(mention, kind="rate", score=-3))
            continue
        unit, start, end = _rate_unit(text, mention)
        if unit is None:
            out.append(mention)
            continue
        out.append(replace(mention, kind="rate", score=-3))
        product = _with_count(text, replace(mention, start=start, end=end), unit)
        if product is not None:
            out.append(product)
    return out


def _rate_unit(text: str, mention: Mention) -> tuple[str | None, int, int]:
    after = AFTER_PER.match(text[mention.end :])
    if after:
        unit = after.group("unit")
        return UNIT_NAMES.get(unit, unit), mention.start, mention.end + after.end()
    before = BEFORE_PER.search(text[: mention.start])
    if (
        before is None
        or (re.search(r"[第前上下这十满]$|(?:就我|只有我|我自己|我)$", text[: before.start()]) and before.group("unit") in (None, "人"))
        or re.search(r"[第前上下这十满]$", text[: before.start()])
    ):
        return None, mention.start, mention.end
    unit = before.group("unit") or ("月" if before.group("monthly") else "天" if before.group("daily") else "年")
    return UNIT_NAMES.get(unit, unit), before.start(), mention.end


def _with_count(text: str, rate: Mention, unit: str) -> Mention | None:
    """The product of a rate with the nearest count of its unit, preferring counts that are owed."""
    best: tuple[float, Mention] | None = None
    several = _worked_twice(text, rate, unit)
    if several is not None:
        return several
    heads = people(text) if unit in ("人", "户", "家") else None
    if heads is not None and not (heads.start < rate.end and rate.start < heads.end):
        low, high = min(heads.start, rate.start), max(heads.end, rate.end)
        best = (20, Mention(low, high, round(float(rate.value) * int(heads.value), 2), confidence=0.85, score=3.2, kind="product"))
    for match in COUNT.finditer(text):
        if match.start() < rate.end and rate.start < match.end():
            continue
        count = _count_in(match, unit)
        if (
            count is None
            or re.search(r"[第每前上过满才]$|(?:提前|通知|不到|再过|等)$", text[: match.start()])
            or re.match(r"[前以之]|后|内|一次|[期]|的孩子|大", text[match.end() :])
        ):
            continue
        if re.search(r"(?<![少没未])(?:结|给|发|付|还)了(?:我|我们)?(?:前)?$", text[: match.start()]) or re.match(
            r"(?:的)?(?:已经|都)?(?:结|给|发|付)了", text[match.end() :]
        ):
            continue
        gap = match.start() - rate.end if match.start() >= rate.end else rate.start - match.end()
        low, high = min(match.start(), rate.start), max(match.end(), rate.end)
        if gap > 30 or len(re.findall("[。!！?？;；]", text[low:high])) > 1:
            continue
        around = text[max(0, match.start() - 6) : match.start()] + "|" + text[match.end() : match.end() + 6]
        owed = bool(re.search("欠|拖|没|不给|不发|压|少|一共|总共|差|剩|扣", around))
        if count == 1 and not re.search(r"(?:扣|欠|压|押|差|少)(?:了|我|着)*$", text[: match.start()]):
            continue
        if not owed and re.search(r"住|租", around) and re.search("[一-龥]{8}", text) and not OWING.search(text):
            continue
        worked = bool(re.search("干|做|上|住|租|拉|打|送|买|订|种|地|交|付|跑|掰|放|看|抓|拉走|贴|工资|房租|租金|晚|超", around))
        rank = (30 - gap) / 10 + (4 if owed else 2 if worked else 0)
        product = Mention(
            low, high, round(float(rate.value) * count, 2), confidence=0.9 if owed or worked else 0.75, score=2.5 + rank / 4, kind="product"
        )
        if best is None or rank > best[0]:
            best = (rank, product)
    return best[1] if best else None


def _worked_twice(text: str, rate: Mention, unit: str) -> Mention | None:
    """“一天150,8月干了26天,9月干了15天”: the days of several months belong together."""
    worked = [
        m
        for m in re.finditer(r"(?:干|做|出工|上)了?(?P<number>\d+|[一二两三四五六七八九十]+)个?(?P<unit>天|小时|工)", text)
        if m.start() >= rate.end
    ]
    counts = [parse(m.group("number")) or 0 for m in worked if UNIT_NAMES.get(m.group("unit"), m.group("unit")) == unit]
    if len(counts) < 2:
        return None
    return Mention(rate.start, worked[-1].end(), round(float(rate.value) * sum(counts), 2), confidence=0.85, score=4, kind="product")


def _count_in(match: re.Match[str], unit: str) -> float | None:
    """The count in terms of ``unit``: 半年 is 6 months, 一年零两个月 is 14."""
    words = match.group("number")
    if match.string[match.start() - 1 : match.start()] in ("零", "〇"):
        return None  # 二零二二年
    if len(words) > 1 and words.isalpha() and not re.search("[十百千]", words) and not read(words)[1]:
        return None  # 二二年 is a year
    count = {"仨": 3.0, "俩": 2.0, "半": 0.5}.get(words) or parse(words)
    said = UNIT_NAMES.get(match.group("unit"), match.group("unit"))
    if count is None:
        return None
    if match.group("half"):
        count += 0.5
    more = match.group("more")
    if said == "月" and words not in ("仨", "俩") and "个" not in match.group():
        return None  # 四月 is a month of the year
    if said in DAYS and unit in DAYS:
        if said == unit:
            return count + (0.5 if more == "半" else 0)
        if unit == "月" and said == "年":
            months = count * 12
            if months > 24 and not re.search("欠|拖|没|不给|不发|压", match.string[max(0, match.start() - 6) : match.end() + 6]):
                return None
            if more == "半":
                return months + 6
            extra = re.search(r"[一二两三四五六七八九十\d]+", more or "")
            return months + ((parse(extra.group()) or 0) if extra else 0)
        if unit == "天" and said in ("周",):
            return count * 7
        return None
    if unit in ("人", "户", "家") and said in ("人", "户", "家"):
        return count
    return count if said == unit else None


def _score(text: str, mention: Mention, expecting: bool) -> Mention:
    low, _ = clause_of(text, mention.start, mention.end)
    before, after = text[max(0, low - 14) : mention.start], text[mention.end :]
    inside = text[low : mention.start]
    score = mention.score
    if mention.kind == "rate":
        return mention.scored(1.5 if expecting else 0)
    if TOTAL.search(before):
        score += 3
    if OWED.search(inside):
        score += 2.5
    if OWED_AFTER.match(after):
        score += 2.2
    elif OWED_NEXT.match(after):
        score += 0.8
    if re.search(r"(?:还欠|还剩|还差|剩下?|尚欠|仍欠|下欠|共欠|至今欠|余款|尾款|少给我|少发我?)[^,，。;；!！?？\d]{0,6}$", inside):
        score += (
            3.5 if re.search(r"(?:余款|少给我|少发我?|尚欠|仍欠|下欠|共欠|总共欠|一共欠|至今欠)[^,，。;；!！?？\d]{0,6}$", inside) else 1
        )
    demanded = re.search(r"(?:让|叫|要求|请求|希望|必须|得)(?!我|俺)[^,，。;；]{0,16}$", inside)
    if demanded:
        score += 1.0
    elif OFFER.search(inside) or THEY_PAID.search(inside):
        score -= 3
    elif PAID.search(inside) and not OWED_NEXT.match(after):
        score -= 1.2
    if THEY_DEMAND.search(inside):
        score += 0.4
    if BOUGHT.search(inside) and not OWED.search(inside):
        score -= 0.8
    if re.search(r"(?:以前|上次|头一个|别人|别家|人家)[^,，。;；!！?？]{0,8}$", inside):
        score -= 1.5
    return replace(mention, score=score + 0.3)


def _difference(text: str, scored: list[Mention], expecting: bool) -> Mention | None:
    """What is left after what was paid back or used up: “借了五万,还了两万”, “押金两千,退了我五百”, “预存五千,用了一千二”.

    None when the text itself says what is left or claimed, and when what was given is only an offer.
    """
    plain = [m for m in scored if m.kind != "rate"]
    paid = [m for m in plain if _is_payment(text, m)]
    base = [m for m in plain if m not in paid]
    if not paid or not base or any(STATED.search(text[: m.start]) for m in base):
        return None
    due = max(base, key=lambda m: (m.score, float(m.value)))
    begin = clause_of(text, due.start, due.end)[0]
    if any(m.start < due.start for m in paid) and not expecting and due.kind != "product" and not COST.search(text[begin : due.start]):
        return None
    if DEMAND.search(text[begin : due.start]) or (due.start == paid[0].start):
        return None
    back = sum(float(m.value) for m in paid)
    if back >= float(due.value):
        return None
    first, last = min(due.start, paid[0].start), max(due.end, paid[-1].end)
    return Mention(first, last, _tidy(float(due.value) - back), confidence=0.75, score=due.score, kind="difference")


def _short_pay(text: str, scored: list[Mention]) -> Mention | None:
    """“月工资5500只发了3000”: the month was paid in part."""
    rates = [m for m in scored if m.kind == "rate"]
    rest = [m for m in scored if m.kind != "rate"]
    if len(rates) != 1 or len(rest) != 1 or rest[0].start < rates[0].end or rest[0].value >= rates[0].value:
        return None
    if not re.search(r"(?:只|就|才|仅|实际)(?:发|给|到|结|付)(?:了|手)?$", text[rates[0].end : rest[0].start]):
        return None
    left = _tidy(float(rates[0].value) - float(rest[0].value))
    return Mention(rates[0].start, rest[0].end, left, confidence=0.7, score=1, kind="difference")


def _is_payment(text: str, mention: Mention) -> bool:
    begin = clause_of(text, mention.start, mention.end)[0]
    before = text[begin : mention.start]
    if mention.kind == "product" or (OFFER.search(before) and not re.search(r"(?:只|就|才|仅)(?:给|还|付|结|发|退)了", before)):
        return False
    if re.match(r"(?:块钱?|元)?的?(?:押金|定金|首付|订金|预付款|学费|货款|彩礼|定亲|见面礼|改口费|红包)", text[mention.end :]):
        return False
    return bool(PAYMENT.search(text[max(0, mention.start - 16) : mention.start]))


def _itemised(text: str, scored: list[Mention]) -> Mention | None:
    """“医药费四千三,误工费两千” without a total: the items belong together."""
    chain = [m for m in scored if m.kind in ("", "rough")]
    listed = len(chain) >= 2 and len(chain) == len([m for m in scored if m.kind != "rate"])
    if listed and all(AND.fullmatch(text[a.end : b.start]) for a, b in itertools.pairwise(chain)):
        return Mention(chain[0].start, chain[-1].end, _tidy(sum(float(m.value) for m in chain)), confidence=0.7, score=1, kind="sum")
    items = [m for m in scored if m.kind in ("", "rough") and ITEM.search(text[clause_of(text, m.start, m.end)[0] : m.start])]
    others = [m for m in scored if m not in items and m.kind != "rate"]
    if (
        len(items) < 2
        or others
        or any(TOTAL.search(text[: m.start]) or OFFER.search(text[: m.start]) or PAID.search(text[: m.start]) for m in items)
    ):
        return None
    if any(b.start - a.end > 12 for a, b in itertools.pairwise(items)):
        return None
    return Mention(items[0].start, items[-1].end, _tidy(sum(float(m.value) for m in items)), confidence=0.75, score=1, kind="sum")


def _tidy(value: float) -> float | int:
    return int(value) if value == int(value) else round(value, 2)
