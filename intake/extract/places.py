"""地点: the literal words for where it happened, as far down as they go (独山子区金山路街道…小区3栋2单元501).

Districts and streets of Karamay are matched through homophones, because speech recognition writes 白碱摊 and 独山仔.
"""

from __future__ import annotations

import functools
import re

from intake.extract.phrases import Word, words
from intake.extract.text import Mention, longest
from knowledge.models import Division

# One group of characters per syllable that recognition mixes up in the names of the city.
_ALIKE = ("白百柏", "碱减简检剪涧拣件建", "滩摊谈坛贪", "独都毒读度", "山三", "子仔籽紫", "乌吴无五屋", "尔而耳儿", "禾河和合何", "克可科", "拉啦喇", "玛马码妈麻", "依伊一医", "昆坤崑", "仑伦轮", "准准", "噶葛格嘎", "银寅印",
          "胜圣", "利力立", "迎营盈", "宾滨斌", "古谷", "海", "柳刘", "树数", "拐怪", "金今", "龙隆", "平坪", "兴新星", "中钟", "西熙", "宁凝", "街", "路", "镇", "天", "北", "区", "五", "小")  # fmt: skip
_GROUP = {character: group for group in _ALIKE for character in group}

DISTRICTS = {"650202": "独山子", "650203": "克拉玛依", "650204": "白碱滩", "650205": "乌尔禾"}
STREETS = ("金山路", "西宁路", "新北区", "天山路", "胜利路", "昆仑路", "银河路", "五五新镇", "迎宾", "古海", "小拐", "中兴路", "三平路", "三平镇", "金龙镇", "柳树街", "乌尔禾镇", "一二九团", "一三六团", "一三七团", "准噶尔路", "友谊路", "世纪大道", "南泉", "五五镇")  # fmt: skip

