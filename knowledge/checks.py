"""Cross-file checks: what one file says about another must exist, and examples must do what they claim."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Iterator
from typing import Any, TypeVar

from common.enums import Route
from knowledge.cue_checks import risk_book
from knowledge.models import Citation, Deadline, LimitationRule, Organisation, Question, When
from knowledge.sources import Entry, Loaded
from knowledge.store import PLACEHOLDERS_KEY, placeholders
from knowledge.yamlmarks import Place

TYPES, SUBTYPES = 22, 140  # labels.md: the classifier has exactly these heads
PUBLIC_SLOTS = (
    *("consent", "safety", "narrative", "dispute_type", "counterparty", "relation", "when", "place", "amount", "people", "tried"),
    *("claim", "willing", "evidence", "contact_name", "contact_phone", "handling_mode", "appointment", "confirm"),
)
_PHONE_KINDS = re.compile(r"^(1\d{2}|12\d{3}|96110)$")
_ARTICLE = re.compile(r"^第[0-9]+条(之[一二三四五六七八九十]+)?$")
T = TypeVar("T")


def problems(loaded: Loaded) -> list[str]:
    """All mistakes between files, as ``knowledge/<file>:<line>: <reason>``."""
    return [problem for check in _CHECKS for problem in check(loaded)]


def _once(entries: Iterable[Entry[T]], key: Callable[[T], Hashable], field: str, what: str) -> Iterator[str]:
    seen: set[Hashable] = set()
    for entry in entries:
        name = key(entry.value)
        if name in seen:
            yield entry.problem((field,), f"{what}“{getattr(name, 'value', name)}”重复了")
        seen.add(name)


def _unique(loaded: Loaded) -> Iterator[str]:
    yield from _once(loaded.types, lambda v: v.code, "code", "纠纷类型")
    yield from _once(loaded.routes, lambda v: v.code, "code", "途径")
    yield from _once(loaded.kinds, lambda v: v.code, "code", "机构种类")
    yield from _once(loaded.divisions, lambda v: v.code, "code", "区划代码")
    yield from _once(loaded.organisations, lambda v: v.id, "id", "机构编号")
    yield from _once(loaded.questions, lambda v: v.slot, "slot", "问题")
    yield from _once(loaded.legality, lambda v: v.id, "id", "规则编号")
    yield from _once(loaded.statutes, lambda v: v.law, "law", "法律")
    yield from _once(loaded.faq, lambda v: v.id, "id", "问答编号")
    seen: set[str] = set()
    for part in ("level_rules", "channel_rules"):
        for i, rule in enumerate(getattr(loaded.routing.value, part)):
            if rule.id in seen:
                yield loaded.routing.problem((part, i, "id"), f"规则编号“{rule.id}”重复了")
            seen.add(rule.id)


def _taxonomy(loaded: Loaded) -> Iterator[str]:
    known = {entry.value.code for entry in loaded.types}
    seen: dict[str, str] = {}
    for entry in loaded.types:
        kind = entry.value
        own = {subtype.code for subtype in kind.subtypes}
        for i, subtype in enumerate(kind.subtypes):
            if subtype.code in seen:
                yield entry.problem(("subtypes", i, "code"), f"细类“{subtype.code}”重复了")
            if not re.fullmatch(re.escape(kind.code) + r"\d\d", subtype.code):
                yield entry.problem(("subtypes", i, "code"), f"细类“{subtype.code}”应当以“{kind.code}”开头，加两位数字")
            seen[subtype.code] = kind.code
        for part in ("questions", "evidence", "limitation"):
            for i, item in enumerate(getattr(kind, part)):
                for j, code in enumerate(item.subtypes):
                    if code not in own:
                        yield entry.problem((part, i, "subtypes", j), f"“{kind.code}”没有细类“{code}”")
        for i, item in enumerate(kind.distinguish):
            if item.against not in known and item.against not in {"any", "any type", "all"}:
                yield entry.problem(("distinguish", i, "against"), f"没有纠纷类型“{item.against}”")
        for i, rule in enumerate(kind.limitation):
            yield from _limitation(entry, ("limitation", i), rule)
        yield from _slots_once(entry, kind.questions)
    if (len(known), len(seen)) != (TYPES, SUBTYPES):
        yield f"knowledge/taxonomy:1: 应当有 {TYPES} 个纠纷类型、{SUBTYPES} 个细类，现在是 {len(known)} 和 {len(seen)}"


def _limitation(entry: Entry[T], place: Place, rule: LimitationRule) -> Iterator[str]:
    units = [rule.years, rule.months, rule.days]
    if sum(unit is not None for unit in units) + rule.none != 1:
        yield entry.problem(place, "期限应当在 years、months、days、none 里恰好写一个")
    if "来不及" in rule.text or "太晚" in rule.text:
        yield entry.problem((*place, "text"), "不能对居民说来不及或太晚，只提示期限和下一步")


def _slots_once(entry: Entry[T], questions: list[Question]) -> Iterator[str]:
    seen: set[tuple[str, str]] = set()
    for i, question in enumerate(questions):
        for subtype in question.subtypes or ["*"]:
            if (question.slot, subtype) in seen:
                yield entry.problem(("questions", i, "slot"), f"问题“{question.slot}”重复了")
            seen.add((question.slot, subtype))


def _questions(loaded: Loaded) -> Iterator[str]:
    general = {entry.value.slot for entry in loaded.questions}
    for slot in PUBLIC_SLOTS:
        if slot not in general:
            yield f"knowledge/questions.yml:1: 缺少问题“{slot}”"
    for entry in loaded.questions:
        yield from _question(entry, (), entry.value, general)
    for kind in loaded.types:
        slots = general | {question.slot for question in kind.value.questions}
        for i, question in enumerate(kind.value.questions):
            yield from _question(kind, ("questions", i), question, slots)


def _question(entry: Entry[T], place: Place, question: Question, slots: set[str]) -> Iterator[str]:
    for i, slot in enumerate(question.also):
        if slot not in slots:
            yield entry.problem((*place, "also", i), f"没有名为“{slot}”的问题")
    values = {choice.value for choice in question.choices}
    for value in question.sets_flags:
        allowed = values | ({"yes", "no"} if question.kind == "yesno" else set())
        if value not in allowed:
            yield entry.problem((*place, "sets_flags", value), f"没有值为“{value}”的选项")
    for value, count in Counter(choice.value for choice in question.choices).items():
        if count > 1:
            yield entry.problem((*place, "choices"), f"选项“{value}”重复了")


def _references(loaded: Loaded) -> Iterator[str]:
    kinds = {entry.value.code for entry in loaded.kinds}

    def missing(entry: Entry[Any], place: Place, codes: Iterable[str]) -> Iterator[str]:
        for i, code in enumerate(codes):
            if code not in kinds:
                yield entry.problem((*place, i), f"没有机构种类“{code}”")

    for kind in loaded.types:
        yield from missing(kind, ("channels",), kind.value.channels)
        for name, codes in kind.value.channels_if.items():
            yield from missing(kind, ("channels_if", name), codes)
    for route in loaded.routes:
        yield from missing(route, ("organisation_kinds",), route.value.organisation_kinds)
    for rule in loaded.legality:
        yield from missing(rule, ("doors",), rule.value.doors)
    book = loaded.routing
    for i, level in enumerate(book.value.level_rules):
        if level.organisation_kind not in kinds:
            yield book.problem(("level_rules", i, "organisation_kind"), f"没有机构种类“{level.organisation_kind}”")
    for i, channel in enumerate(book.value.channel_rules):
        yield from missing(book, ("channel_rules", i, "organisation_kinds"), channel.organisation_kinds)


def _conditions(loaded: Loaded) -> Iterator[str]:
    types = {entry.value.code for entry in loaded.types}
    subtypes = {subtype.code for entry in loaded.types for subtype in entry.value.subtypes}

    def unknown(entry: Entry[Any], place: Place, when: When) -> Iterator[str]:
        for field, known in (("dispute_types", types), ("subtypes", subtypes), ("secondary", types)):
            for i, code in enumerate(getattr(when, field)):
                if code not in known:
                    yield entry.problem((*place, field, i), f"没有类型或细类“{code}”")

    for part in ("level_rules", "channel_rules"):
        for i, rule in enumerate(getattr(loaded.routing.value, part)):
            yield from unknown(loaded.routing, (part, i, "when"), rule.when)
    for rule in loaded.legality:
        yield from unknown(rule, ("when",), rule.value.when)
    for answer in loaded.faq:
        if answer.value.dispute_type not in types:
            yield answer.problem(("dispute_type",), f"没有纠纷类型“{answer.value.dispute_type}”")


def _citations(loaded: Loaded) -> Iterator[str]:
    articles = {entry.value.law: set(entry.value.articles) for entry in loaded.statutes}

    def unknown(entry: Entry[Any], place: Place, citations: Iterable[Citation]) -> Iterator[str]:
        for i, citation in enumerate(citations):
            if citation.law not in articles:
                yield entry.problem((*place, i, "law"), f"statutes.yml 里没有“{citation.law}”")
            elif citation.article not in articles[citation.law]:
                yield entry.problem((*place, i, "article"), f"statutes.yml 的“{citation.law}”没有列{citation.article}")

    for kind in loaded.types:
        yield from unknown(kind, ("legal_basis",), kind.value.legal_basis)
        for part in ("limitation", "not_possible"):
            for i, item in enumerate(getattr(kind.value, part)):
                yield from unknown(kind, (part, i, "citations"), item.citations)
    for entries in (loaded.kinds, loaded.legality, loaded.faq):
        for entry in entries:
            yield from unknown(entry, ("citations",), entry.value.citations)
    for statute in loaded.statutes:
        for i, article in enumerate(statute.value.articles):
            if not _ARTICLE.match(article):
                yield statute.problem(("articles", i), f"条文写成“第188条”的样子，不是“{article}”")


def _places(loaded: Loaded) -> Iterator[str]:
    divisions = {entry.value.code: entry.value for entry in loaded.divisions}
    for entry in loaded.divisions:
        parent = entry.value.parent
        if parent is not None and parent not in divisions:
            yield entry.problem(("parent",), f"没有上级区划“{parent}”")
        if (parent is None) != (entry.value.level == "city"):
            yield entry.problem(("level",), "只有市一级没有上级区划（parent）")
    ids = {entry.value.id for entry in loaded.organisations}
    kinds = {entry.value.code for entry in loaded.kinds}
    for office in loaded.organisations:
        if office.value.kind not in kinds:
            yield office.problem(("kind",), f"没有机构种类“{office.value.kind}”")
        if office.value.division_code not in divisions:
            yield office.problem(("division_code",), f"没有区划“{office.value.division_code}”")
        if office.value.parent is not None and office.value.parent not in ids:
            yield office.problem(("parent",), f"没有上级机构“{office.value.parent}”")
        yield from _no_inventions(office)


def _no_inventions(office: Entry[Organisation]) -> Iterator[str]:
    """A placeholder with a phone would send people to a stranger."""
    for field in ("phone", "address", "hours"):
        if office.value.placeholder and getattr(office.value, field):
            yield office.problem((field,), "示例机构（placeholder: true）不能写电话、地址和时间")


def _phones(loaded: Loaded) -> Iterator[str]:
    for kind in loaded.kinds:
        if kind.value.phone and not _PHONE_KINDS.match(kind.value.phone):
            yield kind.problem(("phone",), f"这里只放全国统一的号码，不是“{kind.value.phone}”")
        if kind.value.phone and kind.value.source.mark == "U":
            yield kind.problem(("phone",), "没有核实的号码不能给居民看")


def _routing(loaded: Loaded) -> Iterator[str]:
    book = loaded.routing
    for part in ("level_rules", "channel_rules"):
        rules = getattr(book.value, part)
        for i, rule in enumerate(rules):
            for field in ("contact", "finish"):
                yield from _deadline((part, i, field), getattr(rule, field), book.problem)
            if rule.when == When() and i + 1 < len(rules):
                yield book.problem((part, i), f"规则“{rule.id}”没有条件，后面的规则永远用不上")
        if not rules or rules[-1].when != When():
            yield book.problem((part,), "最后一条规则必须没有条件（when: {}），否则有的案件没有去处")
    for route in Route:
        if route not in {entry.value.code for entry in loaded.routes}:
            yield f"knowledge/routes.yml:1: 缺少途径“{route.value}”"


def _deadline(place: Place, deadline: Deadline | None, problem: Callable[[Place, str], str]) -> Iterator[str]:
    if deadline is None:
        return
    units = [deadline.hours, deadline.days, deadline.working_days]
    if sum(unit is not None for unit in units) != 1:
        yield problem(place, "期限应当在 hours、days、working_days 里恰好写一个")


def _phrases(loaded: Loaded) -> Iterator[str]:
    entry = loaded.phrases
    declared = entry.value.get(PLACEHOLDERS_KEY, [])
    for key, text in entry.value.items():
        if key == PLACEHOLDERS_KEY:
            continue
        wordings = [text] if isinstance(text, str) else text
        if not wordings or not all(wording.strip() for wording in wordings):
            yield entry.problem((key,), f"“{key}”没有内容")
        for wording in wordings:
            yield from _wording(entry, key, wording, declared)


def _wording(entry: Entry[T], key: str, wording: str, declared: str | list[str]) -> Iterator[str]:
    try:
        names = set(placeholders(wording))
    except ValueError:
        yield entry.problem((key,), f"“{key}”的花括号不成对")
        return
    for name in sorted(names - set(declared)):
        yield entry.problem((key,), f"“{key}”用了没有登记的占位“{{{name}}}”，先写进 {PLACEHOLDERS_KEY}")


def _faq(loaded: Loaded) -> Iterator[str]:
    ids = {entry.value.id for entry in loaded.faq}
    laws = {entry.value.law: entry.value.status for entry in loaded.statutes}
    for entry in loaded.faq:
        for i, other in enumerate(entry.value.related):
            if other not in ids:
                yield entry.problem(("related", i), f"没有问答“{other}”")
        if entry.value.source.mark == "U":
            yield entry.problem(("source",), "没有核实的内容不能作为答复")
        for i, citation in enumerate(entry.value.citations):
            if laws.get(citation.law) == "changing" and not entry.value.changing:
                yield entry.problem(("citations", i), f"“{citation.law}”正在变动，答复要标 changing: true")


def _risk(loaded: Loaded) -> Iterator[str]:
    yield from risk_book(loaded.risk)


_CHECKS: tuple[Callable[[Loaded], Iterator[str]], ...] = (
    _unique,
    _taxonomy,
    _questions,
    _references,
    _conditions,
    _citations,
    _places,
    _phones,
    _routing,
    _phrases,
    _faq,
    _risk,
)
