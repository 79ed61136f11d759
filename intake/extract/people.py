"""人数: how many stand on the speaker's side. The other side's people, floors and families of others do not count."""

from __future__ import annotations

import re

from intake.extract.numerals import parse
from intake.extract.text import Mention, without_corrected

_N = r"(?<![几\d一二两三四五六七八九十百])(?P<number>\d{1,4}|[一二两三四五六七八九十百千]{1,5})(?P<few>多|来|几|余)?"
_WE = r"(?:一行|我们|咱们|咱|俺们|俺|我和|我跟|一起|同|本|大家伙儿?|大伙儿?)"
_UNIT = r"(?P<unit>个人|个工友|个工人|个业主|个姐妹|个兄弟|个同事|个家长|个学生|个老人|个村民|个|名|位|人|户|家|口人?|口子|兄弟姐妹|兄弟|姐妹|姊妹|姐弟|兄妹)"
_WHO = r"(?:工人|业主|住户|居民|村民|家长|工友|同事|农民工?|牧民|商户|租户|租客|员工|职工|农户|人|民工|会员|学员|老人|司机|骑手|受害人|投资人|退休职工|姐妹|兄弟|户)"
_PATTERNS = [
    re.compile(rf"{_WE}(?P<mid>[一-龥]{{0,8}}?|[一-龥]{{0,5}}\s)(?:一共|总共|共|一起|有|是|就|大概|大约|差不多|少说|这)*\s?{_N}\s?{_UNIT}(?!月|小时|钟|星期|礼拜|年|区|村)"),
    re.compile(rf"(?P<mid>)(?:一共|总共|共|合计|涉及|连我在内|连我|加上我|包括我)[一-龥]{{0,3}}\s?{_N}\s?(?P<unit>个人|人|个|名|户|家)(?=[一-龥]{{0,2}}{_WHO}|[,，。 ]|$|都|被|没|要|的工|在|一起|联名)"),
    re.compile(rf"(?P<mid>){_N}\s?(?P<unit>个|名|户|家|位|多个)(?:{_WHO}|左邻右舍)(?=[一-龥]{{0,8}}(?:的?工资|工钱|没|欠|讨|要|联名|一起|都|集体|被|签|反映|在))"),
    re.compile(rf"(?P<mid>)(?:工人|务工人员|业主|村民|家长|工友|员工|农民工|架子工|瓦工|木工|代表|商户|住户|职工|司机|骑手|老人|牧民)(?:共计?|约|有|人数)?\s?{_N}\s?(?P<unit>名|人|户|个|位)"),
    re.compile(rf"(?P<mid>){_N}(?P<unit>户|家|位|名|个)?\s?(?:多)?(?P<tail>家长|业主|住户)(?=[一-龥]{{0,3}}(?:联名|签名|签字|都|一起|要求|集体))"),
]  # fmt: skip
_PATTERNS += [
    re.compile(rf"(?P<mid>)[一-龥·]{{2,8}}等(?:共)?{_N}(?P<unit>人|户|名|位)(?!受伤)"),
    re.compile(rf"(?P<mid>)(?:居民|业主|村民|住户|商户|农户|牧民|家长|学员|职工|员工|工人|农民工|群众|租户|摊贩|摊主)(?:们|共|约|等|有)?{_N}(?P<unit>户|人|名|家|位)"),
    re.compile(rf"(?P<mid>)(?:^|[,，。 ]){_N}个?(?P<unit>人)(?=去|合伙|合买|合开|一起|凑|平摊|分摊|拼|报|坐|挤|每人|都没|都被|全)"),
    re.compile(rf"(?P<mid>)(?:我家|我们家|俺家|咱家)[一-龥]{{0,2}}?{_N}(?P<unit>口人?)"),
    re.compile(rf"(?P<mid>){_N}(?P<unit>号人|个会员|名会员|个受害人)(?=都|等|没|被|干|等着|联名|一起|在|的工|[,，。 ]|$)"),
    re.compile(rf"(?P<mid>)(?:全楼|全村|全院|整栋楼|整个单元|本单元|全小区|我们楼|全连|全队)[一-龥]{{0,2}}?{_N}(?P<unit>户|家|人|口人?)"),
    re.compile(rf"(?P<mid>)(?:我们|咱们)[一-龥]{{1,3}}的{_N}(?P<unit>个)(?=女生|男生|姐妹|人|同学|学生|工友|老乡)"),
    re.compile(rf"(?P<mid>)(?:班里|全班|班上|年级){_N}(?P<unit>个|名)(?=孩子|娃|学生|家长)"),
    re.compile(rf"(?P<mid>)(?:家里|全家|一家子?|全班|全队|全组|班组|整个班组|一共来了|我们来了|同来的|一起来的|一块来的|跟我一起的){_N}(?P<unit>口人?|个家长|个工友|个人|个|人|户|名)"),
]  # fmt: skip
_PAIR = re.compile(
    r"(?:我们|咱们|咱|俺们|俺|我|^|(?<=[,，。 ]))(?:爷儿?|娘儿?|母子|母女|父子|父女|夫妻|两口子|老两口|兄弟|姐妹|姊妹|姐弟|兄妹|哥|姐|弟|婆媳|祖孙)?(?P<pair>俩|仨|两口子|老两口|小两口|夫妻俩|夫妻两个|哥俩|姐俩|姐妹俩|兄弟俩|母女俩|母子俩|父子俩|娘儿?俩|爷儿?俩|娘儿?仨|爷儿?仨|祖孙仨|祖孙俩|母子仨|母女仨|兄妹俩|姐弟俩|老俩口|母子两个|母女两个|父子两个|姐妹两个|兄弟两个|姐弟两个|夫妻二人)(?![个月年天妹弟儿女孩姐哥娃])"
)
_FAMILY = re.compile(r"(?:我们|咱们|俺们|我|俺)?一家(?:老小|子)?(?P<number>[一二两三四五六七八九十]|\d{1,2})口")
_BROTHERS = re.compile(
    r"(?:我们|咱们|俺们|咱|俺)(?:兄弟姐妹|兄弟|姐妹|姊妹|姐弟|兄妹|哥|姐|弟兄|哥们儿?|哥几个)(?P<number>[两二三四五六七八九十]|\d{1,2})个?(?!月|年)"
)
_ALONE = re.compile(
    r"(?:就|只有|只|仅|光)(?:是)?(?:我|俺|本人)(?:一个人?|自己|一人|单独一个|个人)(?!带|过|住|在家|干|养|拉扯|管)|(?:就|只有)(?:自己)?一个人(?=$|[,，。])|没别人.{0,2}就我"
)
_WITH_ME = re.compile(r"我(?:和|跟|同|与)[一-龥]{1,6}?(?P<number>[两二三四五六]|\d{1,2})个?(?:人|个)")
_CORRECTED = re.compile(rf"(?:不是|是|不对|错了)[,， ]?(?:是)?{_N}(?:个|户|家)(?:人|工友)?(?=$|[,，。 ])")
_BESIDES_ME = re.compile(rf"(?:除了?我(?:以外|之外)?|和我一[起块]的?|跟我一[起块]的?)(?:还|另外)?有{_N}(?:个|名|户|家)")
_NOW = re.compile(rf"(?:现在|目前|还剩|一起的|剩下?)(?:一共|还)?(?:有|是)?{_N}个?(?:人|工友|户)(?=没|还|都|的|[,，。 ]|$)")
_AND_ONE = re.compile(r"(?:就)?我(?:和|跟|同|还有|、|,)(?:我)?[一-龥]{1,4}(?:一起)?")
_BARE = re.compile(
    r"(?:(?P<pair>俩|仨)|(?P<number>\d{1,4}|[一二两三四五六七八九十百]{1,4}|就?我?自己|单独|一个人?)(?:多|来|几)?\s?(?:个|名|位|人|户|家|口)?)"
)
_THEIRS = re.compile(r"(?:他们|她们|对方|他家|人家|你们|楼上|对门|隔壁|来了|叫了|找了|带了|那边|雇了?|请了|住了?|挤)[^,，。]{0,6}$")


