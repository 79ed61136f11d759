"""对方: the literal words that name the other side: a person by role or name, a shop, a company, an authority.

Every candidate is scored by what stands around it (欠我, 不给, 被…打, 跟…) and the best one wins; offices the speaker only turned to
for help do not count.
"""

from __future__ import annotations

import re
from dataclasses import replace

from intake.extract.names import COMPOUND, FOREIGN_SOUNDS, SURNAMES, ordinary_words, take_name
from intake.extract.text import Mention, longest, strip_span

_ORG_END = (
    r"(?:有限责任公司|股份有限公司|有限公司|分公司|物业公司|公司|集团|采油[一二三四五六七\d]?[厂队]|[一二三四五六七\d]号?厂|采气[一二三\d]?厂|作业区|项目部|厂家|厂子|厂(?!里|方|长|区|门|房|休)|开发商|承包商|供应商|经销商|运营商|总包|分包方|医院|卫生院|卫生所|诊所|门诊部|口腔|"
    r"学校|小学|中学|大学|学院|幼儿园|幼教|托育中心|托管班|培训班|培训机构|培训中心|辅导班|机构|银行|信用社|保险公司|保险(?!杠|丝|柜|带|箱)|酒店|宾馆|民宿|客栈|旅馆|旅店|饭店|饭馆|餐厅|餐馆|面馆|店(?!员|里|长|铺|门|家|主|方)|4[sS]店|车行|修理厂|修车铺|"
    r"超市|商场|商城|市场管理方|健身房|健身会所|健身中心|会所|美容院|美发店|理发店|养生馆|影楼|照相馆|琴行|驾校|中介公司|中介|房产中介|平台|旅行社|景区|合作社|网吧|KTV|ktv|直播间|旗舰店|专卖店|专营店|家政|快递|搬家公司|装修队|施工队|工程队|劳务队|环卫队|保安队|"
    r"村委会|村委|居委会|业委会|社区居委会|街道办事处|街道办|管委会|派出所|交警队|交警大队|城管局|城管队?|征收办|拆迁办|征迁办|[一-龥]{2,6}局(?!面|部|长|限|势)|镇政府|乡政府|区政府|市政府|团部|热力公司|供热公司|自来水公司|供电公司|电力公司|物业|"
    r"油田公司|石化公司|独山子石化|克拉玛依石化|新疆油田|西部钻探|管理局|工作室|俱乐部|工厂|农场|牧场|养殖场|屠宰场|砖厂|砂石厂|煤矿|加油站|停车场|养老院|敬老院|月子中心|殡仪馆|服务部|经营部|批发部|门市部|商行|农家乐|度假村|滑雪场|游乐场|洗浴中心|洗车行|棋牌室|麻将馆|茶楼|酒吧|自习室|小卖部|小吃部|烧烤摊|井队|钻井队|总部|物流(?!慢|信息|单|显示|费)|货运部?|馆(?=把|说|不|不给)|站(?=把|说|不给))"
)
_ORG = re.compile(_ORG_END)
_ORG_STOP = re.compile(
    r"我们|咱们|他们|她们|你们|我家|他家|这家|那家|一家|某个|那个|这个|一个|我|俺|咱|他|她|你|在|跟|被|给|向|找|告|让|是|了|说|去|到|与(?!其)|因|把|将|叫|欠|要求|买(?!卖)|干(?!洗|休)|没|不|着|过|候|的|和(?!田|平|顺|谐|信|合|泰|美|兴|丰|润|悦|雅|畅|盛|记|达)|就|都|也|还|对方|来|从|"
    r"为|而|但|以|及|由|这|那|有|要|请|投诉|举报|起诉|拖|通过|经过|联系|因为|所以|现在|当时|结果|后来|于是|本人|家里|上班|工作|入职|签|住(?!宅|房|院部)|租(?!车|赁|房)|打(?!车|印|井)|问(?!诊)|换|注册|去年|今年|前年|昨天|上个月|月|号|日|用(?!工|车|友)|想|只|再|又|里|给|收(?!费|购|银)|交(?!警|通)|退(?!役)|挂靠|反映|外面|一直|天天|持(?!续)|后(?!勤|街|屯)|天(?!然|山|宇|悦|府|福|成|润|池|宝|猫|泽|利|华|翔)|诉|偿(?!付)|费|票(?!务)|群|钱|大(?=超市|厂(?!子)|公司)|开(?!发|源|心|元|拓)|聚集|称|其(?=在)|个(?!体)|拔|口|附近|旁边|楼下的?(?!小)|小区(?!物业)|和平(?!路)|听|怕|凭|等|催|拿"
)
_ROLE = (
    r"(?:大老板|小老板|老板娘|老板|包工头|工头|大包|二包|二老板|带班的?|班长|队长|项目经理|经理|负责人|厂长|店主|店长|店家|商家|卖家|商户|摊主|房东(?:大姐|大妈|阿姨|太太)?|二房东|大房东|租客|租户|房客|承租人|出租人|中介(?:小哥|人员)?|邻居(?:家)?|邻居[一-龥]{0,2}家|前夫哥?|前妻|"
    r"前男友|前女友|老公|老婆|丈夫|妻子|媳妇|婆姨|老汉|老伴|男朋友|女朋友|男友|女友|对象|未婚夫|未婚妻|婆婆|公公|丈母娘|岳母|岳父|老丈人|后妈|继父|继母|儿媳妇?|儿子|女儿|女婿|养子|养女|干儿子|亲家|"
    r"小叔子|大伯子|小姑子|小舅子|大舅子|大姨子|小姨子|(?:大|二|三|小|亲|表|堂|老)?(?:哥哥|姐姐|弟弟|妹妹|嫂子|哥|姐|弟媳|弟|妹夫|姐夫|妹|舅子|舅舅|舅妈|舅|姨夫|姨妈|姨|姑妈|姑父|姑姑|姑(?!娘)|叔叔|叔|伯伯|大伯|伯父|婶子|婶|侄子|侄女|侄儿|外甥女婿|外甥|孙子|小叔子|大伯子|小姑子)|兄弟姐妹|亲戚|"
    r"朋友|同事|同学|室友|舍友|工友|战友|老乡|网友|发小|合伙人|合作伙伴|股东|徒弟|学徒|师傅|肇事(?:司机|者|方|人)|司机|车主|骑手|外卖员|快递员|外卖小哥|快递小哥|电动车主|保安|保姆|月嫂|护工|医生|大夫|主治医生|主刀医生|护士|老师|班主任|校长|教练|家长|同桌|导游|领队|"
    r"主播|群主|客服|微商|代购|债主|借款人|担保人|欠款人|甲方|乙方|发包方|买家|买方|卖方|业主|客户|顾客|承包人|养殖户|种植户|牧民|村长|村支书|书记|会计|网格员|城管|交警|单位|店里|厂里|院里|园里|村里|村上|队里|队上|乡里|校方|院方|店方|厂方|资方|园方|矿上|车队|外卖小哥|[二黄]?[一-龥]{0,2}贩子|施工方|用工方|出借人|出资人|发货人|收货人|乘客|游客|护工|邻店|邻户|邻地|男方|女方|狗主人?|养狗的|木匠|瓦工|电工|装修师傅|装修工人?|对门|隔壁(?!村|乡|县|市|商铺|区|床|屋|间|单元)|楼上(?!住的?媳|有)|楼下(?!书|车|的?商铺|花园)|肇事车)"
)
_PERSON = re.compile(
    rf"(?P<lead>(?:楼上|楼下|隔壁|对门|对面|村里|我们村|队里|单位|公司|店里|厂里|工地上?|医院|学校|物业|前面|后面|左边|右边|东边|西边|\d{{3,4}}|[一二三四五六七八九十\d]+楼|[一二三四五六七八九十\d]+号(?!楼))的?)?(?P<role>{_ROLE})(?P<lead2>那家|那户|那口子|家的?|两口子|夫妻俩?|夫妇|一家子?|兄弟俩?|哥俩)?"
)
_NEIGHBOUR = re.compile(
    r"(?:楼上|楼下|对门|隔壁|对面|前排|后排|前面(?!的[一-龥])|后面(?!的[一-龥])|东边|西边|[一二三四五六七八九十\d]+楼|(?<!\d)\d{3,4})(?:的)?(?:\d{3,4})?(?:那家子?|那户|住户|邻居|人家|业主|家的?|那个[男女]的|那男的|那女的|那老[头太]太?|小伙子?|租户|租客|摊的?|的(?=[一-龥]))|楼上\d{3,4}(?:的|室|住户)?|(?<!\d)\d{3,4}(?:室|房)?的(?:邻居|住户|业主|人|那家)?"
)
_NICK = re.compile(
    rf"(?:(?<!养)(?<!古)老(?!井|石|路|树|院|房|宅|地|店|厂|桥|渠|水|党|花|车|牛|平)|小(?!区|时|门|成|家|花|路|车|干|平|方|米|苗|广|麦|红|明书|乐|谷)|阿(?!里|姨|拉))(?:{COMPOUND}|[{SURNAMES}])(?!年|时|区|学|队|工|店|家庭|额|门|车|棚|楼|路|人|板|师|伙|孩|公|乡|同|家庭|百姓)家?(?!里)|(?:{COMPOUND}|[{SURNAMES}])(?:某某|某|老板|总(?!得|是|共|额|算|之|的|会|有|不|归|数|要|价)|经理|师傅|主任|队长|老师|医生|大夫|哥|姐|姨|叔|嫂|大爷|大妈|阿姨|老头|老太|老汉|家(?=[的人和那老大]))"
)
_TRADE = re.compile(
    rf"(?:(?<!我是)(?<!是)(?:送|卖|养|收|修|搞|放|贴|租|催)[^了的过着我他她你\W]{{1,4}}的(?=[一-龥]{{0,3}}(?:把|撞|说|不|没|跑|打|骗|收|给|也|拉|欠|占|弄|堵|咬|吵|闹|理论)|[,，。 ]|$)|姓[{SURNAMES}]的|(?:(?<![一-龥])|(?<=[,，。 ]))[^我他她你\W]{{2,9}}的那[家户](?:人)?|一个[^我他她你\W]{{2,6}}的(?:老头|老太太?|大妈|大爷|小伙子?|男的|女的|男人|女人|人)|对方(?:[一两二三四五六七八九十几\d]+个?(?:人|小伙子?))|[一-龥]{{0,4}}[轿货客出租卡面包三轮摩托挂罐]车(?=[^,，。]{{0,3}}(?:撞|追尾|刮|蹭|剐))|(?:(?<=被)|(?<=让))[^我他她的\W]{{1,3}}车(?=撞|追尾|刮|蹭|剐|压|轧))"
)
_CALLED = re.compile(
    r"(?:对方|老板|工头|房东|邻居|那人|人|他|她|店|公司|那个|司机|朋友|名字|被申请人|被告|被投诉人|被反映人|欠款人|借款人|的)(?:是个?|就是|名字叫|名叫|叫做|叫|姓名|:|：|为){1,2}\s?"
)
_STRANGER = re.compile(
    r"一个(?P<what>开[一-龥]{1,6}的|骑[一-龥]{1,5}的|搞[一-龥]{1,5}的|做[一-龥]{1,6}的|外地[一-龥]{0,4}人?|(?:年轻|小)?(?:大妈|大爷|大姐|大哥|阿姨|女人|男人|女孩|男孩|老头|老太太)|(?:年轻|中年)?(?:男的|女的|男人|女人|小伙子?)|[一-龥]{2,4}人)"
)

