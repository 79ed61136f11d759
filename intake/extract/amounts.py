"""金额: what is at stake now, in CNY.

Finds every sum of money, multiplies unit × count where the text gives both, takes back what was corrected, and picks the sum
that is owed, claimed or lost rather than a price, a wage rate or what was already paid.
"""

from __future__ import annotations

import itertools
import re
from dataclasses import replace

from intake.extract.numerals import Number, numbers, parse, read
from intake.extract.people import people
from intake.extract.text import Mention, clause_of, longest, without_corrected

_CURRENCY = r"(?:块钱|元钱|万元|人民币|元整|圆整|元|块|圆|rmb|RMB|刀(?!子)|毛钱|大洋)"
_ROUGH = r"(?:多|来|余|几|把|大几)?"
_AFTER_MONEY = re.compile(
    rf"{_ROUGH}\s?(?P<currency>{_CURRENCY})(?![地砖砖头瓦石玻璃表板布肉糖屏煤])(?:(?<=[块元])(?P<tail>[一二三四五六七八九1-9](?![\d十百千万元块张个天斤月年次只人件辆亩平条家户位名吨车袋箱]))|)"
)
_BEFORE_MONEY = re.compile(r"(?:[¥￥]|人民币|rmb|RMB)\s?$")
_MEASURE = re.compile(
    rf"{_ROUGH}(?:[个名位人户家口天日号月年岁次回趟遍平亩米里斤吨只头匹辆台箱袋车套间栋幢楼层室排队团连点分秒度级成倍%票页张条根棵把件双针项笔届班期路街巷"
    r"中小本份颗门组代折寸尺升字周股晚夜桌盒瓶支顿集堂课节场片例案章届所床碗串筐捆垛辈世道座起眼口孔扇副幅盆桶罐斗发克站库井段标号#副成方孩儿胎岁]|老人|男的|女的"
    r"|单元|公里|公斤|小时|钟头|星期|礼拜|厘米|公分|毫米|毫升|平方|立方|千瓦|左右的?人|多人|工人|业主|学生|家长|[a-zA-Z])"
)
_NOT_MONEY_BEFORE = re.compile(
    r"(?:第|[a-zA-Z]|\d[-.:]|[:：]\d?|星期|礼拜|(?<![老小])周|初|农历|[東东西南北]|同比|电话|手机|号码|微信|身份证|尾号|车牌|房号|工号|案号|工单|住)\s?[:：是]?$"
)
_MONEY_WORD = (
    r"欠|押金|压金|押|定金|订金|首付|尾款|货款|工程款|材料款|房款|车款|款|钱|工资|薪|奖金|提成|年终奖|补偿|赔|彩礼|礼金|嫁妆|价|费|借|贷|本金|利息|息|收|交|付|给|退|还|要|扣|罚|租金|房租|"
    r"租|损失|花|垫|转|打款|充值|充|存|投|投资|投了|骗|亏|卖|买|拿|分|低保|退休金|养老金|抚恤金|保证金|违约金|滞纳金|酬|提|单子|发票|收据|合同|共|总|计|约|大概|差不多|涨到|降到|到|只|才|多|少|说|"
    r"是|就|了|值|出|报|开|一个月|一年|一天|每月|每年|每天|掏|砸|补|结|欠条|打了|写了|剩|差|共计|报价|抚养费|生活费|伙食费|学费|顶|抵|罚款|讹|索|收入|挣|拖"
)
_MONEY_BEFORE = re.compile(
    rf"(?:{_MONEY_WORD})[了过我他她它们你您人家的下]{{0,3}}\s?(?:大概|差不多|大约|约|近|将近|接近|快|有|是|共|一共|总共|整整|足足|不到|至少|最少|起码|:|：)?\s?$"
)

