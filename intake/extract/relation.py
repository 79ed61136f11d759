"""关系: how the two sides are related, as one of a few plain words, with the words that tell it."""

from __future__ import annotations

import re

from intake.extract.text import Mention

_RELATIONS: list[tuple[str, re.Pattern[str]]] = [
    ("前配偶", re.compile(r"前夫|前妻|离了婚|离婚后|离婚以后")),
    ("夫妻", re.compile(r"我?(?:老公|老婆|丈夫|妻子|媳妇(?!儿?我)|婆姨|我老汉|爱人|两口子|孩子他?爸|孩子他?妈|我男人|我女人|我老伴)")),
    ("恋人", re.compile(r"前?男友|前?女友|男朋友|女朋友|未婚夫|未婚妻|对象|分手")),
    ("雇主与劳动者", re.compile(r"老板|包工头|工头|拖欠.{0,6}工资|欠.{0,6}(?:工资|工钱)|开除|辞退|裁员|入职|离职|劳动合同|上班的?(?:公司|厂|店)|我们单位|工地")),
    ("房东与租客", re.compile(r"房东|租客|租户|房客|退租|租的?(?:房|门面|商铺)|押一付")),
    ("业主与物业", re.compile(r"物业")),
    ("邻居", re.compile(r"邻居|楼上|楼下|隔壁|对门|对面那家|同村|前排|后排")),
    ("事故双方", re.compile(r"撞了|追尾|剐蹭|刮蹭|肇事|事故|被车|电动车撞|闯红灯")),
    ("医患", re.compile(r"医院|手术|医生|大夫|诊所|误诊|美容针|护士")),
    ("学生与学校", re.compile(r"学校|老师|幼儿园|班主任|同学家长|校园")),
    ("消费者与商家", re.compile(r"退货|退款|退卡|办卡|充值|商家|卖家|店家|店里买|网购|退一赔三|健身房|假货|预付")),
    ("亲属", re.compile(r"(?:我|我们家?)?(?:大|二|三|小|亲|表|堂)?(?:哥|弟|姐|妹|叔|舅|姨|姑|侄子|外甥|儿子|女儿|嫂子|婆婆|公公|兄弟姐妹|姊妹|继母|后妈|女婿|儿媳)")),
    ("借贷双方", re.compile(r"借给|借了|借钱|欠条|借条|还钱|借款")),
    ("合同双方", re.compile(r"合同|货款|工程款|定金|甲方|乙方|供货|加盟|合伙")),
    ("游客与经营者", re.compile(r"旅行社|导游|景区|民宿|跟团")),
    ("与行政机关", re.compile(r"罚款|处罚决定|不作为|征收|拆迁|城管|政府")),
    ("朋友熟人", re.compile(r"朋友|同事|同学|老乡|熟人|战友")),
]  # fmt: skip


def relation(text: str) -> Mention | None:
    """The first relation of the list that the text tells (closest ties first), or None."""
    for name, pattern in _RELATIONS:
        match = pattern.search(text)
        if match:
            return Mention(match.start(), match.end(), name, 0.7)
    return None
