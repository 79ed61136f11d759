"""姓名: the speaker's own name. Surnames alone count (“免贵姓欧阳”); roles do not (“我是业主”).

Handles Han names, compound surnames and names of Xinjiang's peoples (阿依古丽·买买提, 吐尔逊江). Other people's names belong to
counterparties, not here.
"""

from __future__ import annotations

import functools
import re
from pathlib import Path

import jieba

from intake.extract.phrases import words as cut_words
from intake.extract.text import Mention, without_corrected

COMPOUND = "欧阳|上官|司马|诸葛|司徒|夏侯|皇甫|尉迟|公孙|慕容|令狐|宇文|长孙|端木|东方|南宫|独孤|呼延|司空|轩辕|闻人|澹台|百里|东郭|钟离|赫连|完颜|纳兰|西门"
SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严"
    "覃武戴莫孔向汤温康施文牛樊葛邢安齐易乔伍庞颜倪庄聂章鲁岳翟殷詹申欧耿关兰焦俞左柳甘祝包宁尚符舒阮柯纪梅童凌毕单季裴霍涂成苗谷盛曲翁冉骆蓝路游辛靳管柴蒙鲍华喻祁蒲房滕屈饶解牟艾尤阳时穆农司卓古吉缪简车项连芦麦褚娄"
    "窦戚岑景党宫费卜冷晏席卫米柏宗瞿桂全佟应臧闵苟邬边卞姬师和仇栾隋商刁沙荣巫寇桑郎甄丛仲虞敖巩明佘池查麻苑迟邝官封谈匡鞠惠荆乐冀郁胥南班储原栗燕楚鄢劳谌奚皮粟冼蔺楼盘满闻位厉伊仝区郜海阚花权强帅屠豆朴盖练廉禹井"
    "祖漆巴丰支卿国狄平计索宣晋相初门云容敬来扈晁芮都普阙浦戈伏鹿薄邸雍辜羊阿乌母裘亓修邰赫杭况那宿鲜印逯隆茹诺战慕危玉银亢嵇公哈湛宾戎勾茅利於呼居揭干但尉冶斯元束檀衣信展阴昝智幸奉植衡富尧闭由红汝"
)
_HAN = r"[一-龥]"
_MINORITY = r"(?:[一-龥]{2,6}[·•・.．‧][一-龥]{2,6}(?:[·•・.．‧][一-龥]{2,6})?)"
FOREIGN_SOUNDS = set(
    "敖登日勒其苏荣呼和孟根图雅仁额敦宝音马穆加托帕万哈孜波力别赛库阿艾买提木古丽江吐尔逊地力夏依热合曼努尔帕提玛麦麦合买买再娜孜亚库热西肉依明斯拉哈吾甫克巴图汗别克叶热什加娃迪里拜卡沙米吉凯赛迪牙生玉苏奥塔那扎胡达伊不都森祖丽皮亚孜扎克尤努斯居来提帕尔哈提乌斯曼如则古孜艾尔肯艾合买提塔依尔米热阿布都拉坎吾买尔尼亚孜沙塔尔毛拉巴哈娜尔杰恩斯波拉提叶尔兰朝格尔巴音"
)
_FOLLOW = re.compile(
    r"电话|手机|号码|不|家住|家在|住在|住|今年|在|是|我|的|想|要|被|从|男|女|也|就|和|跟|来|说|老板|去年|上个|现在|今天|昨天|前天|单位|原来|退休|汉族|维吾尔|回族|哈萨克|联系|身份|这个|他|她|有|因|于|租|干|做|打工|家里|家的?|给|借|买|向|与|对|称|反映|投诉|这|那|前|本|叫|找|报|微信|年|月|咨询|求助|申请|请求|欠|一个|两个|三点|木子|弓长|立早|耳东|双|草字|古月|口天|红色|你|您|吧|啊|呀|哈|呢|嘛|哦|了|嗯|先生|女士|师傅|同志"
)
_REPORTED = re.compile(
    r"(?:^|[,，。;；:：\n ])(?:[一-龥]{0,4}(?:家属|家长|消费者|游客|乘客|居民|村民|市民|业主|职工|员工|工人|商户|牧民|农户|农民|学生|老人|受害人|伤者|患者|来访人|来电人|申请人|诉求人|反映人|投诉人|委托人|举报人|申诉人|原告|代表人?|经办人|负责人|来信人|报警人|退休人员|驾驶人|群众|住户|租户|租客|车主|顾客|客户))(?:姓名)?[:：是]?\s?(?=[一-龥])"
)
_TITLED = re.compile(
    rf"(?:^|[,，。;；\n ])(?P<name>(?:{COMPOUND}|[{SURNAMES}])[一-龥]{{0,2}}?(?:女士|先生|大爷|大妈|阿姨|师傅|老人))(?=[（(]\d|来访|来电|反映|称|投诉|求助|驾驶|骑|到访|致电|诉称|咨询|申请|报警|在[一-龥]{{2,12}}(?:摔|被|购|买|就餐|住)|向(?:我|本)?(?:中心|社区|街道))"
)
_SEX = re.compile(r"(?:^|[,，。;；:：\n]|姓名)\s?(?P<name>[一-龥·]{2,12})[,，、 （(]{1,2}(?:男|女)(?=[,，、 ）)]|\d|$)")
_JOB = re.compile(
    r"(?:^|[,，。 好])(?:我|本人)(?:们)?是[一-龥A-Za-z0-9]{2,18}?(?:职工|员工|工人|居民|村民|业主|住户|家长|老师|司机|牧民|租户|商户|司机|患者|护士|连的|社区的|村的|[楼室栋元院组队家房]的|退休职工|\d的业主|的业主|小区的|团的|厂的|公司的)(?=[一-龥])"
)
_TITLE = r"(?:先生|女士|师傅|老师|阿姨|大爷|大妈|大姐|大哥|同志|小姐|叔|姐|哥|某某|某)"
_CALLED = re.compile(
    r"(?:身份证上的?(?:名字)?(?:叫|是)|我的?名字叫|我的?名字是|我名字|我的?全名叫?|我的?真名叫?|我大名叫?|(?:我|俺|本人)(?:就|的名字)?叫(?:做|作)?|叫我|本人姓名|姓名|申请人|联系人|投诉人|来电人|反映人|求助人|诉求人|报案人|来访人|当事人|业主姓名|名字|称呼我)[:：是叫\s]{0,3}"
)
_AM = re.compile(r"(?:(?<![一-龥])|(?<=[你您]好)|(?<=[，。,、 啊哦]))(?:我|俺|本人|这边|这里)(?:就)?(?:是|:|：)\s?")
_SELF = re.compile(r"(?:^|[,，。 :：!！])本人(?=[一-龥])")
_SURNAME = re.compile(
    rf"(?:免贵|我|俺|本人|鄙人|小|^|[,，。 :：])姓(?P<surname>{COMPOUND}|[{SURNAMES}])(?!的|氏)(?:[,，\s]{{0,2}}(?:名字?叫|叫|名|大名)?[,，\s]?(?P<full>{_HAN}{{2,4}}))?"
)
_INSTEAD = re.compile(
    rf"(?:(?P<denied>我?的?(?:名字)?(?:不是|不叫)(?:{COMPOUND}|[{SURNAMES}])[一-龥]{{1,2}})[,，。 ]{{0,2}}而?(?:是|叫)|(?:不对|说错了|写错了|打错了|错了|更正)[,，。! ]{{0,2}}(?:我?是|我?叫|应该是|名字是)?)\s?"
)
_NOT_NAME = re.compile(
    r"^(?:于[去今昨前本上]|业主|房东|租客|车主|顾客|包工|安装|水电|施工|司机|家长|农民|牧民|工人|老师|医生|护士|学生|高中|初中|大学|白碱|乌尔|独山|克拉|金龙|古海|银河|昆仑|天山|胜利|中兴|三平|柳树|安徽|江苏|江西|甘肃|云南|河南|河北|山东|山西|陕西|四川|湖南|湖北|广东|广西|"
    r"海南|青海|宁夏|新疆|北京|上海|重庆|天津|和田|伊犁|喀什|石河|乌鲁|沙湾|于|和|从|从来|时|时候|师|单|单身|单位|全|全职|国|国企|连|连队|团|外地|本地|当地|居民|住户|邻居|物业|商户|商家|开|干|房|房客|房主|门|门口|门面|明|明天|包|包车|包地|卖|买家|"
    r"应|应该|成|成年|万|万一|平|平时|支|计|相|相信|初|云|来|来问|来咨询|都|那|那个|鲜|但|但是|由|由于|满|满意|公|公司|公职|利|干活|干部|经|位|同|相关|信|信任|高|高三|高一|高二|高龄|老|老人|单亲|孤|残|女|男|乐|温|文|文员|关|关于|向|何|何时|齐|"
    r"常|花|花钱|花了|管|管理|解|安|安全|强|强烈|简|简单|路|路过|游|游客|旅客|华|章|车|古|时间|盖|练|商|商铺|班|班长|储|原|原来|原告|党|党员|封|明明|查|谈|惠|劳|劳务|盘|普|普通|居|居民|展|智|富|植|红|银|银行|海|区|羊|麻|边|方|单方|方便|易|代|"
    r"白|白白|白天|马上|金|钱|雷|石油|石化|水|沙|左|左右|宁|宁愿|陶|柴|农|农户|农场|司|连续|项|项目|吉|贺|贾|毛|毛病|武|严|严重|阳|阳光|顾|顾客|屈|仇|仇人|能|冷|席|卫|米|和谐|师傅|原先|祖|祖孙|养|丁|付|付了|付钱|任|任何|余|黄|黄牛)$"
)
_ROLE_END = re.compile(
    r"(?:业主|房东|租客|车主|顾客|工头|工人|司机|家长|农民|牧民|学生|老师|医生|员工|老板|经理|客户|住户|租户|商户|户主|妈妈|妈|爸|爸爸|女儿|儿子|老婆|老公|媳妇|母亲|父亲|丈夫|妻子|家属|亲属|朋友|同事|代表|街道|社区|公司|小区|的人|人|方|员|工|户|队|村|镇|区|班|族)$"
)