_BAD_ACT = re.compile(
    r"^(?:的人|他们|她们|那边|本人|现在|就|一直|还|也|又|都|竟然|居然|老是|总|说好|答应|昨天|今天|前天|上个月|去年|今年|一家|一家子|夫妻俩?|两口子|天天|半夜|偷偷|一分钱?|从来|故意|非|硬|死活|却|至今|到现在|那|先|把|不知|连|当着|喝[了酒多]*|开车|突然|才|只|则|,|，| ){0,4}"
    r"(?:欠|拖欠|拖着|拖|赖|不给|没给|不还|没还|不退|没退|不发|没发|不结|没结|不认|不管|不理|不修|不赔|不让|不肯|不同意|不承认|不签|不愿|不来|不接|不交|没交|不付|没付|不搬|不配合|没人|打|骂|撞|砸|推|掐|咬|踢|揍|堵|占|锁|扣|骗|坑|偷|抢|跑|失联|消失|拉黑|玩消失|辞退|开除|裁|克扣|"
    r"压着|借了?|耍赖|推脱|推诿|推来推去|踢皮球|说|要|让|叫|非要|涨|停|断|漏|装修|养|放|改|违约|毁约|反悔|强行|强制|威胁|恐吓|侮辱|造谣|张口|态度|敷衍|转移|侵占|挖|浇|埋|拆|盖|挡|泡|淹|倒|吵|闹|出轨|赌|酗酒|家暴|隐瞒|虚假|忽悠|哄|收了?|卖给?|黄了|关门|倒闭|注销|换人|倒打一耙|躲|甩锅|管都不管|弄|搞|害|把|给我|没按|违规|解除|调岗|降薪|逼|罚|干活|误诊|漏诊|没|不)"
)
_ACT_LATER = re.compile(
    r"^[一-龥]{0,10}?(?:欠|不给|没给|不还|不退|不赔|不认|不管|不理|打了|撞了?我|撞了|骗|跑了|失联|拉黑|赖|推脱|拖着|扣|占|堵|漏|砸|说|要我|让我|收了|多收|少给|绕路|乱|偷|划|污|弄坏|弄丢|不让|刮|蹭|剐|把我|撞倒|在我家|住我|赖在|霸)|^(?:家)?的(?:[一-龥]{1,4}?)(?:把|咬|撞|吃|压|挡|掉|落|排|伸|遮|泡|漏|砸|跑|占|夜里|天天|往)|^(?:跟|和)我"
)
_DEALT = r"(?:买|办|做|交|充|看|住|吃|打工|上班|干|消费|洗|剪|烫|修|订|定|租|存|贷|报|学|预|刷单|下单|购|打赏|扫|干)"
_BEFORE_GOOD = re.compile(
    r"(?:被|跟|和|与|同|找|告|投诉|举报|起诉|让|要求|希望|借给|借给了|租给|卖给|转给|打给|向|对|把|叫|由|因|给|要|请|求|状告|追究|联系|由于|问|是|遇到|碰到|遇上)(?:了|我|我们|到|一?个|那个|这个|这家|那家|一家|的)?$"
)
_DEFENDANT = re.compile(
    r"(?:被申请人|被投诉人|被投诉方|被反映人|被告|对方当事人|对方(?=是|叫|为|:|：|姓名|名称)|责任方|侵权人|欠款人|借款人|纠纷对象|投诉对象|相对方)(?:姓名|名称)?(?:是个?|叫|为|:|：|就是|是我|,|，)?\s?(?:一?个|一家|我们?的?)?$"
)
_TRIED = re.compile(
    r"(?:找过?了?|去过?了?|报过?了?|打过?了?|问过?了?|反映到?过?|投诉到?过?|联系过?|求助过?|向|到|跑|请过?|叫过?|报给|通过|经|经过|在)(?:我们|咱们|本地|当地|辖区)?$"
)
_HELPER = re.compile(
    r"(?:社区|居委会|村委会|村委|派出所|街道办?|街道办事处|警察|民警|交警队?|交警大队|劳动局|人社局|劳动监察大队?|法院|消协|信访局|12345|住建局|市监局|[一-龥]{2,6}局|妇联|政府|镇政府|乡政府|区政府|网格员|业委会|司法所|城管局?队?)$"
)
_AUTHORITY_ACT = re.compile(
    r"^[^。！!？?]{0,12}(?:罚|处罚|不作为|没收|强拆|拆了|征|驳回|不受理|不批|吊销|扣了|扣留|定责|认定|拒绝|拖着不办|不给办|乱收费|打人|包庇|卖|占)"
)
_MINE = re.compile(
    r"^(?:被|在|给|帮|也|才|今年|现在|生病|住院|受伤|骨折|去世|没了|死了|上学|读|的(?:腿|手|胳膊|车|房|狗|钱|工资|医药费|名字|名下|单位|手机|电话|班|公司))"
)
_SELF = re.compile(r"(?:我是|本人是|我们是|我是个|我作为|作为|替|代|帮|我做|我当|我们都是|我是这里的|我是.{1,6}的)(?:一?个|一名)?$")
_FAMILY = re.compile(
    r"(?:儿子|女儿|老公|老婆|丈夫|妻子|媳妇|老伴|老汉|孙子|公公|婆婆|弟|妹|哥|姐|舅|姨|姑|叔|侄|外甥|嫂|女婿|儿媳|亲家|婶|伯|婆姨)"
)
_ALLY = re.compile(
    r"(?:工友|同事|室友|舍友|同学|朋友|老乡|战友|师傅|护士|家长|亲戚|班长|队长|医生|大夫|会计|老师|网格员|书记|业主|客户|顾客|交警|保安|教练|经理)$"
)
_STRONG = re.compile(
    r"(?:老板|包工头|工头|房东|租客|租户|房客|物业|开发商|邻居|前夫|前妻|肇事|楼上|楼下|隔壁|对门|合伙人|中介|商家|卖家|店家|公司|骑手|主播|狗主)"
)