_PER_UNIT = r"(?:月|天|日|年|周|星期|礼拜|小时|钟头|学期|季度|季|亩|吨|公斤|斤|平方米|平方|平米|平|车|袋|箱|人|户|家|棵|只|头|节|堂|课|次|趟|件|套|台|米|方|瓶|盒|张|桌|单|捆|筐|桶|垄|根|顶|卷|批|斗|个工|工|娃|孩子|学生)"
_BEFORE_PER = re.compile(
    rf"(?:(?:每|一)个?(?P<unit>{_PER_UNIT})|(?P<monthly>(?<![个\d一二两三四五六七八九十])月薪|(?<![个\d一二两三四五六七八九十])月工资|月租金?|包月)|(?P<daily>日薪|日工资|工钱一天)|(?P<yearly>年租金?|年薪))"
    rf"(?:的)?(?:才|就|都|给|是|要|按|算|收|付|交|发|结|到手|实发|能|(?<=[交给付收赚挣])了|损失|赔|地|差|欠|各|出|掏|挣|也|再|工资|房租|租金|租|抚养费|生活费|工钱|底薪|补|价|钱|他|她|我|说好|讲好|谈好|开|拿|:|：|,|，|\s){{0,5}}$"
)
_AFTER_PER = re.compile(rf"(?:{_ROUGH}\s?(?:{_CURRENCY})?)\s?(?:/|每|一|一个|/个|每个|1)\s?个?(?P<unit>{_PER_UNIT})(?![号日份])")
_UNIT_NAMES = {
    "日": "天",
    "星期": "周",
    "礼拜": "周",
    "钟头": "小时",
    "平方米": "平",
    "平方": "平",
    "平米": "平",
    "公斤": "公斤",
    "课": "节",
    "堂": "节",
    "工": "天",
    "娃": "人",
    "孩子": "人",
    "学生": "人",
    "个工": "天",
    "季度": "季",
}
_DAYS = {"天": 1.0, "周": 7.0, "月": 30.0, "年": 365.0}
_COUNT = re.compile(
    r"(?P<number>仨|俩|\d+(?:\.\d+)?|半|[一二两三四五六七八九十百千]+)(?P<few>多|来|几)?\s?个?(?P<half>半)?(?P<unit>月|天|日|年|周|星期|礼拜|小时|钟头|学期|季度|季|亩|吨|公斤|斤|平方米|平方|平米|平|车|袋|箱|人|户|家|棵|只|头|节|堂|课|次|趟|件|套|台|米|方|瓶|盒|张|桌|单|捆|筐|桶|垄|根|顶|卷|批|斗|工)"
    r"(?P<more>半|零[一二两三四五六七八九十\d]+个?月|[一二两三四五六七八九十\d]+个月)?"
)
_TIMES = re.compile(r"\s?[*×xX乘]\s?(?P<count>\d+|[一二两三四五六七八九十]+)(?!\d)")

