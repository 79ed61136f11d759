"""对方: the literal words that name the other side: a person by role or name, a shop, a company, an authority.

Every candidate is scored by what stands around it (欠我, 不给, 被…打, 跟…) and the best one wins; offices the speaker only turned to
for help do not count.
"""

from __future__ import annotations

import functools
import json
import math
import re
from dataclasses import replace
from pathlib import Path

from intake.extract.names import COMPOUND, FOREIGN_SOUNDS, SURNAMES, ordinary_words, take_name
from intake.extract.party_signs import signs
from intake.extract.party_words import (
    ACT_LATER,
    ALLY,
    ANSWER,
    AUTHORITY_ACT,
    BAD_ACT,
    BEFORE_GOOD,
    CALLED,
    DEALT,
    DEFENDANT,
    FAMILY,
    HELPER,
    KINDS,
    MINE,
    NAMED,
    NEIGHBOUR,
    NICK,
    ORG,
    ORG_STOP,
    PERSON,
    SELF,
    STRANGER,
    STRONG,
    TRADE,
    TRIED,
    VERB_LIKE,
)
from intake.extract.phrases import Word, phrases, words
from intake.extract.text import Mention, longest, strip_span


def counterparty(text: str, *, expecting: bool = False, least: float = 0.2, cut: list[Word] | None = None) -> Mention | None:
    """The best candidate for the other side, or None.

    Args:
        expecting: a short answer is taken whole.
        least: score a candidate needs; higher when something else was asked.
    """
    if expecting:
        whole = _whole(text)
        if whole is not None:
            return whole
    found = candidates(text, cut)
    scores = [_weight(one) for one in all_signs(text, found)]
    together = shared([str(m.value) for m in found], scores)
    weighed = [replace(m, score=round(score, 6)) for m, score in zip(found, together, strict=True)]
    own = dict(zip(weighed, scores, strict=True))
    good = [m for m in weighed if m.score > least]
    if not good:
        return None
    best = max(good, key=lambda m: (m.score, own[m], -m.start))
    return _full_name(best, weighed)


def _full_name(best: Mention, candidates: list[Mention]) -> Mention:
    """“店里不管” after “在好又多超市买了…”: the name told before is what the short word means."""
    words = str(best.value)
    for other in candidates:
        name = str(other.value)
        if other.start < best.start and other.score > NAMED and len(name) > len(words) and len(name) > 2 and other.kind != "person":
            for ending, short in KINDS.items():
                if name.endswith(ending) and re.fullmatch(short, words):
                    return other
    return best


def _whole(text: str) -> Mention | None:
    """A short answer to “对方是谁” is the other side, without its opening words."""
    stripped = text.strip(" ,，。.!！~吧呢啊呀")
    if not stripped or len(stripped) > 16 or re.search(r"[,，。;；!！?？]|不知道|不清楚|不想|没有|转人工|什么", stripped):
        return None
    start = text.find(stripped)
    called = re.search(r"(?:叫|名字是)([一-龥A-Za-z0-9·]{2,12})$", stripped)
    if called:
        return Mention(start + called.start(1), start + called.end(1), called.group(1), 0.9, score=5)
    opening = ANSWER.match(stripped)
    low = start + (opening.end() if opening and opening.end() < len(stripped) else 0)
    if text[low : start + len(stripped)] in ("他", "她", "人", "对方"):
        return None
    return Mention(low, start + len(stripped), text[low : start + len(stripped)], 0.85, score=5)


@functools.cache
def _weights() -> dict[str, float]:
    """Weight of each sign, fitted by ``tests/intake/fit_parties.py``."""
    with Path(__file__).with_name("party_weights.json").open(encoding="utf-8") as lines:
        return dict(json.load(lines))


def _weight(found: list[str]) -> float:
    weights = _weights()
    return sum(weights.get(sign, 0.0) for sign in found)


def shared(spans: list[str], scores: list[float]) -> list[float]:
    """Score of each candidate together with those that mean the same (老李, 包工头老李): the log of their summed strength."""
    strength = [math.exp(min(score, 30.0)) for score in scores]
    return [
        math.log(sum(strength[j] for j, other in enumerate(spans) if _same(span, other))) if strength[i] else -30.0
        for i, span in enumerate(spans)
    ]


def _same(one: str, other: str) -> bool:
    short, long = (one, other) if len(one) <= len(other) else (other, one)
    return 2 * len(short) >= len(long) and short in long


def candidates(text: str, cut: list[Word] | None = None) -> list[Mention]:
    """Everything that might be the other side, left to right; ``cut``: the words of ``text`` where they are at hand."""
    return _candidates(text, words(text) if cut is None else cut)