def counterparty(text: str, *, expecting: bool = False, least: float = 0.35) -> Mention | None:
    """The best candidate for the other side, or None.

    Args:
        expecting: a short answer is taken whole.
        least: score a candidate needs; higher when something else was asked.
    """
    if expecting:
        whole = _whole(text)
        if whole is not None:
            return whole
    candidates = [_scored(text, m) for m in _candidates(text)]
    good = [m for m in candidates if m.score > least]
    if not good:
        return None
    best = max(good, key=lambda m: (m.score, -m.start))
    return _full_name(best, candidates)


_KINDS = {
    "店": "店|店里|店家|店方|商家|卖家|老板|老板娘", "超市": "超市|店里|店家|商家", "美容院": "店|店里|店家|商家", "幼儿园": "园里|园方|老师", "医院": "医院|院方|院里|医生|大夫", "诊所": "医生|大夫|诊所",
    "学校": "学校|校方|老师|班主任", "中学": "学校|校方|老师|班主任", "小学": "学校|校方|老师|班主任", "公司": "公司|单位|老板|经理|厂里", "厂": "厂里|厂方|老板|单位|厂子", "酒店": "酒店|店家|商家", "物流": "公司|老板", "机构": "机构|老师", "饭店": "饭店|店家|老板",
}  # fmt: skip


