"""Who stands on the other side, as far as routing must know: person, business, central enterprise or authority."""

from __future__ import annotations

import re

from common.enums import CounterpartyKind
from intake.normalise import fold

# Central enterprises stationed in the city and their units, as people name them (karamay.md section 8).
CENTRAL = re.compile(
    r"新疆油田|油田公司|油田(?:分公司|管理局|某|单位)|独山子石化|独石化|克拉玛依石化|克石化|石化公司|采油[一二三四五六七\d]?[厂队]|[一二三四五六七\d]厂采油|采气[一二三\d]?厂|百口泉|石西|陆梁|红浅|风城油田|重油公司|"
    r"钻探(?:公司|工程|队)?|西部钻探|测井公司|井下作业|试油公司|油建公司|中石油|中石化|中油|中国石油|中国石化|管理局|油田上|油田[一-龥]{0,4}(?:站队|作业区|厂处)|作业区|运输公司油|炼油厂|乙烯厂|输油管道公司|管网公司|国家电网|中国电信|中国移动|中国联通"
)
AUTHORITY = re.compile(
    r"政府|派出所|公安|交警|警察|民警|城管|法院|检察|街道办|街道(?!上|边|办事处的)|办事处|居委会|村委会|村委|村上|村里|乡里|镇上|社保局|人社局|劳动局|市监局|市场监管|监管局|税务|民政|自然资源局|国土|规划局|住建|房管局|"
    r"征收办|拆迁办|征迁办|指挥部|管委会|环保局|生态环境局|教育局|卫健委|医保局|林草局|农业农村局|水利局|车管所|运管|[一-龥]{2,4}局(?!长的|面)|信访|综合执法|执法队|大队(?!长)"
)
BUSINESS = re.compile(
    r"公司|集团|企业|厂(?!长的)|物业|开发商|店|超市|商场|市场|商家|商户|平台|卖家|客服|银行|信用社|保险|贷|中介|酒店|宾馆|民宿|客栈|饭店|餐厅|馆|医院|诊所|卫生院|学校|小学|中学|幼儿园|大学|机构|旅行社|景区|会所|健身房|美容院|驾校|"
    r"快递|4S|合作社|工地|项目部|施工队|工程队|劳务|装修队|承包商|总包|分包|供应商|单位|老板|包工头|工头|机井|砖厂|矿|农场|养殖场|院方|校方|店方|资方|厂家|厂方|商|托管|热力|供暖|网吧|KTV|培训|APP|app|直播间|主播|基地"
)
PERSON = re.compile(
    r"邻居|楼上|楼下|隔壁|对门|房东|租客|房客|前夫|前妻|老公|老婆|丈夫|妻子|男朋友|女朋友|男友|女友|对象|婆婆|公公|丈母娘|岳父|岳母|儿子|女儿|儿媳|女婿|丫头|哥|姐|弟|妹|叔|舅|姨|姑|侄|表|堂|亲戚|朋友|同事|同学|网友|"
    r"司机|车主|骑手|家长|业主|借款人|工友|徒弟|师傅|合伙人|老乡|保姆|某|先生|女士|小[一-龥]$|老[一-龥]$|那家|的$|他|她|人$|户$|家$"
)


_NAME_LENGTH = 24


def kind_of(words: str) -> CounterpartyKind:
    """The kind of the other side named in ``words`` (a name or a short description); UNKNOWN when nothing tells.

    Of a longer text the other side is found first, so that an office one only turned to for help decides nothing. A boss or foreman counts as a business, because what is disputed is the work.
    """
    folded = fold(words).strip()
    if not folded:
        return CounterpartyKind.UNKNOWN
    if len(folded) > _NAME_LENGTH:
        return _kind_in_story(folded)
    if CENTRAL.search(folded):
        return CounterpartyKind.CENTRAL_ENTERPRISE
    if re.search(r"村委会.{0,3}(?:主任|书记)家|(?:派出所|城管|法院|政府).{0,2}(?:旁|对面|附近|门口)", folded):
        return CounterpartyKind.PERSON
    authority, business, person = AUTHORITY.search(folded), BUSINESS.search(folded), PERSON.search(folded)
    if authority and not (business and business.end() > authority.end()):
        return CounterpartyKind.AUTHORITY
    if business and not (person and person.end() == len(folded) and not re.search(r"老板|工头|的$|人$|家$", folded)):
        return CounterpartyKind.BUSINESS
    if person or _looks_like_name(folded):
        return CounterpartyKind.PERSON
    return CounterpartyKind.UNKNOWN


def _kind_in_story(text: str) -> CounterpartyKind:
    from intake.extract.counterparties import counterparty  # here, because extraction is heavier than naming a kind

    found = counterparty(text)
    return kind_of(str(found.value)) if found is not None else CounterpartyKind.UNKNOWN


def _looks_like_name(words: str) -> bool:
    from intake.extract.names import take_name

    span = take_name(words, 0)
    return span is not None and span[1] == len(words)
