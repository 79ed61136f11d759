"""What speaks for and against a candidate for the other side, as named signs.

A sign is a plain test on the words, on what stands before or after, or on the place in the text. Which signs count how much is
fitted on the two written sets by ``tests/intake/fit_parties.py`` and kept in ``party_weights.json``: a sum of weights, no model file.
"""

from __future__ import annotations

import re

from intake.extract.party_words import ACT_LATER, ALLY, BAD_ACT, DEALT, DEFENDANT, FAMILY, HELPER, MINE, ORG, STRONG
from intake.extract.phrase_words import AFTER_SLOT, DEALT_AFTER, HARM
from intake.extract.text import Mention

_HARD = re.compile(
    r"欠|不给|没给|不还|没还|不退|没退|不发|没发|不结|没结|不赔|打|撞|骗|跑|失联|拉黑|辞退|开除|不认|不修|不管|不让|拖|扣|占|漏|堵|骂|咬|砸|推|踢|偷|抢|赖|坑|裁|违约|反悔|把|害|逼|不肯|不承认"
)
CLASSES: tuple[tuple[str, re.Pattern[str]], ...] = (
    (
        "place",
        re.compile(
            r"(?:小区|花园|家园|苑|新村|路|街|镇|[一-龥]{2}区|市|团|公园|路口|广场|克拉玛依|独山子|白碱滩|乌尔禾|抖音|微信|网上)上?$"
        ),
    ),
    ("helper", HELPER),
    ("strong", STRONG),
    ("number", re.compile(r"^[\d\-]+(?:号?楼)?[\d\-]*(?:室|房|住户|的)?$")),
    ("ally", ALLY),
    ("family", FAMILY),
    ("court", re.compile(r"法院|法官|律师|法律|调解|仲裁|检察|公安局|刑警|医保|社保局|领导|政府|国家")),
    (
        "organisation",
        re.compile(
            ORG.pattern
            + r"$|(?:中心|药房|置业|地产|建材|装饰|运输|建设|劳务|油服|石化|人寿|财险|专柜|站|场|科|处|办|队|园|行|社|坊|铺|室|吧|城|堂|轩|阁|连里|村里|队里|团里)$"
        ),
    ),
    (
        "person",
        re.compile(
            r"(?:人|男的|女的|老头|老太太?|大爷|大妈|小伙子?|小孩|娃|的|户|家|某|姐|哥|主|员|手|长|师|生|工|头|民|友|老[一-龥]|小[一-龥])$"
        ),
    ),
    ("vehicle", re.compile(r"[车挂卡]$|皮卡|货车|轿车")),
)
_BEFORE: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("defendant", DEFENDANT),
    ("passive", re.compile(r"被(?:一个|个|那个|我们?|一辆|我家)?$")),
    ("let", re.compile(r"(?:让|叫)(?:一个|个|那个|我们?|一辆)?$")),
    ("lent", re.compile(r"(?:借给|租给|卖给|转给|托给|包给|还给|交给|打给|垫给|转账给|欠条给)(?:了|一个|我|我们?的?)?$")),
    ("give", re.compile(r"(?<![借租卖转托包还交打垫])给(?:了|一个|我)?$")),
    ("with", re.compile(r"(?:跟|和|与|同)(?:一个|那个|这个|我|我们?的?|我家)?$")),
    ("find", re.compile(r"(?:找|去|问|报|报了|联系|求助|反映到|投诉到|打)(?:过|了|过了)?(?:我们|咱们|本地|一个)?$")),
    ("accuse", re.compile(r"(?:告|起诉|投诉|举报|状告|追究|控告|反映)(?:的?是|了)?(?:一下)?(?:我们?|一家|那家|这家)?$")),
    ("want", re.compile(r"(?:要求|希望|请求|让|叫|责令|督促|协调|请|求)(?:我们?)?$")),
    ("at", re.compile(r"(?:在|到|去|从|挂靠|挂靠在|进)(?:了)?(?:一家|一个|某|那个|这个|我们?)?$")),
    ("object", re.compile(r"(?:把|打|骂|咬|撞|推|吓|害|帮|替|陪|带|照顾|养|接|送|看|照看|为)(?:了|着)?(?:我|我们|我家)?的?$")),
    ("mine", re.compile(r"(?:我|俺|我家|咱|我们|俺们|我们家)的?$")),
    ("theirs", re.compile(r"(?:他|她|人家|他们|对方)的?$")),
    (
        "self",
        re.compile(
            r"(?:我是|本人是|我们是|我是个|作为|我做|我当|我叫|叫我|称呼我|联系人|联系|是我|本人|我开|我们都是|来电人|申请人|反映人|投诉人|诉求人|来访人)(?:一?个|一名|了?一?家|:|：)?$"
        ),
    ),
    (
        "is",
        re.compile(
            r"(?<!不)(?:是|就是|叫|名叫|叫做|姓名|账号叫|网名叫|网名|昵称|微信名叫?|有个|有个叫|有一个)(?:个|一个|那个|我们?)?[“\"']?$"
        ),
    ),
    ("not", re.compile(r"(?:不是|不叫|没有|不找|除了|别)$")),
    ("the", re.compile(r"(?:那个|这个|那家|这家|一个|一家|那|某|该)$")),
    ("of", re.compile(r"的$")),
    ("pushed", re.compile(r"(?:推给|推到|怪|说是|介绍|介绍的|推荐)(?:了|我)?$")),
    ("thanks", re.compile(r"(?:谢谢|感谢|多亏|问一下|请问|咨询|想问)[一-龥]{0,4}$")),
    (
        "start",
        re.compile(
            r"(?:^|[,，。;；!！?？ “\"\n:：])(?:现在|结果|那个|这个|后来|可是|但是|但|因为|就是|然后|我说|昨天|前天|今天|去年|今年|上个月|当时|所以|可|而|还有)?$"
        ),
    ),
)
_AFTER: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("owner", re.compile(r"(?:家|养|种|开|停|盖|装)?的(?=[一-龥])")),
    ("talk", re.compile(r"(?:就|还|却|又|也|都|只|一直)?(?:说|让我|叫我|要我|非要|非让|让我们|告诉|解释|回复|答复|答应|承诺)")),
    ("take", re.compile(r"(?:把|将)")),
    ("from_me", re.compile(r"(?:去年|前年|当时|[一-龥\d]{0,6})?(?:跟|向|找|问|管|和)我")),
    ("called", re.compile(r"(?:是|叫|姓)")),
    ("end", re.compile(r"[,，。;；!！?？ ]|$")),
    (
        "pronoun",
        re.compile(
            r"[,，。 ]?(?:他|她|他们|这人|人家?|对方)(?:又|就|一直|还|也|却|老|总)?(?:欠|不|没|说|把|打|骗|让|要|拖|骂|赖|跑|[一-龥])"
        ),
    ),
    ("dead", re.compile(r"走了|在世|活着|去世|过世|病故|健在|走的时候|生前|生病|住院|受伤|今年|才|上[一-龥]年级|读")),
    ("attached", re.compile(r"费|押金|门口|配的|写的|电话|手机|旁边|对面|楼下|附近|后面|后头|里面|里|群里?|合同|上|下|那边|号")),
    ("report", re.compile(r"来电|来访|反映(?!给)|称(?!是)|申请(?!人)|上报|咨询|求助")),
    ("slot", AFTER_SLOT),
    ("works", DEALT_AFTER),
    ("bought", re.compile(DEALT)),
    ("broken", re.compile(r"(?:坏|破|漏|掉|裂|没(?:了|人管)|丢|不见|停|关|涨|到期|花了|掉下来|不响|不热|不亮|好|值|共)")),
    ("and", re.compile(r"(?:和|跟|与|、)")),
    ("helped", re.compile(r"(?:帮|来|来人|来过|调解|劝|出警|调了|让我(?:找|去|来)|推荐)")),
)