_NAMED = -1.5
"""A name with a lower score was one the speaker turned to for help."""


def _full_name(best: Mention, candidates: list[Mention]) -> Mention:
    """“店里不管” after “在好又多超市买了…”: the name told before is what the short word means."""
    words = str(best.value)
    for other in candidates:
        name = str(other.value)
        if other.start < best.start and other.score > _NAMED and other.kind == "organisation" and len(name) > len(words) and len(name) > 2:
            for ending, short in _KINDS.items():
                if name.endswith(ending) and re.fullmatch(short, words):
                    return other
    return best


_ANSWER = re.compile(r"^(?:对方)?(?:是|就是|叫|那是)?(?:我们?的?|一?个|那个)?")


def _whole(text: str) -> Mention | None:
    """A short answer to “对方是谁” is the other side, without its opening words."""
    stripped = text.strip(" ,，。.!！~吧呢啊呀")
    if not stripped or len(stripped) > 16 or re.search(r"[,，。;；!！?？]|不知道|不清楚|不想|没有|转人工|什么", stripped):
        return None
    start = text.find(stripped)
    called = re.search(r"(?:叫|名字是)([一-龥A-Za-z0-9·]{2,12})$", stripped)
    if called:
        return Mention(start + called.start(1), start + called.end(1), called.group(1), 0.9, score=5)
    opening = _ANSWER.match(stripped)
    low = start + (opening.end() if opening and opening.end() < len(stripped) else 0)
    if text[low : start + len(stripped)] in ("他", "她", "人", "对方"):
        return None
    return Mention(low, start + len(stripped), text[low : start + len(stripped)], 0.85, score=5)


