"""诉求: what the speaker wants, in the literal words, from the cue (要求, 希望, 就想让他 …) to the pause that ends it.

What others demand (“公司要求我加班”) and what the speaker does not want (“不要赔偿”) is no claim.
"""

from __future__ import annotations

import re

from intake.extract.text import Mention, strip_span

_CUE = re.compile(
    r"(?:(?:主要|具体|我的|现在的?)?(?:诉求|请求|要求)(?:很?简单|不高|就一个|只有一个)?(?:是|就是|为|:|：|有)+|(?:我的?)?(?:意思|想法|条件)(?:就)?是|(?:只|现|特|故|在此|恳|强烈|本人|我们?|故此)?(?:要求|请求|恳请|请贵中心|敬请|主张)|(?:我们?|俺|本人|现在|现|只|就|真心|非常|很|也|特别|真的)*(?:希望|盼望?|期望)(?:能|能够|可以)?|"
    r"(?:我们?|俺|现在|就|只|我也|本人|也)+(?:是)?(?:想要?|要(?!是|不是|命)|图|求)(?:的(?:是|就是))?|(?:就|只|只是|光|现在)(?:想|要|求|图)|(?:(?<=[,，。;；!！?？ ])|^)(?:那|现在)?(?:就)?(?=(?:让|叫)(?:他|她|他们|她们|对方|物业|老板|公司)[^,，。;；]{0,14}(?:赔|退|还|道歉|结|搬|拆|修|补|挪|认错|认个错|写|移))|(?:我|就|只|还)?想(?=(?:让|跟|和|把|找)[^,，。]{1,14})|(?:(?<=[,，。;；!！?？ ])|^)要(?=(?:重新|双倍|他|她|他们|全额|当面|公开))|(?:^|(?<=[,，。;；!！?？ ]))求(?=他|她|物业|老板|楼上)|(?:^|(?<=[,，。;；!！?？ ]))想(?=复议|仲裁|调解|退|换|离婚|要回)|(?:我|就|只)想(?=离(?=[,，。 ]|$)|知道)|你们给?(?=评评理|做主|说说他|说说她)|(?:^|(?<=[,，。;；!！?？ ]))(?=要么退|要么换|要么修|要么赔|给个说法|给我个说法|来个人说说|来人管管)|(?:想|要)(?=让他|叫他|让她|叫她|让他们|叫他们|让对方|让物业|让公司|让老板|让房东|退|离婚|回|个说法|他赔|他还|他道歉|一个说法|赔|对方)|"
    r"(?:你们来(?=个人|人管|看看)|能不能|可不可以|能否|可否|能(?=让|叫|把)|求(?=他|她|物业|公司|老板|对方)|麻烦|请|求|恳求|求求)(?:你们|您们?|贵中心|调解员|社区|政府|领导|帮忙|帮我们?|给我们?|协调|督促|责令|调解|约|安排|让|叫(?!我)|帮|依法|尽快|组织|出面|给|把|按|调(?!解员)|退|返|赔|查|明确|确认|责成|追究|恢复|停止)|(?:只|必须|得|应当|应该)(?=(?:让)?(?:他|她|他们|对方|公司|物业)(?:必须)?(?:赔|退|还|道歉|给)))"
)
_OTHER_SUBJECT = re.compile(
    r"(?:他|她|他们|她们|对方|人家|公司|老板|物业|房东|医院|学校|银行|开发商|店家|商家|平台|客服|领导|经理|村里|村上|单位|保险|婆婆|老公|老婆|前夫|家长|老师|女方|男方|他家|她家|对面|你)(?:们)?(?:又|还|非|就|却|一直|反而|现在|说|也|都|总|一张口就|张口就|竟然|居然|硬)*$"
)
_ACTION = re.compile(
    r"退|赔|还|道歉|补|结|付|给|发|修|拆|搬|停|恢复|返|离|分|签|查|调|解释|说法|公开|删|撤|换|解除|继续|履行|认定|处理|解决|协商|讲和|调解|赔礼|整改|清|办|撤|改|拿|要回|讨|支付|承担|负责|明确|划|让|叫|把|公道|见|抚养|看孩子|探望|安宁|安静|睡|过|钱|凑|说清|一个|住|交|协调|督促|责令|安排|管|确认|免|减|降|申报|评理|评评|挪|劝|管管|说说|评估|复议|鉴定|核实|移|承认|认错|认个错|离|知道|仲裁|开|出|回|别|不要再?|不再|保|断|立"
)
_EXTEND = re.compile(
    r"[,，、 ]\s?(?:并|再|和|还要|还有|同时|另外|以及|且|也|赔|退|道歉|赔礼|补|恢复|承担|支付|给我|把|让他|不要再?|该|钱|按|写|当面|公开|一次|分期)"
)
_END = re.compile(
    r"[,，。;；!！?？\n]|\s|(?:行不行|可以吗|行吗|成不成|就行了?|就可以了?|就好了?|就成|就中|就够了?|得了|算了(?=$|[,，。]))|(?:他|她|老板|公司|物业|人家)(?:不肯|不干|不同意|说|就是不|死活)|别的(?:不要|无所谓)|轮不了"
)
_OPENING = re.compile(
    r"(?:的?就是|的是|是|能够?|可以|你们|您们?|贵中心|调解员|政府|领导|帮忙|帮我们?(?=把|要|让|协调|调解)|要个|个|想要?|要(?=求)|求(?=他)|:|：)+"
)
_TALK = re.compile(
    r"^(?:问|咨询|知道|了解|反映|请教|说(?!法|清)|投诉|举报|请问|问问|打听|来问|告诉|哭|死|骂|着急|来|你们|办事|登记|申请(?!退)|找你们|找个人|跟你们)(?!.{0,6}(?:解决|调解|评理|说法))"
)
_EVERYDAY = re.compile(
    r"^(?:上班|下班|吃|睡觉|去上|交钱|交的|干活|出门|回家|过年|做饭|照顾|养(?!老)|考|上学|工作|赶|伺候|命|不是|么|强|面子|看病|带娃|进去|出去|买(?!断)|租|用车|进货)"
)