_STEPS = (-2, -1, 0, 0.5, 1, 1.5, 2, 2.5, 3, 3.5, 4)


def all_signs(text: str, found: list[Mention]) -> list[list[str]]:
    """The signs of each candidate; what the rules of thumb in :func:`_scored` say is one sign among them."""
    ruled = [_scored(text, m).score for m in found]
    highest = max(ruled, default=0.0)
    out = []
    for rank, (mention, score) in enumerate(zip(found, ruled, strict=True)):
        own = signs(text, mention, rank, text.count(str(mention.value)))
        own.extend(f"ruled over {step}" for step in _STEPS if score > step)
        if score == highest and score > 0.35:
            own.append("ruled best")
        elif score > highest - 0.8:
            own.append("ruled near best")
        out.append(own)
    return out


def _candidates(text: str, cut: list[Word]) -> list[Mention]:
    found = _organisations(text) + _persons(text)
    for match in CALLED.finditer(text):
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
    known = [_merged(text, merged, index) for index in range(len(merged))]
    return sorted(_sound(text, _with_phrases(text, known, cut)), key=lambda m: (m.start, m.end))


_DIRECTION = re.compile(r"(?:楼上|楼下|隔壁|对门|对面|旁边|对方)$")
_UNSOUND = re.compile(r"^(?:剩下|其他|别|\d|[一二三四五六七八九十百千万两]+块)|^[\d.]+$|(?:上写|是|有)的$")
_AREA = re.compile(r"^.{1,10}?(?:街道|区|镇|路|市)的?(?:一家|一个|那家|那个)?(?=.{2,}(?:物业|店|院|厅|馆|行|公司|超市|中心|诊所|老板)$)")


def _sound(text: str, found: list[Mention]) -> list[Mention]:
    """Without bare directions that a longer phrase names (隔壁 of 隔壁那个疯女人), fees, thanks; streets before a shop cut off."""
    out: list[Mention] = []
    for mention in found:
        named, before, after = str(mention.value), text[max(0, mention.start - 6) : mention.start], text[mention.end : mention.end + 40]
        if _UNSOUND.search(named) or re.match(r"费|单号|险费", after) or re.search(r"谢谢|感谢|表扬", before + named):
            continue
        if _DIRECTION.fullmatch(named) and any(
            o.start == mention.start and len(str(o.value)) > len(named) + 1 and "的" not in str(o.value)[-1:] for o in found
        ):
            continue
        if (
            HELPER.search(named)
            and not AUTHORITY_ACT.match(after)
            and re.search(rf"(?:找|去|问|报|打|反映到|投诉到)过?了?{re.escape(named)}", text)
        ):
            continue
        half = len(named) // 2
        if len(named) >= 4 and named[:half] == named[half:]:
            mention = replace(mention, end=mention.start + half, value=named[:half])
        area = _AREA.match(named) if "小区" not in named[:4] else None
        if area:
            mention = replace(mention, start=mention.start + area.end(), value=named[area.end() :])
        if not any(o.start == mention.start and o.end == mention.end for o in out):
            out.append(mention)
    return out


def _with_phrases(text: str, known: list[Mention], cut: list[Word]) -> list[Mention]:
    """Noun phrases beside the known candidates; one that ends with a known name is its wider reading."""
    out = list(known)
    spans = {(m.start, m.end) for m in known}
    for start, end, kind in phrases(text, cut):
        start, end = strip_span(text, start, end, ' ,，。“”"' if text[end - 1] == "的" else ' ,，。的“”"')
        if start >= end or (start, end) in spans:
            continue
        spans.add((start, end))
        inner = next((m for m in known if m.end == end and m.start > start), None)
        kind, score = ("wide " + inner.kind, inner.score) if inner and kind == "phrase" else (kind, 0.0)
        if kind == "phrase" and any(m.start <= start and end <= m.end for m in known):
            continue
        out.append(Mention(start, end, text[start:end], 0.75, score=score, kind=kind))
    return out


def _plausible_name(text: str, span: tuple[int, int], match: re.Match[str]) -> bool:
    return "叫" in match.group() or "名" in match.group() or re.match(r"[,，。 欠不没打借撞]|$", text[span[1] :]) is not None