def _candidates(text: str) -> list[Mention]:
    found = _organisations(text) + _persons(text)
    for match in _CALLED.finditer(text):
        span = take_name(text, match.end())
        if (
            span
            and not re.search(r"我的?(?:名字)?$", text[: match.start()])
            and text[span[0] : span[1]] not in ("于是",)
            and _plausible_name(text, span, match)
        ):
            found.append(Mention(span[0], span[1], "", 0.85, score=1.6, kind="person"))
    for match in re.finditer(r"(?:被|跟|和|借给|告|找|向|给|让)(?=[一-龥]{3})|[,，](?:他|她|那人|人)?叫(?:做)?(?=[一-龥])", text):
        span = take_name(text, match.end())
        foreign = (span is not None and span[1] - span[0] >= 3 and (text[span[0]] not in SURNAMES or span[1] - span[0] >= 4)) or (
            span is not None and "·" in text[span[0] : span[1]]
        )
        called = (
            span is not None
            and "叫" in match.group()
            and re.match(r"[,，。 ]|$", text[span[1] :])
            and not re.search(r"我(?:的名字|就|是)?$", text[: match.start()])
        )
        if span is not None and (foreign or called):
            end = span[1] + (1 if text[span[1] : span[1] + 1] == "家" else 0)
            found.append(Mention(span[0], end, "", 0.8, score=0.9, kind="person"))
    merged = longest(found)
    return [_merged(text, merged, index) for index in range(len(merged))]