@functools.cache
def ordinary_words() -> frozenset[str]:
    """Dictionary words that begin like a name and are none (冷笑, 高兴, 车子), from jieba's word list; read once."""
    words = set()
    with (Path(jieba.__file__).parent / "dict.txt").open(encoding="utf-8") as lines:
        for line in lines:
            word, _, tag = line.split()
            if 2 <= len(word) <= 3 and word[0] in SURNAMES and not tag.startswith("nr"):
                words.add(word)
    return frozenset(words)


def name(text: str, *, expecting: bool = False) -> Mention | None:
    """The speaker's name, or None. ``expecting``: the name was asked for, so “刘伟” alone is one."""
    found = without_corrected(text, _introduced(text))
    if not found and expecting:
        found = _bare(text)
    if not found:
        found = _before_phone(text)
    return max(found, key=lambda m: (m.score, -m.start)) if found else None


def take_name(text: str, position: int, *, strict: bool = False) -> tuple[int, int] | None:
    """Span of the personal name that begins at ``position``; ``strict`` wants a pause or a known word after it."""
    rest = text[position : position + 24]
    minority = re.match(_MINORITY, rest)
    if minority and not re.match(r"\d", rest):
        return position, position + minority.end()
    transliterated = re.match(_HAN + "{3,8}", rest)
    if transliterated and sum(c in FOREIGN_SOUNDS for c in rest[:4]) >= 3 and rest[0] in FOREIGN_SOUNDS:
        end = 0
        while end < len(rest) and end < 8 and rest[end] in FOREIGN_SOUNDS:
            end += 1
        if end >= 3:
            return position, position + end
    return _han_name(text, position, strict)