_WANTED = re.compile(r"(?:要求|请求|希望|责令|督促|主张|告|起诉|投诉|让)(?:被申请人|对方)?$")
_ACTS = re.compile(r"[一-龥]{0,4}?(?:说|不|拒|称|未|没|拖|欠|让)")


def _places(text: str, words: str) -> list[int]:
    found, at = [], text.find(words)
    while at >= 0:
        found.append(at)
        at = text.find(words, at + 1)
    return found


def bad(text: str, mention: Mention) -> str:
    """hard, soft, later or none: does it do something of a dispute?"""
    act = BAD_ACT.match(text[mention.end : mention.end + 24])
    if act:
        return "hard" if _HARD.search(act.group()) else "soft"
    return "later" if ACT_LATER.match(text[mention.end : mention.end + 24]) else "none"


def signs(text: str, mention: Mention, rank: int, repeated: int) -> list[str]:
    """Names of the signs that hold for ``mention``; ``rank`` counts candidates from the left, ``repeated`` how often it is named."""
    words = text[mention.start : mention.end]
    before, after = text[max(0, mention.start - 14) : mention.start], text[mention.end : mention.end + 24]
    kind = next((name for name, pattern in CLASSES if pattern.search(words)), "other")
    act = bad(text, mention)
    found = [f"kind {kind}", f"from {mention.kind}", f"act {act}", f"{kind} & {act}"]
    place = [name for name, pattern in _BEFORE if pattern.search(before)] or ["nothing"]
    behind = [name for name, pattern in _AFTER if pattern.match(after)]
    found += [f"before {name}" for name in place]
    found += [f"after {name}" for name in behind]
    found += [f"{kind} & before {name}" for name in place]
    found += [f"before {name} & {act}" for name in place]
    found += [
        f"{kind} & after {name}" for name in behind if name in ("owner", "talk", "take", "end", "attached", "pronoun", "from_me", "called")
    ]
    if "passive" in place or "let" in place or "give" in place:
        found.append("harmed" if HARM.match(after) else "not harmed")
    if act in ("hard", "soft") and "start" in place:
        found.append("subject that acts")
    if (
        (("passive" in place or "let" in place or "give" in place) and "harmed" in found)
        or "lent" in place
        or ("with" in place and "slot" in behind)
        or ("give" in place and "works" in behind)
    ):
        found.append("in a slot")
    places_named = _places(text, words)
    if any(_WANTED.search(text[max(0, at - 8) : at]) for at in places_named):
        found.append("wanted of")
    if repeated > 1 and any(_ACTS.match(text[at + len(words) : at + len(words) + 6]) for at in places_named):
        found.append("acts somewhere")
    if repeated > 2:
        found.append("named often")
    if len(text) > 90:
        found += [
            f"long text & {sign}" for sign in ("first", "second") if sign == ("first" if rank == 0 else "second" if rank == 1 else "")
        ]
        found.append(f"long text & from {mention.kind}")
        if rank > 5:
            found.append("very late")
    if MINE.match(after):
        found.append("mine suffers")
    if mention.score > 1:
        found.append("marked")
    found += [
        sign for sign, holds in (("first", rank == 0), ("second", rank == 1), ("late", rank > 2), ("repeated", repeated > 1)) if holds
    ]
    if len(words) >= 5:
        found.append("long")
    if len(words) == 2:
        found.append("short")
    if "的" in words:
        found.append("inner of")
    return found