def _plausible_name(text: str, span: tuple[int, int], match: re.Match[str]) -> bool:
    return "叫" in match.group() or "名" in match.group() or re.match(r"[,，。 欠不没打借撞]|$", text[span[1] :]) is not None


def _organisations(text: str) -> list[Mention]:
    found = []
    for match in _ORG.finditer(text):
        left = match.start()
        while left > 0 and match.start() - left < 16 and re.match(r"[一-龥A-Za-z0-9·()（）]", text[left - 1]):
            left -= 1
        stops = [
            m.end()
            for m in _ORG_STOP.finditer(text, left, match.end())
            if m.end() <= match.start() + (1 if match.group()[-1] in "厂店局" else 0)
        ]
        start = max([left, *stops])
        if start >= match.end():
            continue
        words = text[start : match.end()]
        if re.match(r"[)）·]", words):
            start += 1
        number = re.match(r"\d{1,2}(?=[一-龥])", words)
        if number and not re.match(r"4[sS]|\d号", words):
            start += number.end()
        if words in ("保险", "平台", "机构", "口腔", "快递", "家政", "一厂", "本店", "分店") and words in ("分店",):
            continue
        found.append(Mention(start, match.end(), "", 0.85, kind="organisation"))
    return found


def _persons(text: str) -> list[Mention]:
    found = []
    for match in _PERSON.finditer(text):
        start, end = match.start(), match.end()
        named = re.match(r"(?:老|小|大|阿)(?:[" + SURNAMES + r"])(?!板|师|伙)", text[end:])
        if named:
            end += named.end()
        else:
            span = take_name(text, end, strict=False)
            for tried in (span, (span[0], span[1] - 1)) if span and span[1] - span[0] == 3 else (span,) if span else ():
                if _name_ends_well(text, tried):
                    end = tried[1]
                    break
        found.append(Mention(start, end, "", 0.85, kind="person"))
    found.extend(
        Mention(m.start(), m.end(), "", 0.85, score=0.5, kind="person")
        for m in _NEIGHBOUR.finditer(text)
        if not re.search(r"(?:[住栋幢室\-]|单元|(?<!月\d)(?<!月\d\d)号)$", text[: m.start()])
    )
    found.extend(Mention(m.start(), m.end(), "", 0.8, score=0.2, kind="person") for m in _NICK.finditer(text))
    found.extend(Mention(m.start(), m.end(), "", 0.8, score=0.6, kind="trade") for m in _TRADE.finditer(text))
    found.extend(Mention(m.start("what"), m.end(), "", 0.6, score=-0.4, kind="person") for m in _STRANGER.finditer(text))
    for match in re.finditer(
        rf"(?:(?<![一-龥])|(?<=借给)|(?<=被)|(?<=给)|(?<=跟)|(?<=和)|(?<=告)|(?<=找)|(?<=向)|(?<=是)|(?<=人)|(?<=叫)|(?<=的))(?:{COMPOUND}|[{SURNAMES}])(?=[一-龥])",
        text,
    ):
        span = take_name(text, match.start(), strict=False)
        if span and span[1] - span[0] >= 2:
            found.extend(_bare_name(text, span))
    return found


def _name_ends_well(text: str, span: tuple[int, int]) -> bool:
    """After a role, a name must be followed by a pause or a verb people use of the other side."""
    words, after = text[span[0] : span[1]], text[span[1] :]
    if len(words) >= 3 and all(c in FOREIGN_SOUNDS for c in words):
        return True
    if (
        words in ordinary_words()
        or words[:2] in ordinary_words()
        or re.search(r"[说不没欠打要让把就是的了着在给也还都去来跟和拿叫骂]", words[1:])
        or re.match(
            r"来|和|于|从|都|时|那|何|全|应|连|路|车|家(?!的|里)|支|干|门|利|养|占|成|满|盖|但|万|同|常|管|安排|解|关|强|逯|相|明|向|单|包|扣",
            words,
        )
    ):
        return False
    return (
        not after
        or not re.match(r"[一-龥]", after)
        or bool(_BAD_ACT.match(after))
        or bool(re.match(r"的|是|电话|手机|在|给|家|他|她|我|承包|雇|介绍|拿|[一两三四五六七八九十\d]|从|于|因|住|开|做|和|跟", after))
    )