def _han_name(text: str, position: int, strict: bool) -> tuple[int, int] | None:
    rest = text[position : position + 12]
    compound = re.match(COMPOUND, rest)
    if compound:
        surname_end = compound.end()
    elif rest and rest[0] in SURNAMES:
        surname_end = 1
    else:
        return None
    title = re.match(_TITLE, rest[surname_end:])
    if title:
        return position, position + surname_end + title.end()
    for given in (2, 1):
        end = surname_end + given
        if len(rest) < end or not re.fullmatch(_HAN + "+", rest[:end]):
            continue
        if given == 2 and _FOLLOW.match(rest[surname_end + 1 :]) and _follows(rest, end - 1):
            continue
        if _follows(rest, end) or not strict:
            if _FOLLOW.match(rest[surname_end:end]) and given == 1 and strict:
                return None
            return position, position + end
    return None


def _follows(rest: str, end: int) -> bool:
    return end >= len(rest) or not re.match(_HAN, rest[end]) or bool(_FOLLOW.match(rest[end:]))


def _introduced(text: str) -> list[Mention]:
    found: list[Mention] = []
    for match in _CALLED.finditer(text):
        nick = re.match(
            r"(?:小|老|阿)[" + SURNAMES + r"](?:就|吧|好了|$|[,，。 \n])|[A-Za-z]{2,12}(?=就|吧|$|[,，。 ])", text[match.end() :]
        )
        if nick and re.search(r"叫我$|联系人|称呼我|姓名|申请人", match.group()):
            end = match.end() + (2 if not nick.group()[0].isascii() else nick.end())
            found.append(Mention(match.end(), end, text[match.end() : end], 0.8, score=1))
            continue
        if re.search(
            r"(?:他|她|对方|被|老板|孩子|儿子|女儿|老公|老婆)的?$|(?:老板|工头|房东|邻居|对方|那人|司机|他|她)(?:姓.)?[,，]$",
            text[: match.start()],
        ):
            continue
        span = take_name(text, match.end())
        if (
            span
            and _acceptable(text, span)
            and not (match.group().endswith("叫") and _someone_called(text, span))
            and not _organisation(text, span)
        ):
            found.append(_mention(text, span, 0.93, 2))
    for match in re.finditer(rf"(?:^|[,，。 好])我是(?P<nick>[老小](?:{COMPOUND}|[{SURNAMES}]))(?=[,，。 啊呀]|$)", text):
        found.append(Mention(match.start("nick"), match.end("nick"), match.group("nick"), 0.75, score=1))
    for pattern, strict in ((_AM, True), (_SELF, True)):
        for match in pattern.finditer(text):
            span = take_name(text, match.end(), strict=strict)
            if span and _acceptable(text, span) and _is_self(text, span):
                found.append(_mention(text, span, 0.88, 1.5))
    for match in re.finditer(
        r"我是(?:他|她|当事人|业主|申请人)的?(?:儿子|女儿|老婆|老公|妻子|丈夫|爱人|弟弟|妹妹|哥哥|姐姐|孙子|孙女|女婿|儿媳)(?=[一-龥])",
        text,
    ):
        span = take_name(text, match.end(), strict=True)
        if span and _acceptable(text, span):
            found.append(_mention(text, span, 0.85, 1.5))
    for match in _TITLED.finditer(text):
        found.append(_mention(text, match.span("name"), 0.8, 0.8))
    for match in _REPORTED.finditer(text):
        span = take_name(text, match.end(), strict=True)
        if (
            span
            and _acceptable(text, span)
            and re.match(
                r"(?:女士|先生|等)?(?:[\d一二三四五六七八九十]+[人户])?(?:[（(,，。 ]|反映|来访|来电|称|投诉|求助|向|因|诉|电话|手机|表示|1[3-9]\d|$)",
                text[span[1] :],
            )
            and text[span[0] : span[1]] not in ordinary_words()
        ):
            found.append(_mention(text, span, 0.85, 1.2))
    for match in _JOB.finditer(text):
        span = take_name(text, match.end(), strict=True)
        if (
            span
            and span[1] - span[0] >= 2
            and _acceptable(text, span)
            and re.match(r"[,，。 ]|$|电话|手机", text[span[1] :])
            and text[span[0] : span[1]] not in ordinary_words()
        ):
            found.append(_mention(text, span, 0.85, 1.2))
    for match in _SEX.finditer(text):
        span = take_name(text, match.start("name"))
        if span and span == match.span("name") and _acceptable(text, span):
            found.append(_mention(text, span, 0.85, 1.4))
    for match in _INSTEAD.finditer(text):
        span = take_name(text, match.end(), strict=True)
        if span and _acceptable(text, span) and (found or match.group("denied")):
            found.append(_mention(text, span, 0.85, 2.2))
    for match in _SURNAME.finditer(text):
        found.extend(_by_surname(text, match))
    return found