def people(text: str, *, expecting: bool = False) -> Mention | None:
    """Number of people on the speaker's side, floor of an approximation, or None when the text does not say."""
    found = without_corrected(text, _find(text))
    if found:
        return max(found, key=lambda m: (m.score, -m.start))
    return _bare(text) if expecting else None


def _find(text: str) -> list[Mention]:
    found: list[Mention] = []
    for rank, pattern in enumerate(_PATTERNS):
        for match in pattern.finditer(text):
            value = parse(match.group("number"))
            middle = match.group("mid") or ""
            if not value or value > 5000 or (rank and _THEIRS.search(text[: match.start()])) or _wrong_middle(middle, match):
                continue
            now = 0.5 if re.search(r"(?:现在|目前|剩下?)[^,，。]{0,3}$", text[: match.start()]) else 0.0
            found.append(Mention(match.start(), match.end(), int(value), 0.9 if rank < 2 else 0.8, score=2 - rank * 0.2 + now))
    for match in _NOW.finditer(text):
        found.append(Mention(match.start("number"), match.end(), int(parse(match.group("number")) or 0), 0.8, score=2.3))
    for match in _CORRECTED.finditer(text):
        found.append(Mention(match.start("number"), match.end(), int(parse(match.group("number")) or 0), 0.85, score=1.5))
    for match in _BESIDES_ME.finditer(text):
        found.append(Mention(match.start(), match.end(), int(parse(match.group("number")) or 0) + 1, 0.85, score=2.4))
    for match in _PAIR.finditer(text):
        found.append(Mention(match.start(), match.end(), 3 if "仨" in match.group("pair") else 2, 0.85, score=1))
    for pattern, score in ((_FAMILY, 0.5), (_BROTHERS, 1.2), (_WITH_ME, 1.3)):
        for match in pattern.finditer(text):
            if not _THEIRS.search(text[: match.start()]):
                found.append(Mention(match.start(), match.end(), int(parse(match.group("number")) or 0), 0.8, score=score))
    found.extend(Mention(m.start(), m.end(), 1, 0.85, score=1) for m in _ALONE.finditer(text))
    return [m for m in found if m.value]