_ESTATE = r"(?:小区|花园|家园|花苑|佳苑|雅苑|名苑|嘉苑|苑|公寓|新村|新区|社区|大院|家属院|住宅区|国际城|名城|华城|新城|广场|公馆|名邸|府邸|一品|庄园|山庄|别墅区|安置房|安置区|安置楼)"
_SITE = r"(?:采油[一二三四五六七八\d]?厂|井场|井区|作业区(?!域)|联合站|注水站|转油站|计量站|炼油厂|基地|工业园区?|产业园|开发区|工地|项目部|大厦|写字楼|商贸城|购物中心|商业城|建材城|家具城|家居城|电脑城|服装城|美食城|宿舍楼|宿舍|平房|老平房|条田|大棚|加气站|服务站|卫生服务中心|卫生院|卫生室|体育馆|体育场|游泳馆|文化馆|图书馆|博物馆|技术学院|学院|大学|大十字|十字|交叉口|转盘|立交桥|大桥|涵洞|总站|换乘站|泵站|变电站|检查站|沙漠公路|油田公路|公路|峡谷|湿地|度假村|农家乐|滑雪场|胡杨林|商场|百货|商业街|步行街|美食街|夜市|巴扎|大市场|批发市场|农贸市场|菜市场|早市|老市场|市场|客运站|火车站|汽车站|机场|医院|学校|小学|中学|幼儿园|公园|景区|魔鬼城|水库|牧场|草场|农场|砖厂|林带|十字路口|路口|红绿灯|加油站|停车场|收费站|服务区|高速|国道|省道|[GS]\d{2,4}|宾馆|酒店|饭店|超市|网吧|KTV)"
_VILLAGE = r"(?:村[一二三四五六七八九十\d]?[组队]?|乡|镇|团[一二三四五六七八九十\d]{1,2}连|[一二三四五六七八九十百\d]{1,3}团|[一二三四五六七八九十\d]{1,2}连|连队|牧业队|[一二三四五六七八九十\d]{1,2}队|屯|庄子)"
_ROAD = r"(?:大道|大街|东路|西路|南路|北路|中路|路|街(?!道)|巷|胡同)"
_DOOR = r"(?:\s?\d{1,3}-\d{1,3}(?:-\d{2,4})?(?!\d)|\s?(?:[A-Za-z]|\d{1,3}|[一二三四五六七八九十]{1,3})\s?(?:排|号摊位?|号铺|号门面|号库|号病房|床|号地|号井|号渠|号楼|栋|幢|座|区|期|号院|号(?!码))|\s?(?:\d{1,2}|[一二三四五六七八九十]{1,2})\s?单元|\s?\d{3,4}(?:室|房)?(?!\d|元|块|万|年|多|[个名位人])|\s?(?:\d{1,2}|[一二三四五六七八九十]{1,2})\s?楼(?!上|下)|地下(?:车库|停车场|室)|车库|地库|[一-龥]{1,3}科(?:病房)?|病房|急诊(?:科|室)?|门诊部?|住院部|手术室|食堂|操场|宿舍|广场|那块|那片|那头|那一片|这一片|路段|楼下|附近|门口|旁边|对面|后头|后面|后门|北门|南门|东门|西门|路口|北头|南头|东头|西头|上(?=[,，。 ]|$)|里(?=[,，。 ]|$)|那边|交叉口|交汇处|交界处|以北|往北|大门口?|里面|路上|边上|水库边)"
_NAME = r"[一-龥A-Za-z0-9]{1,10}?"
_SPOT = re.compile(rf"(?P<name>{_NAME})(?P<end>{_ESTATE}|{_SITE}|{_ROAD}|{_VILLAGE})")
_HOUSE = re.compile(
    r"(?:(?:\d{1,3}|[一二三四五六七八九十]{1,3})(?:号楼|栋|幢))(?:\s?(?:\d{1,2}|[一二三四五六七八九十]{1,2})单元)?(?:\s?\d{3,4}(?:室)?)?"
)
_STOP = re.compile(
    r"我们|咱们|他们|她们|你们|人家|那个|这个|一个|某个|我|俺|咱|他|她|你|在|住|到|去|从|是|了|的|谢谢|感谢|跟|和(?!平|田|谐|顺|什|布)|被|给|向|找|让|说|来|过|于|就|都|也|还|有|家(?!园|属院)|把|叫|因|为|前年|去年|今年|年|月|号(?!院|楼|井)|日|天(?!山|福|悦|润|池)|路过|走|开|骑|买|租|转(?!盘)|团(?=\d)|想|要|没|不|"
    r"聚集|反映|一下|条|留|上班|干活|打工|工作|那边|这边|对面|旁边|附近|昨|今|早上|晚上|下午|上午|中午|凌晨|半夜|发生|位于|地址|地点|联系|沿着?|经过|车|人(?!民)|用|进(?!小区|新村|路|村|社区)|出|挖|修|占|堵|每|第(?![一二三四五六七八九十\d]{1,3}(?:人民|中|小|医院|采油|职业|幼儿园|师))|几|两|个|多|只|吧|呢|啊|着|得|对|与|及|很|又|再|(?<=[家屋院村店厂队])里|跑|问|回|逛|等|约|带|搬|老是|一条|这条|那条|整条|同一?"
)
_NOT_PLACE = re.compile(
    r"^(?:.*宅基地|.*半路|.*老乡|.*(?:上|读|念|考)(?:大学|小学|中学|学)|.*大学生|.*跳广场|.*下乡|(?:大|小|某|相邻|隔壁|新|旧|本|该|我|贵|两|一|邻)(?:超市|学校|加油站|酒店|宾馆|医院|饭店|市场|商场|小学|中学|幼儿园|网吧|工地|停车场|农场|牧场|砖厂|村|乡|镇|小区|社区|景区)|.*[活生死后销退出门套思]路|.*烂大街|.*绕路|半路|公路|马路|铁路|道路|网路|思路|套路|销路|出路|电路|线路|油路|水路|土路|小路|大路|后路|一路|陆路|上路|让路|走路|赶路|带路|迷路|问路|修路|堵路|街|路|巷|逛街|上街|骂街|乡|镇|村|外村|邻村|全村|农村|山村|本村|隔壁村|下乡|家乡|老乡|故乡|本社区|社区|小区|本小区|全小区|新小区|老小区|医院|学校|小学|中学|幼儿园|超市|市场|工地|商场|公园|机场|酒店|宾馆|饭店|景区|基地|公寓|大院|广场|停车场|加油站|路口|红绿灯|高速|火车站|车站|水库|草场|牧场|农场|砖厂|网吧|KTV|林带|项目部|大厦|新村|新区|社区.*|[一二三四五六七八九十\d]+队|车队|部队|排队|军队|球队|.*施工队|.*工程队|.*劳务队|连队|团队|.{0,2}旅游团|夜市|步行街|服务区|收费站|美食街|巴扎)$"
)
_IN = re.compile(
    r"(?:(?<![现存实潜正])在|位于|住在?|家住|家在|地点是?|地址是?|地址|地点|路过|发生在)[:：是 ]?\s?(?P<place>[一-龥A-Za-z0-9]{2,18})"
)
_COMMON_SITE = re.compile(
    r"^(?:[一-龥]{0,2}(?:工地|医院|学校|超市|市场|商场|公园|酒店|宾馆|饭店|景区|停车场|加油站|十字路口|路口|红绿灯|小区|农贸市场|菜市场|早市|步行街|夜市|巴扎|老市场|幼儿园|井场|采油[一二三\d]?厂|作业区|高速|水库|林带|地下车库|火车站|客运站|汽车站))(?:门口|里面?|旁边|附近|对面|上|后面|后门)?"
)