def _organisation(text: str, span: tuple[int, int]) -> bool:
    """“申请人:克拉玛依市绿源果蔬配送中心”: a firm, no person."""
    return bool(
        re.match(
            r"[市区县一-龥()（）]{0,18}?(?:公司|中心|合作社|经营部|商行|厂(?![里长])|项目部|服务部|批发部|超市|饭店)(?=[,，。;；、 ]|$)",
            text[span[1] :],
        )
    )


def _by_surname(text: str, match: re.Match[str]) -> list[Mention]:
    if re.search(r"(?:他|她|对方|老板|房东|邻居|那人|工头|司机)[^,，。]{0,3}$", text[: match.start()]):
        return []
    full = match.group("full")
    surname = match.group("surname")
    later = re.search(rf"(?:叫|名叫|名字是?){surname}", text[match.end("surname") : match.end("surname") + 14])
    if later:
        span = take_name(text, match.end("surname") + later.end() - len(surname))
        if span:
            return [_mention(text, span, 0.93, 2.5)]
    again = re.search(
        rf"^[,，。 ]{{1,2}}[一-龥]{{1,3}}{surname}[,，。 ]{{1,2}}(?P<name>{surname}[一-龥]{{1,2}})(?=[,，。 ]|$)",
        text[match.end("surname") :],
    )
    if again:
        low = match.end("surname") + again.start("name")
        return [_mention(text, (low, low + len(again.group("name"))), 0.9, 2.5)]
    told = re.search(rf"[,，。 ](?P<name>{surname}[一-龥]{{1,2}})(?=[,，。 ]|$)", text[match.end("surname") : match.end("surname") + 22])
    if told and re.search(rf"的{surname}", text[match.end("surname") :]):
        low = match.end("surname") + told.start("name")
        return [_mention(text, (low, low + len(told.group("name"))), 0.9, 2.5)]
    if full and full.startswith(surname) and not re.match(rf"[一-龥]?的{surname}", text[match.start("full") + 2 :]):
        span = take_name(text, match.start("full"))
        if span:
            return [_mention(text, span, 0.95, 2.5)]
    after_phone = bool(re.search(r"\d{4}[,，。 ]$|[零一幺二三四五六七八九]{4}[,，。 ]$", text[: match.start("surname") - 1]))
    subject = bool(
        re.search(
            r"(?:^|[。!！?？;；])(?:你好|您好)?[,，]?(?:我是|我叫|我在|我家|我来|我这)[^。!！?？;；他她]{0,14}[,，]?$",
            text[: match.start("surname") - 1],
        )
    )
    own = after_phone or subject or bool(re.match("免贵|我|俺|本人|鄙人", match.group())) or match.start() == 0
    start = match.start("surname")
    split = re.match(r"[,， ]?(?:名字?)?叫(?P<given>(?![小老阿我])[一-龥]{1,2})(?=[,，。 !！]|$)", text[match.end("surname") :])
    if split and own and not split.group("given").startswith(surname):
        return [Mention(start, match.end("surname") + split.end(), surname + split.group("given"), 0.8, score=2)]
    title = re.match(r"单名一?个?(" + _HAN + ")", text[match.end("surname") :].lstrip(" ,，"))
    if title and own:
        return [Mention(start, match.end("surname"), surname + title.group(1), 0.7, score=1.2)]
    return [Mention(start, start + len(surname), surname, 0.8, score=1)] if own else []