_TOTAL = re.compile(
    r"(?:一共|总共|共计|合计|总计|加起来|加一起|拢共|统共|总的|全部|共|累计|总额|总数|满打满算|算下来|算起来|前前后后|里外里|拢总)[^,，。;；!！?？\d一二三四五六七八九十两]{0,8}$"
)
_OWED = re.compile(
    r"(?:欠|拖欠|还欠|还差|还剩|剩下?|差|没给|没还|没发|没结|没退|不给|不还|不退|不结|不发|未付|未还|未退|未结|未发|拖着|压着|扣着|少给|少发|少算|少|克扣|扣了|扣|骗走?了?|"
    r"被骗|损失|要求赔偿?|让他赔|赔我|赔偿|索赔|要回|追回|讨|讨要|退我|退回|退还|退|还我|给我|补我|要求|诉求|主张|标的|争议|涉案|涉及|金额)[^,，。;；!！?？]{0,10}$"
)
_OWED_AFTER = re.compile(
    r"^[^,，。;；!！?？\d]{0,9}(?:要回|追回|讨回|拿回|退回|没给|没还|没发|没结|没退|不给|不还|不退|不结|不发|未付|未还|未退|未结|未发|没付|不付|没要回|要不回|拖着|拖了|压着|不认|不想给|赖着|打水漂|没了|收不回|拿不回|拿不到|没到|"
    r"不肯|欠着|没着落|要不来|没拿到|一直不|到现在|至今|迟迟|死活不|就是不|硬是不)"
)
_OWED_NEXT = re.compile(
    r"^[^。;；!！?？\d]{0,16}(?:没给|没还|没发|没结|没退|不给|不还|不退|不结|不发|未付|未还|未退|未结|未发|没付|不付|要不回|不认账|赖着|要不来|没拿到|拿不到|迟迟|一直拖)"
)
_PAID = re.compile(
    r"(?:还了|已还|给了|只给|就给|才给|付了|已付|垫付?了?|先垫|退了|只退|才退|结了|只结|赔了|只赔|发了|只发|打了|转了|支付了|交警罚|预付|预支|借支)[^,，。;；!！?？\d]{0,6}$"
)
_BOUGHT = re.compile(
    r"(?:买|买的|价|房价|售价|标价|原价|合同价|单价|市价|网上|总价|值|卖|挣|收入|退休金|养老金|低保|月薪|工资|底薪|年薪|收|成本|房款|首付)[^,，。;；!！?？\d]{0,6}$"
)
_OFFER = re.compile(
    r"(?:只(?:愿|肯|愿意|同意|答应|能|认|退|赔|给|出)|最多|顶多|才(?:肯|愿|认|赔|退|给)|想给|说给|答应给|打发|(?:他|她|对方|公司|保险|老板|店家|商家|医院|人家|物业|村里|客服)(?:们)?(?:说|只|就|才|最多|愿意|想)[^,，。;；!！?？]{0,4}(?:给|赔|退|补|出|认))[^,，。;；!！?？]{0,5}$"
)
_THEY_PAID = re.compile(
    r"(?:店里|店家|公司|物业|老板|他|她|对方|学校|医院|院方|园里|司机|保险|景区|包工头|房东|家长|男方|女方|车主|厂里|单位|商家)(?:那边|们)?(?:先|就|倒是|当时|只|才|一共|已经|也)?(?:给我?)?(?:垫付?|赔|补|给|退|付)了?[^,，。;；!！?？\d]{0,3}$"
)
_THEY_DEMAND = re.compile(
    r"(?:罚|违约金|滞纳金|手续费|利息|加收|让我交|要我交|叫我交|让我赔|要我赔|叫我赔|让我出|要我出|张口要|开口要|要价|讹我?)[^,，。;；!！?？]{0,5}$"
)
_ITEM = re.compile(
    r"(?:[一-龥]{1,4}费|工资|押金|奖金|提成|本金|利息|货款|医药|误工|护理|补助|补偿金?|赔偿金?|加班)[^,，。;；!！?？\d]{0,5}$"
)
_PREFIX = re.compile(r"(?:上百|上千|上万|近|将近)$")


_LEAST = -1.6
"""Below this a sum is a rate or an offer, nothing at stake."""


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
    found = _joined_ranges(text, longest(found))
    found = without_corrected(text, found)
    return _multiplied(text, found)


def amount(text: str, *, expecting: bool = False) -> Mention | None:
    """The sum at stake now, or None when the text names none (a wage rate alone is none)."""
    found = find_amounts(text, expecting=expecting)
    if not found:
        return None
    scored = [_score(text, mention, expecting) for mention in found]
    remaining = _difference(text, scored)
    if remaining is not None:
        return remaining
    summed = _itemised(text, scored)
    if summed is not None:
        return summed
    best = max(scored, key=lambda m: (m.score, -m.start if m.kind == "product" else 0, float(m.value)))
    if best.score < _LEAST and not expecting:
        return None
    return replace(best, value=_tidy(float(best.value)))


def _money(text: str, number: Number, expecting: bool) -> Mention | None:
    before, after = text[: number.start], text[number.end :]
    unit = _AFTER_MONEY.match(after)
    sign = _BEFORE_MONEY.search(before)
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
        rate = _AFTER_PER.match(after)
        times = _TIMES.match(after) and number.scaled
        if not rate and not times and not _plausible(before, after, number, expecting):
            return None
        rough = re.match(_ROUGH, after)
        end += rough.end() if rough else 0
    if value < 0 or (value == 0 and text.strip(" 。.,") not in ("0", "零", "0元")):
        return None
    start = sign.start() if sign else number.start
    return Mention(start, end, value, confidence=0.95 if unit or sign else 0.85, kind="rough" if number.rough else "")