@functools.cache
def _loose(name: str) -> re.Pattern[str]:
    """``name`` with every character open to its homophones."""
    return re.compile("".join(f"[{_GROUP[c]}]" if c in _GROUP else re.escape(c) for c in name))


@functools.cache
def _area(names: tuple[str, ...]) -> re.Pattern[str]:
    """Districts, streets and given names of divisions, longest first, with their suffixes."""
    ordered = sorted({*DISTRICTS.values(), *STREETS, *names}, key=len, reverse=True)
    return re.compile(
        r"(?:新疆)?(?:"
        + "|".join(_loose(name).pattern for name in ordered)
        + r")(?:市|区(?!域)|街道(?:办事处)?|街道办|路|镇|乡|团|农场|街)*"
    )


_SHOP_AFTER = re.compile(
    r"的?[^的了是我他她\W]{2,6}(?:店|院|馆|厅|公司|中心|会所|超市|诊所|饭庄|网吧)(?=买|办|吃|做|看|消费|订|租|上班|打工|干活|摔|滑|住)"
)
_SITE_AFTER = re.compile(
    r"(?:的|那个|那边的?|的那个|旁边的?|旁边那个|附近的?|这边的?)(?:[一-龥]{0,2})(?:加油站|工地|早市|菜市场|市场|超市|医院|学校|小学|中学|幼儿园|饭馆|饭店|酒店|宾馆|网吧|公园|广场|小区|井场|路口|停车场|农场|牧场|草场|夜市|巴扎|库房|仓库|门面房?|商铺|厂房|平房|院子|石化厂|炼油厂|[一-龥]{0,3}厂|联合站|宿舍楼?|(?<![的])(?!一家|一个)[一-龥]{1,4}(?:羊肉馆|饭馆|餐厅|面馆|理发店|烧烤店|火锅店|药店|诊所|加气站|服务站|馆|店)|馕店|条田|大棚|草场|职业技术学院|大十字|十字路口|肉铺|羊圈)"
)

_SITE_NEXT = re.compile(
    r"(?:社区服务站|社区卫生服务中心|社区|加油站|加气站|服务站|菜市场|农贸市场|市场|超市|医院|小学|中学|幼儿园|宾馆|公园|广场|井场|路口|停车场|农场|牧场|草场|夜市|巴扎|职业技术学院|大十字|十字路口|十字|交叉口|收费站|早市|老平房|平房|宿舍楼?|美食街|商场|大厦|火车站|客运站|法院|检查站)"
)


def find_place(
    text: str, divisions: tuple[Division, ...] = (), *, expecting: bool = False, cut: list[Word] | None = None
) -> Mention | None:
    """Where it happened: areas joined with what stands right after them. ``expecting``: a short answer is taken whole."""
    names = tuple(sorted({d.name for d in divisions if len(d.name) > 2}))
    found = [
        Mention(m.start(), m.end(), "", 0.92, score=2, kind="area") for m in _area(names).finditer(text) if not _company_name(text, m.end())
    ]
    found.extend(_spots(text, words(text) if cut is None else cut))
    joined = _joined(text, longest(found))
    joined.extend(_after_in(text, joined))
    candidates = [_scored(text, m) for m in joined]
    if expecting:
        whole = _whole(text)
        if whole is not None:
            return whole
    good = [m for m in candidates if m.score > 0.4]
    if not good:
        return None
    best = max(good, key=lambda m: (m.score, -m.start))
    return Mention(best.start, best.end, text[best.start : best.end], best.confidence, best.score, "place")