def _acceptable(text: str, span: tuple[int, int]) -> bool:
    words = text[span[0] : span[1]]
    return not _NOT_NAME.match(words) and not (_ROLE_END.search(words) and len(words) > 1 and words not in ("王兵", "李兵"))


def _is_self(text: str, span: tuple[int, int]) -> bool:
    """“我是张伟” yes; “我是张伟的老婆”, “我是李红家的租客”, “我是白碱滩的” no."""
    return not re.match(
        r"(?:家)?(?:的|他|她|老婆|老公|媳妇|妈|爸|儿子|女儿|妻|丈夫|公司|那|家|这|街|路|镇|小区|村)(?!电话|手机)", text[span[1] :]
    )


def _someone_called(text: str, span: tuple[int, int]) -> bool:
    """“我叫张师傅来修” calls somebody; it names nobody."""
    words = text[span[0] : span[1]]
    return bool(re.search(r"(?:师傅|老师|某)$", words) and re.match(r"来|去|给|帮|把|过来|上门|修", text[span[1] :]))


def _mention(text: str, span: tuple[int, int], confidence: float, score: float) -> Mention:
    return Mention(span[0], span[1], text[span[0] : span[1]], confidence, score=score)


_FILLER = re.compile(r"^(?:嗯|哦|好的?|行|是|叫|我是?|本人|名字|姓名|全名叫?|大名叫?|真名叫?|就叫|写|您?你?好|我叫|就写|登记)[,，:： ]*")