def _bare_name(text: str, span: tuple[int, int]) -> list[Mention]:
    """A personal name with nothing before it: only where it does or suffers something of a dispute."""
    words, after, before = text[span[0] : span[1]], text[span[1] :], text[: span[0]]
    short = (span[0], span[1] - 1) if span[1] - span[0] == 3 else None
    for low, high in (span, short) if short else (span,):
        given = text[low + 1 : high]
        if text[low : low + 2] in ordinary_words():
            continue
        if not given or re.search(r"[说不没欠打要让把就是的了着在给也还都去来跟和拿叫骂年月天我他她你们个这那有被向借撞]", given):
            continue
        strong = re.match(
            r"(?:从|在|于)?(?:[一-龥\d]{0,8}?)(?:欠|借了?我|向我借|借走|不还|没还|不给|打了?我|撞了?我|骂我|拖欠|跑了|耍赖|合伙|合开|合作|搭伙)",
            text[high:],
        )
        called = re.search(r"(?:借给|被申请人|被告|对方|借款人|欠款人)(?:了|是|叫|:|：)?\s?$", before)
        if (strong and strong.end() <= 8) or called:
            return [Mention(low, high, "", 0.8, score=1.2, kind="person")]
    del words, after
    return []


def _merged(text: str, mentions: list[Mention], index: int) -> Mention:
    """“鑫达公司的包工头老李”: an organisation and its person, or a role and a name, are one other side."""
    mention = mentions[index]
    following = mentions[index + 1] if index + 1 < len(mentions) else None
    nearby = re.fullmatch(r"(?:楼[上下]|隔壁|对门|对面|旁边|邻居)", text[mention.start : mention.end])
    if following and (following.kind in ("person", "trade") or nearby) and re.fullmatch(r"的?", text[mention.end : following.start]):
        mention = replace(mention, end=following.end, score=max(mention.score, following.score) + 0.2)
    start, end = strip_span(text, mention.start, mention.end, " ,，。" if mention.kind == "trade" else " ,，。的")
    if (start and text[start - 1] in "原某") or text[max(0, start - 2) : start] == "同班":
        start -= 1 if text[start - 1] in "原某" else 2
    counted = re.search(r"[两三四五几]个$", text[:start])
    if counted and mention.kind == "person":
        start = counted.start()
    if text[end - 1 : end + 1].endswith("的") and re.fullmatch(r"\d{3,4}(?:室|房)?", text[start:end]):
        end += 1
    return replace(mention, start=start, end=end, value=text[start:end])