def division_code(text: str, divisions: tuple[Division, ...] = ()) -> str | None:
    """Code of the most local division named in ``text``; streets before districts; None when none is named."""
    best: tuple[int, str] | None = None
    for division in divisions:
        if division.level == "city":
            continue
        for name in (division.name, *division.aliases):
            short = re.sub(r"(?:街道|镇|乡|区)$", "", name)
            if len(short) < 2 or (division.level == "street" and short in DISTRICTS.values() and not _loose(name).search(text)):
                continue
            if _loose(short).search(text):
                rank = (2 if division.level == "street" else 1) * 10 + len(short)
                if best is None or rank > best[0]:
                    best = (rank, division.code)
    if best is not None:
        return best[1]
    return next((code for code, name in DISTRICTS.items() if _loose(name).search(text)), None) if not divisions else None


def _company_name(text: str, end: int) -> bool:
    """“克拉玛依石化”, “独山子石化公司” name an enterprise."""
    return bool(
        re.match(
            r"石化|[一-龥]{0,14}(?:配送中心|大排档|合作社|经营部|有限责任公司)|[一-龥]{0,8}(?:有限公司|公司|集团|法院|检察院|公安局|银行|人社局|劳动局|市监局|教育局|政府)",
            text[end : end + 22],
        )
    )


_NAMES_PLACE = re.compile(
    r"采油|采气|跃进|团结|建设|创业|胜利|迎宾|幸福|永红|和平|光明|兴业|友好|解放|奋斗|前进|东方|开发|工业|世纪|购物|输油|注水|炼油|钻井|教育|油建|通讯|通信|运输|测井|勘探|试油|供电|供水|供应|安装|保障|机械|康复|妇幼|老年"
)
_BESIDE = re.compile(
    r"(?P<place>(?<![一-龥])[一-龥\d]{2,5}?|(?<=在)[一-龥\d]{2,5}?)(?:那边|那块|那片|那头|附近|旁边)的?(?:那个)?(?:井场|联合站|草场|工地|牧场|水库|菜地|条田|林带|营地|厂子|厂房|仓库|加油站|鱼塘|养殖场|大棚|沙场|砂场|砖厂|平房)"
)


def _after_verbs(cut: list[Word], start: int, end: int) -> int:
    """A name of a place holds no verb, no count and no “希望”: it begins after the last of them."""
    for word in cut:
        if start <= word.start < end and (
            (word.tag in ("v", "p", "d", "c", "r", "u", "ul", "uz", "t") and len(word.text) > 1 and not _NAMES_PLACE.match(word.text))
            or (word.tag == "m" and re.search(r"[次点天个月年趟回块元]$", word.text))
        ):
            start = word.end if word.end <= end else start
    return start


def _spots(text: str, cut: list[Word]) -> list[Mention]:
    found = []
    for match in _SPOT.finditer(text):
        start, end = match.start(), match.end()
        stops = [m.end() for m in _STOP.finditer(text, start, match.start("end"))]
        start = _after_verbs(cut, max([start, *stops]), match.start("end"))
        words = text[start:end]
        if _NOT_PLACE.match(words) or len(words) < 3 or re.match(r"\d{5,}|[元块万]", words):
            continue
        near_area = re.search(r"(?:街道|区|镇|路|市)$", text[:start]) and text[end : end + 2] == "物业"
        if not near_area and re.match(
            r"物业|公司|[的]?(?:医生|大夫|老师|校长|院长|领导|老板|食堂)|费|办|主任|书记|干部|人(?!民)|居委会|网格", text[end:]
        ):
            continue
        found.append(Mention(start, end, "", 0.85, score=1, kind="spot"))
    for match in _BESIDE.finditer(text):
        if not _STOP.search(match.group("place")):
            found.append(Mention(match.start(), match.end(), "", 0.8, score=1, kind="spot"))
    found.extend(
        Mention(m.start(), m.end(), "", 0.75, score=1, kind="spot")
        for m in re.finditer(r"(?<=在)(?:克拉玛依|独山子)石化(?!公司|上班|工作)", text)
    )
    found.extend(Mention(m.start(), m.end(), "", 0.75, score=0.3, kind="house") for m in _HOUSE.finditer(text))
    return found