def _bare(text: str) -> list[Mention]:
    """An answer to “怎么称呼您”."""
    start = len(text) - len(text.lstrip(" ,，。"))
    filler = _FILLER.match(text[start:])
    if filler and not (text[start] in SURNAMES and len(text.strip()) <= 3):
        start += filler.end()
    instead = re.match(r"不是[一-龥]{1,4}[,，。 ]{0,2}是", text[start:])
    start += instead.end() if instead else 0
    fuller = _fuller(text, start)
    if fuller is not None:
        return [fuller]
    rest = re.split(r"[,，。!！?？(（ ]|电话|手机|\d", text[start:])[0]
    if not rest:
        return []
    denied = re.match(r"(?P<name>[一-龥]{2,4}?)不是[一-龥]{2,4}$", rest)
    if denied:
        rest = denied.group("name")
    rest = re.sub(rf"^({COMPOUND}|[{SURNAMES}])姓$", r"\1", rest)
    if re.fullmatch(rf"(?:姓)?(?:{COMPOUND}|[{SURNAMES}])", rest):
        surname = rest.removeprefix("姓")
        low = text.index(surname, start)
        return [Mention(low, low + len(surname), surname, 0.8)]
    if re.fullmatch(r"[A-Za-z][A-Za-z .]{1,20}|[小老阿][一-龥]|[一-龥]{1,2}(?:先生|女士|师傅|老师|姐|哥|阿姨|大爷|大妈)", rest):
        return [Mention(start, start + len(rest), rest, 0.75)]
    if re.search(
        r"的$|^[爸妈哥姐弟妹]|^[零〇一二三四五六七八九幺两]+$|^马上|干[啥嘛]|回来|等一?下|错|改|不是|不对|电话|名字|写|不想|不说|不愿|不方便|匿名|保密|为什么|干嘛|不知道|啥|什么|算了|跳过|转人工|问|能不|可以",
        rest,
    ):
        return []
    if _everyday(rest):
        return []
    span = take_name(text, start)
    if span and span[1] - start == len(rest):
        return [_mention(text, span, 0.92, 1)]
    if span and _follows(text[start : start + 12], span[1] - start):
        return [_mention(text, span, 0.8, 1)]
    if re.fullmatch(_HAN + "{2,6}", rest) and (sum(c in FOREIGN_SOUNDS for c in rest) >= len(rest) - 1 or len(rest) in (2, 3)):
        return [Mention(start, start + len(rest), rest, 0.6)]
    return []


def _everyday(words: str) -> bool:
    """“同上”, “稍等”, “方便”: a word of the dictionary; one that begins with a surname only when it can be no noun."""
    if re.search(r"族$|^(?:他|她|我|你)(?:女儿|儿子|妈|爸|老婆|老公)|^等|一下$|^没", words):
        return True
    first = cut_words(words)
    tag = first[0].tag if first else "x"
    if first and words[0] in SURNAMES:
        return tag in ("v", "a", "ad", "d", "r", "p", "c", "t", "vd") and len(first[0].text) > 1
    return len(first) == 1 and tag[:2] not in ("nr", "x", "nz", "zg", "z", "ng")


def _fuller(text: str, start: int) -> Mention | None:
    """“周老师，周海霞”, “老赵 赵满仓”: the full name that follows a short one of the same surname; or a name after other words."""
    first = text[start : start + 2]
    for match in re.finditer(r"[,，。 ]+(?:大名|真名|名字|全名|叫)?(?P<name>[一-龥]{2,4})(?=[,，。 ]|$)", text[start:]):
        low = start + match.start("name")
        span = take_name(text, low)
        if (
            span is None
            or span != (low, low + len(match.group("name")))
            or text[low : span[1]] in ordinary_words()
            or len(match.group("name")) < 2
        ):
            continue
        if text[low] in first or re.search(r"真名|不是|错|改|写我", text[start:low]):
            return _mention(text, span, 0.88, 1.5)
    return None


_NAME_PHONE = re.compile(
    r"(?:^|[,，。;； \n])(?P<name>[一-龥·•]{2,12})[,，、 :：]{0,2}(?:电话|手机|手机号|联系电话)?[:：是 ]{0,2}(?=1[3-9][\d -]{9})"
)


def _before_phone(text: str) -> list[Mention]:
    """“刘伟 13999340066”, “13999340066 刘伟”: a name right beside a number, when it stands between pauses."""
    for match in re.finditer(r"1[3-9]\d{9}[,，、 ]{0,2}(?=[一-龥])", text):
        span = take_name(text, match.end(), strict=True)
        if (
            span
            and re.match(r"[,，。 (（]|$", text[span[1] :])
            and _acceptable(text, span)
            and text[span[0] : span[1]] not in ordinary_words()
        ):
            return [_mention(text, span, 0.75, 0.5)]
    for match in _NAME_PHONE.finditer(text):
        span = take_name(text, match.start("name"))
        if span and re.match(r"[,，、 :：]|电话|手机|联系|\d", text[span[1] :]) and _acceptable(text, span):
            return [_mention(text, span, 0.75, 0.5)]
    return []