def _organisations(text: str) -> list[Mention]:
    found = []
    for match in ORG.finditer(text):
        left = match.start()
        while left > 0 and match.start() - left < 16 and re.match(r"[一-龥A-Za-z0-9·()（）]", text[left - 1]):
            left -= 1
        stops = [
            m.end()
            for m in ORG_STOP.finditer(text, left, match.end())
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
    for match in PERSON.finditer(text):
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
        for m in NEIGHBOUR.finditer(text)
        if not re.search(r"(?:[住栋幢室\-]|单元|(?<!月\d)(?<!月\d\d)号)$", text[: m.start()])
    )
    found.extend(Mention(m.start(), m.end(), "", 0.8, score=0.2, kind="person") for m in NICK.finditer(text))
    found.extend(Mention(m.start(), m.end(), "", 0.8, score=0.6, kind="trade") for m in TRADE.finditer(text))
    found.extend(Mention(m.start("what"), m.end(), "", 0.6, score=-0.4, kind="person") for m in STRANGER.finditer(text))
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
    if words[0] in VERB_LIKE and after and re.match(r"[一-龥]", after):
        return False
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
        or bool(BAD_ACT.match(after))
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
    words, before, after = (
        text[mention.start : mention.end],
        text[max(0, mention.start - 40) : mention.start],
        text[mention.end : mention.end + 40],
    )
    score = mention.score + 0.5
    asked = bool(re.search(r"(?:找过?了?|问过?了?|去过?了?|报过?了?|联系过|联系了)(?:我们|咱们|本地)?$", before))
    bad = None if asked and after[:1] in tuple(",，。 ") else BAD_ACT.match(after)
    if bad:
        score += (
            1.6
            if re.search(r"欠|不给|没给|不还|不退|不发|打|撞|骗|跑|失联|拉黑|不赔|辞退|开除|不认|不修|不管|拖|扣|占|漏|堵", bad.group())
            else 0.9
        )
    elif ACT_LATER.match(after):
        score += 0.8
    elif (
        re.match(r"[一-龥]", after)
        and not re.match(r"的|费|里|门|上|合同|群", after)
        and re.search(r"(?:^|[,，。;；!！?？ “\"])(?:现在|结果|我们?|那个|这个)?$", before)
    ):
        score += 0.5  # it acts: subject of its clause
    if DEFENDANT.search(before):
        score += 3
    elif (
        re.search(r"(?:被|叫|让)(?:一个|个|那个|我们?|一辆)?$", before)
        and bad is None
        and re.match(r"[一-龥]{0,3}(?:撞|打|骗|推|咬|砸|坑|辞|裁|开除|拒|刮|蹭|剐|拖)", after)
    ):
        score += 2.2
    elif re.search(r"(?:推给|推到|转给|介绍|通过|在)(?:了|我)?$", before):
        score += -1.0 if not re.match(DEALT, after) else 0.8
    elif BEFORE_GOOD.search(before):
        score += 1.0
    if STRONG.search(words):
        score += 1.0
    if mention.kind == "organisation" and len(words) > 4:
        score += 0.5
    if (
        re.search(r"(?:找过?了?|问过?了?|去过?了?|报过?了?|联系过?了?)(?:我们|咱们|本地)?$", before)
        and not bad
        and not ACT_LATER.match(after)
    ):
        score -= 1.6 if STRONG.search(words) else 0.6
    if re.match(r"快递|外卖", words) and re.match(r"放|丢|被|到|没|不见|让|坏|少", after):
        score -= 2.0
    if (
        re.search(r"(?:我|俺|我们)(?:的|家)?$", before)
        and re.match(r"店里|店|公司|厂里|门店", words)
        and not bad
        and not ACT_LATER.match(after)
    ):
        score -= 2.0
    if HELPER.search(words) and not AUTHORITY_ACT.match(after):
        score -= 0.5 if bad and re.search(r"[把扣占卖拖]|不给", bad.group()) and re.search(r"(?:^|[,，。 ])$", before) else 3.5
    elif HELPER.search(words) and re.search(r"找|报|去|打", before[-3:]):
        score -= 2
    elif TRIED.search(before) and mention.kind == "organisation" and not bad:
        score -= 0.6
    if ALLY.search(words):
        score -= 0.6
    if FAMILY.search(words):
        score -= 0.3
        if re.search(r"(?:我|俺|我们|我家|替|帮|给|带)的?$", before) and (
            MINE.match(after) or re.search(r"(?:替|帮|(?<!借)(?<!租)(?<!卖)(?<!转)给|带|陪)我?的?$", before)
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
        elif re.search(r"(?:我|俺|我家|把我)$", before) and not bad and not ACT_LATER.match(after) and not BEFORE_GOOD.search(before[:-1]):
            score -= 0.7
    siblings = re.match(r"姐妹|兄弟|姊妹", words)
    if (ALLY.search(words) or siblings) and re.search(r"(?:[十几来多个]|我们|一起的)$", before):
        score -= 1.5
    if SELF.search(before):
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
        r"(?:^|[,，。])是[^,，。]{0,8}的$|(?:我|俺)(?:自己|在[^,，。]{0,8})?(?:开|经营)了?(?:一?家|个)?$|(?:开|经营)(?:了|着)(?:一?家|一?个)$",
        before,
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