def _joined(text: str, found: list[Mention]) -> list[Mention]:
    """Join neighbouring parts of one address and take along house numbers and “门口”."""
    joined: list[Mention] = []
    for mention in found:
        previous = joined[-1] if joined else None
        if (
            previous
            and re.fullmatch(
                r"(?:的|市|区|街道|镇|,|，| |那边的?|那个|那条|那儿的?|和|与|跟|往|到|至)?", text[previous.end : mention.start]
            )
            and not (
                text[previous.end : mention.start] in tuple("和与跟往到至")
                and not re.search(r"路口|交叉口|十字|路段|之间|路$|街$|大道$", text[mention.start : mention.end + 4])
            )
        ):
            joined[-1] = Mention(previous.start, mention.end, "", 0.92, previous.score + 0.5, previous.kind)
        else:
            joined.append(mention)
        end = joined[-1].end
        site = _SITE_AFTER.match(text, end) or _SITE_NEXT.match(text, end) or _SHOP_AFTER.match(text, end)
        end = site.end() if site else end
        while True:
            door = re.compile(_DOOR).match(text, end)
            if not door or door.end() == end:
                break
            end = door.end()
        last = joined[-1]
        joined[-1] = Mention(last.start, end, "", last.confidence, last.score + (0.3 if end > last.end else 0), last.kind)
    return joined


def _after_in(text: str, known: list[Mention]) -> list[Mention]:
    """“在工地”, “在菜市场门口”: ordinary places count when the text says that it was there."""
    found = []
    for match in _IN.finditer(text):
        site = _COMMON_SITE.match(match.group("place"))
        start = match.start("place")
        if site and not any(m.start <= start < m.end for m in known):
            found.append(Mention(start, start + site.end(), "", 0.6, score=0.2, kind="site"))
    for match in _AT.finditer(text):
        start = max([match.start("place"), *(m.end() for m in _STOP.finditer(text, match.start("place"), match.start("side")))])
        if match.start("side") - start >= 2 and not any(m.start < match.end() and start < m.end for m in known):
            found.append(Mention(start, match.end(), "", 0.65, score=0.3, kind="site"))
    for match in _FACILITY.finditer(text):
        start, end = match.span("place")
        start = max([start, *(m.end() for m in _STOP.finditer(text, start, end - 1))])
        plain = _PLAIN_SITE.match(text[start:end]) and not _HURT.match(text[match.end() : match.end() + 8])
        if end - start >= 2 and not plain and not any(m.start < match.end() and start < m.end for m in [*known, *found]):
            found.append(Mention(start, match.end(), "", 0.6, score=0.2, kind="site"))
    for match in _SHOPPED.finditer(text):
        named = match.group("place")
        if (
            not _STOP.search(named)
            and not re.search(
                r"网|美团|淘宝|拼多多|抖音|快手|京东|平台|群|微信|手机|直播|上$|值班|上班|加班|朋友圈|^(?:单位|公司|家里?|外面|这里|那里|这边|那边|店里|路上|一起|晚上|早上|期间|学校|院里|时候|家里|楼上|楼下|屋里)$",
                named,
            )
            and not any(m.start < match.end("place") and match.start("place") < m.end for m in known)
        ):
            found.append(Mention(match.start("place"), match.end("place"), "", 0.6, score=0.2, kind="site"))
    return found