def claim(text: str, *, expecting: bool = False) -> Mention | None:
    """The best claim, or None. ``expecting``: a short answer without a cue is taken whole."""
    found = [m for m in (_from(text, match) for match in _CUE.finditer(text)) if m is not None]
    if found:
        best = max(found, key=lambda m: (m.score, -m.start))
        return Mention(best.start, best.end, text[best.start : best.end], best.confidence, best.score)
    return _whole(text) if expecting else None


def _from(text: str, match: re.Match[str]) -> Mention | None:
    before = text[: match.start()]
    if _OTHER_SUBJECT.search(before) and not match.group().startswith(("我", "俺", "本人")):
        return None
    owners = before.endswith("业主") and match.group().startswith("要求")
    if (
        not owners
        and before.endswith(("不", "没", "没有", "别", "不是", "没说", "需", "重", "主", "只", "纲"))
        and not match.group().startswith(("只", "就", "我"))
    ):
        return None
    start = match.end()
    keep = re.search(
        r"(?:让|叫|把|督促|责令|协调|组织|安排|约|调解|给|帮|依法|尽快|出面|按|调|退|返|赔|查|明确|确认|责成|追究|恢复|停止)$",
        match.group(),
    )
    if keep and match.group() not in ("请给",):
        start -= len(keep.group())
    end = _end_of(text, start)
    if re.fullmatch(r"(?:协调|调解|处理|解决)(?:一下|此事)?", text[start:end]) and re.match(r"[,，](?=让|要|使|把|请)", text[end:]):
        start = end + 1
        end = _end_of(text, start)
    start, end = strip_span(text, start, end)
    opening = _OPENING.match(text[start:end])
    start += opening.end() if opening else 0
    if text[start:end].startswith("回") and text[start - 1] == "要":
        start -= 1
    words = text[start:end]
    if (
        (len(words) < 2 and words != "离")
        or _TALK.match(words)
        or _EVERYDAY.match(words)
        or (re.match(r"我|俺", words) and not re.search(r"我的|我们", words))
    ):
        return None
    action = _ACTION.search(words)
    if re.fullmatch(r"(?:帮我们?|给我们?)?(?:(?<!想)调解|处理|解决|登记|办理?|看看|问问)(?:一下|下|了)?", words):
        return None
    if re.search(
        r"(?:遭拒|被拒|未果|无果|不成|没用|没人理|不退|不给|不行|不干|不肯|不还)$|^叫我|还是(?=[让要他])|(?:他|她|人家)(?:们)?(?:又|就|却|还|也)?(?:不干|不肯|不理|说|只给|只肯|只愿|不听|死活)",
        words,
    ):
        return None
    if not action and not re.search("要求|诉求|请求", match.group()) and not (re.search("希望|^求", match.group()) and len(words) >= 4):
        return None
    strength = 2.0 if re.search("诉求|要求|请求|主张", match.group()) else 1.5 if re.search("希望|只|就|恳|盼", match.group()) else 1.0
    score = strength + (0.5 if action else 0) + (0.3 if len(words) >= 4 else 0) + start / max(len(text), 1) * 0.3
    return Mention(start, end, words, 0.85 if strength >= 1.5 else 0.7, score)


def _end_of(text: str, start: int) -> int:
    """To the pause that ends the wish; goes on over “,并赔偿损失”."""
    position = start
    while True:
        stop = _END.search(text, position)
        if stop is None:
            return len(text)
        if stop.start() == start:
            position = stop.end()
            start = position
            continue
        if re.match(r"[,，、]|\s", stop.group()) and _EXTEND.match(text, stop.start()) and stop.start() - start < 60:
            position = stop.start() + 2
            continue
        return stop.start()


def _whole(text: str) -> Mention | None:
    stripped = text.strip(" ,，。.!！~吧呢啊")
    if len(stripped) < 2 or re.search(r"不知道|不清楚|不想说|没想好|转人工|为什么|[?？]", stripped):
        return None
    start = text.find(stripped)
    opening = re.match(r"(?:那|嗯|就|我|我们|主要)?(?:想要?|要|希望|是)?(?=.{2})", stripped)
    low = start + (opening.end() if opening else 0)
    return Mention(low, start + len(stripped), text[low : start + len(stripped)], 0.8)