def _scored(text: str, mention: Mention) -> Mention:
    words, before, after = text[mention.start : mention.end], text[: mention.start], text[mention.end :]
    score = mention.score + 0.5
    asked = bool(re.search(r"(?:找过?了?|问过?了?|去过?了?|报过?了?|联系过|联系了)(?:我们|咱们|本地)?$", before))
    bad = None if asked and after[:1] in tuple(",，。 ") else _BAD_ACT.match(after)
    if bad:
        score += (
            1.6
            if re.search(r"欠|不给|没给|不还|不退|不发|打|撞|骗|跑|失联|拉黑|不赔|辞退|开除|不认|不修|不管|拖|扣|占|漏|堵", bad.group())
            else 0.9
        )
    elif _ACT_LATER.match(after):
        score += 0.8
    elif (
        re.match(r"[一-龥]", after)
        and not re.match(r"的|费|里|门|上|合同|群", after)
        and re.search(r"(?:^|[,，。;；!！?？ “\"])(?:现在|结果|我们?|那个|这个)?$", before)
    ):
        score += 0.5  # it acts: subject of its clause
    if _DEFENDANT.search(before):
        score += 3
    elif (
        re.search(r"(?:被|叫|让)(?:一个|个|那个|我们?|一辆)?$", before)
        and bad is None
        and re.match(r"[一-龥]{0,3}(?:撞|打|骗|推|咬|砸|坑|辞|裁|开除|拒|刮|蹭|剐|拖)", after)
    ):
        score += 2.2
    elif re.search(r"(?:推给|推到|转给|介绍|通过|在)(?:了|我)?$", before):
        score += -1.0 if not re.match(_DEALT, after) else 0.8
    elif _BEFORE_GOOD.search(before):
        score += 1.0
    if _STRONG.search(words):
        score += 1.0
    if mention.kind == "organisation" and len(words) > 4:
        score += 0.5
    if (
        re.search(r"(?:找过?了?|问过?了?|去过?了?|报过?了?|联系过?了?)(?:我们|咱们|本地)?$", before)
        and not bad
        and not _ACT_LATER.match(after)
    ):
        score -= 1.6 if _STRONG.search(words) else 0.6
    if re.match(r"快递|外卖", words) and re.match(r"放|丢|被|到|没|不见|让|坏|少", after):
        score -= 2.0
    if (
        re.search(r"(?:我|俺|我们)(?:的|家)?$", before)
        and re.match(r"店里|店|公司|厂里|门店", words)
        and not bad
        and not _ACT_LATER.match(after)
    ):
        score -= 2.0
    if _HELPER.search(words) and not _AUTHORITY_ACT.match(after):
        score -= 0.5 if bad and re.search(r"[把扣占卖拖]|不给", bad.group()) and re.search(r"(?:^|[,，。 ])$", before) else 3.5
    elif _HELPER.search(words) and re.search(r"找|报|去|打", before[-3:]):
        score -= 2
    elif _TRIED.search(before) and mention.kind == "organisation" and not bad:
        score -= 0.6
    if _ALLY.search(words):
        score -= 0.6
    if _FAMILY.search(words):
        score -= 0.3
        if re.search(r"(?:我|俺|我们|我家|替|帮|给|带)的?$", before) and (
            _MINE.match(after) or re.search(r"(?:替|帮|给|带|陪)我?的?$", before)
        ):
            score -= 3
        if re.search(r"他的?$|她的?$|人家的?$", before):
            score -= 0.8
        if (
            re.search(r"(?:我|俺|我家)$", before)
            and re.match(r"儿子|女儿|孙子|孙女|丫头|娃", words)
            and not re.search(r"不给|不养|不管|打了?我|骂我|拿走|占|抢|赶", after[:10])
        ):
            score -= 1.2
        elif (
            re.search(r"(?:我|俺|我家|把我)$", before) and not bad and not _ACT_LATER.match(after) and not _BEFORE_GOOD.search(before[:-1])
        ):
            score -= 0.7
    siblings = re.match(r"姐妹|兄弟|姊妹", words)
    if (_ALLY.search(words) or siblings) and re.search(r"(?:[十几来多个]|我们|一起的)$", before):
        score -= 1.5
    if _SELF.search(before):
        score -= 4
    if re.match(r"走了|在世|活着|去世|过世|病故|健在|走的时候|生前", after):
        score -= 1.5
    if re.match(r"(?:居委会|社区|派出所|村委会|街道)(?:的|里)", words):
        score -= 3
    if re.search(r"(?:把|给|打|骂|咬|撞|推|吓|害|帮|替|陪)(?:了|着)?我的?$", before) or re.search(
        r"(?:全?都?给了|停|站|蹲|住|放|堆|送|跑|到|从|来|去|回|进)(?:在|到|了)?$", before
    ):
        score -= 2.0
    if re.match(r"[,，。 ](?:他|她|他们|这人|人家?)(?:又|就|一直|还|也|却|老|总)?(?:欠|不|没|说|把|打|骗|让|要|拖|骂|赖|跑)", after):
        score += 2.8
    if re.match(r"(?:的)?人(?!家)", after) and re.match(r"村|单位|厂|店|队|院", words):
        score -= 2.0
    if re.search(r"(?:我叫|我是|本人)[^,，。]{1,10}[,，]$", before) and mention.kind == "trade":
        score -= 4
    if re.match(r"来电|来访|反映(?!给)|称(?!是)|申请(?!人)", after) or re.search(
        r"(?:^|[,，。])是[^,，。]{0,8}的$|(?:我|俺)(?:自己|在[^,，。]{0,8})?(?:开|经营)了?(?:一?家|个)?$", before
    ):
        score -= 4
    if re.search(r"(?:老板|经理|负责人|房东|队长)$", words) and re.match(r"(?:是|叫|姓)", after):
        score -= 0.6
    if re.match(r"费|押金|门口|配的|写的|电话|旁边|对面|楼下|附近|后面|后头|里面|群里?|合同|那边的?路", after):
        score -= 1.5
    if re.search(r"(?:别的|其他|另一家|别家|新的?|很多|有些|好多|各)$", before):
        score -= 1.5
    confidence = 0.9 if score > 2 else 0.75 if score > 1 else 0.55
    return replace(mention, score=score, confidence=confidence)