_AT = re.compile(
    r"在(?P<place>[一-龥A-Za-z0-9]{2,10}?)(?P<side>门口|附近|对面|旁边|楼下|路口|后门|大门口)(?:(?:的|那个|那家|的那个|的那家)[一-龥]{1,4}(?:店|馆|摊|厅|超市|诊所|药房)(?:门口|里)?)?"
)
_PLAIN_SITE = re.compile(r"^(?:楼道|楼梯|走廊|电梯|大门口|单元门口|大厅|车间|宿舍|KTV|网吧|饭店|食堂|卫生间|[一-龥]{0,2}店)$")
_HURT = re.compile(r"^[^,，。]{0,4}?(?:摔|滑|撞|打|伤|烫|夹|砸|咬|吵|被|丢|偷|绊|捡|碰|扭|卡|困|磕|骂|晕|吃坏|中毒|买|吃|办)")
_FACILITY = re.compile(
    r"(?:(?<![现存实潜正])在|路过|走到|停在|放在|进)(?:一家|一个|那个|这个|咱们|我们)?(?P<place>[一-龥A-Za-z0-9]{0,6}?(?:楼道|楼梯|楼梯口|电梯|走廊|地库|地下室|车库|车棚|库房|仓库|车间|食堂|教室|操场|宿舍|急诊科?|病房|摊位|大厅|包间|包厢|浴室|泳池|球场|公园|湖边|广场|峡谷|烧烤摊|夜市|馆|店(?!里)|餐厅|会所|酒吧|KTV|网吧|浴场|桥|巷子|渠道?边|地头|井场|斑马线|人行道|单元门口|小区门口|校门口|大门口|卫生间|试衣间|收银台|公交车|班车|大巴))(?:里面?|上|门口|旁边|附近|对面)?(?=[一-龥,，。 ]|$)"
)
_SHOPPED = re.compile(
    r"在(?P<place>[一-龥]{2,8}?)(?=滑倒|摔|生(?:的|娃|孩子)|体检|骑马|坐缆车|玩|遛弯|散步|挨打|打架|挂号|抽血|拔牙|买了?|吃了?饭|办了?卡|购买|消费|订了?|看了?病|做了?手术|住院|打工|干活|上班)"
)


def _scored(text: str, mention: Mention) -> Mention:
    before, after = text[: mention.start], text[mention.end :]
    extra = 0.0
    if re.search(r"(?:(?<![现存实潜正])在|位于|住在?|家住|家在|地点|地址|发生在|家是|住的是?)[:：是的]?\s?$", before):
        extra += 0.8
    if re.search(r"(?:去|找|到|跑|问|向|打给|反映到|从|来自|老家|搬来?到?|嫁到|回|往)(?:了|过)?$", before) and not re.match(
        r"做|看|就诊|住院|手术|检查|输液|买|吃|玩|办|体检|生", after
    ):
        extra -= 0.8
    if re.match(r"人(?!民)|(?:的)?(?:法院|派出所|人社局|劳动局|政府|银行)", after):
        extra -= 1.5
    return mention.scored(extra)


def _whole(text: str) -> Mention | None:
    stripped = text.strip(" ,，。.!！~吧呢啊呀")
    if not 2 <= len(stripped) <= 30 or re.search(
        r"[。;；!！?？]|不知道|记不|不记得|说不|忘了|网上|电话里|微信|淘宝|京东|拼多多|抖音|不清楚|不想|不方便|没有|转人工|为什么", stripped
    ):
        return None
    pieces = re.split(r"[,，]", stripped)
    if len(pieces) > 2 and not all(re.search(r"\d|[一二三四五六七八九十][期栋楼号排]|那边|小区|路|街|单元|室", piece) for piece in pieces):
        return None
    start = text.find(stripped)
    opening = re.match(r"(?:我|我们|我家)?(?:就)?(?:是)?(?:住在?|家住|家在|在|地址是?|就在|位于|发生在)?(?=[一-龥A-Za-z0-9]{2})", stripped)
    low = start + (opening.end() if opening else 0)
    end = start + len(pieces[0]) if len(pieces) == 2 and re.search(r"\d{4}|[昨今前]天|上|月|号$|年", pieces[1]) else start + len(stripped)
    words = re.sub(r"(?:这边|那边|那儿|这儿|的)$", "", text[low:end]) if text[low:end].endswith("的") else text[low:end]
    if re.match(r"(?:上个?|[昨今前]天|去年|今年|\d+月|[一二三四五六七八九十]+月|我|他|这|那)", words):
        return None
    return Mention(low, low + len(words), words, 0.7, score=3, kind="place")