def _wrong_middle(middle: str, match: re.Match[str]) -> bool:
    """The number belongs to something else between “我们” and it: 我们跟他们三个人, 我叫了两个人, 我儿子一个人, 我有两个孩子."""
    if re.search(
        r"他|她|它|对|给|叫|让|被|打|骂|找|请|雇|带|来|欠|借|买|卖|租|养|生|收|住|儿|孙|丫头|娃|工资|每|第|要|去|交|有(?!.{0,2}(?:人|户|家|名|位)$)|楼[上下]|号(?!楼)|妈|爸|爹|娘|在|年|月|想|等",
        middle,
    ):
        return True
    unit, after = match.group("unit"), match.string[match.end() : match.end() + 3]
    counted = match.string[match.start() : match.start("number")].rstrip().endswith(("是", "一共", "总共"))
    if (
        unit == "个"
        and not counted
        and re.match(r"[一-龥]", after)
        and not re.match(r"都|人|室|在|被|没|一|的?工|干|去|要|业|家长|村|老|姐|兄|同|工友|租|合|住|也|全|就|是|还|一起|农|牧|户", after)
    ):
        return True
    if unit == "家" and re.match(r"公司|店|医院|银行|的(?:人|老板|孩子)", after):
        return True
    return match.group("number") in ("一", "1")


def _bare(text: str) -> Mention | None:
    stripped = text.strip(" 。,，.!！吧呢啊呀")
    start = text.find(stripped)
    if re.fullmatch(r"(?:就|只有|只)?(?:我|俺)(?:家)?(?:自己)?(?:一个人?|一户|一家|来的)?(?:来的)?", stripped):
        return Mention(start, start + len(stripped), 1, 0.85)
    mixed = re.search(
        r"(?P<grown>\d{1,2}|[一二两三四五六七八九十]{1,2})个?(?:大人|成人)[,，、和加]?(?P<small>\d{1,2}|[一二两三四五六七八九十]{1,2})个?(?:娃娃?|孩子|小孩|儿童|老人)",
        text,
    )
    if mixed:
        return Mention(mixed.start(), mixed.end(), int((parse(mixed.group("grown")) or 0) + (parse(mixed.group("small")) or 0)), 0.85)
    if re.fullmatch(r"(?:就|只有)?(?:我|俺)?(?:自己|一个人?|单独一个|本人)(?:一个)?", stripped):
        return Mention(start, start + len(stripped), 1, 0.9)
    if _AND_ONE.fullmatch(stripped):
        return Mention(start, start + len(stripped), 2, 0.7)
    for match in _BARE.finditer(text):
        if text[match.end() : match.end() + 1] in tuple("起共直样定块") and match.group("number") == "一":
            continue
        if re.match(r"一个?(?:班组|班|组|队|车|家|单元|楼|屋|宿舍|村)", text[match.start() :]):
            continue
        if match.group("pair"):
            return Mention(match.start(), match.end(), 3 if match.group("pair") == "仨" else 2, 0.9)
        value = parse(match.group("number"))
        if value and value < 5000:
            return Mention(match.start(), match.end(), int(value), 0.8)
    return None