def _plausible(before: str, after: str, number: Number, expecting: bool) -> bool:
    """Is a number without a currency word money? By its scale, the word before it, and no measure word after it."""
    more_or_less = re.match(r"(?:多|来)?点(?:儿|$|[,，。 ])|出头|左右|上下", after)
    if (
        (_MEASURE.match(after) and not more_or_less)
        or re.search(r"(?:退|假|买)一[赔送退补]$", before)
        or _NOT_MONEY_BEFORE.search(before)
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
    if not number.scaled and (digits >= 7 or 1900 <= number.value <= 2100):
        return False
    if number.scaled and number.value >= 10_000 and not re.match(r"[分之]", after):
        return True
    if not number.scaled and number.value >= 1000 and re.search(r"[一-龥][,，\s]?$", before):
        return True
    if (
        number.scaled
        and number.value >= 100
        and re.match(r"$|[,，。、 ;；!！?？)）]|的(?:[一-龥]{0,3}费|钱|损失|款|货|工资|工钱|押金)", after)
        and re.search(r"[一-龥]$", before)
    ):
        return True
    return bool(_MONEY_BEFORE.search(before) or _BEFORE_PER.search(before))


def _is_hotline(number: Number) -> bool:
    """12345, 12315 …: public numbers, no sums."""
    return not number.scaled and int(number.value) in _HOTLINES


_HOTLINES = frozenset(
    {
        12110,
        12309,
        12315,
        12328,
        12333,
        12338,
        12345,
        12348,
        12355,
        12356,
        12363,
        12368,
        12378,
        12393,
        12123,
        10086,
        10000,
        10010,
        95598,
        96119,
    }
)


def _vague(text: str) -> list[Mention]:
    """“上万块”, “万把块”: sums without a numeral of their own."""
    return [
        Mention(m.start(), m.end(), {"百": 100.0, "千": 1000.0, "万": 10_000.0}[m.group(1) or m.group(2)], confidence=0.7, kind="rough")
        for m in re.finditer(r"(?:上([百千万])|([百千万])把)(?:块钱|块|元)", text)
    ]


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
        times = _TIMES.match(text[mention.end :])
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
    after = _AFTER_PER.match(text[mention.end :])
    if after:
        unit = after.group("unit")
        return _UNIT_NAMES.get(unit, unit), mention.start, mention.end + after.end()
    before = _BEFORE_PER.search(text[: mention.start])
    if before is None or re.search(r"[第前上下这十满]$", text[: before.start()]):
        return None, mention.start, mention.end
    unit = before.group("unit") or ("月" if before.group("monthly") else "天" if before.group("daily") else "年")
    return _UNIT_NAMES.get(unit, unit), before.start(), mention.end


def _with_count(text: str, rate: Mention, unit: str) -> Mention | None:
    """The product of a rate with the nearest count of its unit, preferring counts that are owed."""
    best: tuple[float, Mention] | None = None
    heads = people(text) if unit in ("人", "户", "家") else None
    if heads is not None and not (heads.start < rate.end and rate.start < heads.end):
        low, high = min(heads.start, rate.start), max(heads.end, rate.end)
        best = (20, Mention(low, high, round(float(rate.value) * int(heads.value), 2), confidence=0.85, score=3.2, kind="product"))
    for match in _COUNT.finditer(text):
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
        owed = bool(re.search("欠|拖|没|不给|不发|压|少|一共|总共|差|剩", around))
        worked = bool(re.search("干|做|上|住|租|拉|打|送|买|订|种|地|交|付|跑|掰|放|看|工资|房租|租金|晚|超", around))
        rank = (30 - gap) / 10 + (4 if owed else 2 if worked else 0)
        product = Mention(
            low, high, round(float(rate.value) * count, 2), confidence=0.9 if owed or worked else 0.75, score=2.5 + rank / 4, kind="product"
        )
        if best is None or rank > best[0]:
            best = (rank, product)
    return best[1] if best else None


def _count_in(match: re.Match[str], unit: str) -> float | None:
    """The count in terms of ``unit``: 半年 is 6 months, 一年零两个月 is 14."""
    words = match.group("number")
    if match.string[match.start() - 1 : match.start()] in ("零", "〇"):
        return None  # 二零二二年
    if len(words) > 1 and words.isalpha() and not re.search("[十百千]", words) and not read(words)[1]:
        return None  # 二二年 is a year
    count = {"仨": 3.0, "俩": 2.0, "半": 0.5}.get(words) or parse(words)
    said = _UNIT_NAMES.get(match.group("unit"), match.group("unit"))
    if count is None:
        return None
    if match.group("half"):
        count += 0.5
    more = match.group("more")
    if said == "月" and words not in ("仨", "俩") and "个" not in match.group():
        return None  # 四月 is a month of the year
    if said in _DAYS and unit in _DAYS:
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
    if _TOTAL.search(before):
        score += 3
    if _OWED.search(inside):
        score += 2.5
    if _OWED_AFTER.match(after):
        score += 2.2
    elif _OWED_NEXT.match(after):
        score += 0.8
    if re.search(r"(?:还欠|还剩|还差|剩下?|尚欠|仍欠|下欠|共欠|至今欠|余款|尾款)[^,，。;；!！?？\d]{0,6}$", inside):
        score += 3.5 if re.search(r"(?:尚欠|仍欠|下欠|共欠|总共欠|一共欠|至今欠)[^,，。;；!！?？\d]{0,6}$", inside) else 1
    if _OFFER.search(inside) or _THEY_PAID.search(inside):
        score -= 3
    elif _PAID.search(inside) and not _OWED_NEXT.match(after):
        score -= 1.2
    if _THEY_DEMAND.search(inside):
        score += 0.4
    if _BOUGHT.search(inside) and not _OWED.search(inside):
        score -= 0.8
    if re.search(r"(?:以前|上次|头一个|别人|别家|人家)[^,，。;；!！?？]{0,8}$", inside):
        score -= 1.5
    return replace(mention, score=score + 0.3)


_LEFT = re.compile(r"(?:还欠|还剩|还差|剩下?|尚欠|余款|尾款|差)[^,，。;；!！?？]{0,5}$")


def _difference(text: str, scored: list[Mention]) -> Mention | None:
    """“借了五万,还了两万” leaves 三万, unless the text says what is left."""
    plain = [m for m in scored if m.kind != "rate"]
    if len(plain) != 2 or any(_LEFT.search(text[: m.start]) for m in plain):
        return None
    base, paid = plain
    before_paid, before_base = text[base.end : paid.start], text[clause_of(text, base.start, base.end)[0] : base.start]
    lent = (
        re.search(r"借|欠|工资|工钱|货款|工程款|运费|租金|总|共|一共", before_base + text[base.end : base.end + 4])
        or base.kind == "product"
    )
    paying = re.search(
        r"(?:还了|只还|就还|才还|只给|就给了|才给了?|给了|付了|只付|结了|只结|只发|发了|已付|已还|还过)[我他她们]?[^\d,，]{0,4}$",
        before_paid,
    )
    only = re.search(r"(?:就|只|才)(?:给|还|付|结|发|退)了?[^\d,，]{0,4}$", before_paid) and not _OFFER.search(before_base)
    if not (lent or only) or not paying or paid.value >= base.value or re.search(r"[。!！?？]", before_paid):
        return None
    return Mention(base.start, paid.end, _tidy(float(base.value) - float(paid.value)), confidence=0.75, score=base.score, kind="difference")


_AND = re.compile(r"[,，]?(?:、|和|加上?|还有|外加|再加)[一-龥]{0,6}|[,， ](?:押金|租金|本金|利息|[一-龥]{1,3}[费金款])")


def _itemised(text: str, scored: list[Mention]) -> Mention | None:
    """“医药费四千三,误工费两千” without a total: the items belong together."""
    chain = [m for m in scored if m.kind in ("", "rough")]
    listed = len(chain) >= 2 and len(chain) == len([m for m in scored if m.kind != "rate"])
    if listed and all(_AND.fullmatch(text[a.end : b.start]) for a, b in itertools.pairwise(chain)):
        return Mention(chain[0].start, chain[-1].end, _tidy(sum(float(m.value) for m in chain)), confidence=0.7, score=1, kind="sum")
    items = [m for m in scored if m.kind in ("", "rough") and _ITEM.search(text[clause_of(text, m.start, m.end)[0] : m.start])]
    others = [m for m in scored if m not in items and m.kind != "rate"]
    if (
        len(items) < 2
        or others
        or any(_TOTAL.search(text[: m.start]) or _OFFER.search(text[: m.start]) or _PAID.search(text[: m.start]) for m in items)
    ):
        return None
    if any(b.start - a.end > 12 for a, b in itertools.pairwise(items)):
        return None
    return Mention(items[0].start, items[-1].end, _tidy(sum(float(m.value) for m in items)), confidence=0.75, score=1, kind="sum")


def _tidy(value: float) -> float | int:
    return int(value) if value == int(value) else round(value, 2)
