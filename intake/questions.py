"""Which detail to ask next. What to ask is data (knowledge/questions.yml, taxonomy/*.yml); here is only the order and the restraint."""

from __future__ import annotations

import re
from collections.abc import Sequence

from common.enums import Flag
from intake.state import IntakeState
from knowledge.models import ChoiceItem, Question
from knowledge.store import Knowledge

SPECIFIC_MOST = 2  # type-specific questions asked at most …
SPECIFIC_RICH = 1  # … when the story already told most things
RICH = 4  # of these:
SUBTYPE_SURE = 0.5  # questions of a subtype are asked from this probability
TELLING = ("counterparty", "when", "place", "amount", "claim", "contact_phone", "contact_name")
DETAILS_MOST = 8  # detail questions altogether, so that an intake stays within 12 messages with consent, safety, story, confirmation
BEFORE_DETAILS = ("consent", "safety", "narrative", "dispute_type", "split", "which")
LAST = ("contact_name", "contact_phone", "handling_mode")


_GENERIC = re.compile(
    r"(我们?|咱们?|那个?|这个?|一[个家位]|某|以前的?|原来的?|前|楼[上下]的?|隔壁的?|对面的?|的)*"
    r"(老板|工头|包工头|朋友|同事|同学|亲戚|熟人|物业|物业公司|房东|房客|租客|租户|邻居|楼[上下]|隔壁|对面|住户|那家子?|健身房|店|商店|店家|商家|卖家|饭店|酒店|宾馆"
    r"|导游|旅行社|公司|单位|厂|工地|项目部|医院|诊所|学校|老师|幼儿园|中介|开发商|装修公司|保险公司|银行|平台|司机|车主|对方|人家|他们?|她们?|总部|加盟商|客服|业主|村里|村委会)"
    r"(娘|家|们|那家子?|的?人)?"
)


def is_generic(name: object) -> bool:
    """Whether a counterparty is only a role (老板, 物业, 楼上): enough for the story, not to find somebody."""
    return isinstance(name, str) and _GENERIC.fullmatch(name) is not None


def _only_a_role(state: IntakeState) -> bool:
    """The other side came up in passing as 老板 or 物业, and was not asked for yet (or that question is still open)."""
    known = state.fields.get("counterparty")
    if known is None or known.source != "told" or "counterparty" in state.skipped or not is_generic(known.value):
        return False
    return "counterparty" not in state.asked or state.expecting == "counterparty"


def subtype_for_questions(state: IntakeState) -> str | None:
    """The subtype whose questions are asked; None while it is doubtful."""
    scores = dict((state.prediction or {}).get("subtypes", []))
    return state.subtype if scores.get(state.subtype, 0.0) >= SUBTYPE_SURE else None


def bank(state: IntakeState, knowledge: Knowledge) -> dict[str, Question]:
    """All questions that fit the type: the type's own wording of a slot wins over the general one."""
    questions = dict(knowledge.questions)
    if state.dispute_type:
        own = knowledge.questions_for(state.dispute_type, subtype_for_questions(state))
        questions.update({question.slot: question for question in sorted(own, key=lambda question: bool(question.subtypes))})
    return questions


def question_for(slot: str, state: IntakeState, knowledge: Knowledge) -> Question | None:
    """The question of a slot in its type's wording; type-specific slots of an earlier type are still found."""
    found = bank(state, knowledge).get(slot)
    if found is not None:
        return found
    return next((q for kind in knowledge.types.values() for q in kind.questions if q.slot == slot), None)


def choices_of(slot: str, state: IntakeState, knowledge: Knowledge) -> Sequence[ChoiceItem]:
    """Fixed choices of a slot's question."""
    question = question_for(slot, state, knowledge)
    return question.choices if question else ()


def plan(state: IntakeState, knowledge: Knowledge) -> list[str]:
    """Slots still to be asked, in order. Empty: ready to confirm.

    The type's required questions come first by rank, at most two of its own kind; then claim, contact and handling mode.
    Nothing that was told, answered or passed over is asked.
    """
    questions = bank(state, knowledge)
    own = {q.slot for q in knowledge.questions_for(state.dispute_type or "", subtype_for_questions(state))}
    general = set(knowledge.questions)
    specific = [q for q in _ordered(questions) if q.slot in own - general and q.required]
    room = _room(state, specific, [q for q in _ordered(questions) if q.slot not in own - general and _general_needed(q, own, state)])
    wanted: list[str] = []
    for question in _ordered(questions):
        slot = question.slot
        unnamed = slot == "counterparty" and _only_a_role(state)
        if state.knows(slot) and not unnamed:
            continue
        if slot in own - general:
            if question.required and room > 0:
                room -= 1
                wanted.append(slot)
        elif _general_needed(question, own, state):
            wanted.append(slot)
    return wanted + [slot for slot in LAST if not state.knows(slot) and _last_needed(slot, state)]


def _room(state: IntakeState, specific: list[Question], needed: list[Question]) -> int:
    """How many type-specific questions may still be asked: fewer when much is known, or when many other things must be asked."""
    rich = sum(slot in state.fields for slot in TELLING) >= RICH or len(state.matters) > 1
    most = SPECIFIC_RICH if rich else SPECIFIC_MOST
    others = {q.slot for q in needed if not state.knows(q.slot)}
    others |= {slot for slot in state.asked if slot not in BEFORE_DETAILS and slot not in {q.slot for q in specific}} - {"confirm"}
    others |= {"contact_name", "handling_mode"}
    return min(most, max(1, DETAILS_MOST - len(others))) - sum(1 for q in specific if q.slot in state.asked)


def _ordered(questions: dict[str, Question]) -> list[Question]:
    return sorted(questions.values(), key=lambda question: question.rank)


def _general_needed(question: Question, own: set[str], state: IntakeState) -> bool:
    slot = question.slot
    if slot in BEFORE_DETAILS or slot in LAST or slot == "confirm":
        return False
    if slot == "people":
        return Flag.GROUP.value in state.flags
    if slot == "representative":
        return Flag.GROUP.value in state.flags and Flag.SPEAKS_FOR_OTHER.value not in state.flags
    if slot == "speaks_for":
        return Flag.SPEAKS_FOR_OTHER.value in state.flags
    if slot in ("amount", "relation"):
        return question.required and slot in own  # only where the type says that it is at the heart of the matter
    if slot == "place":
        return "place" not in state.asked or state.expecting == "place"
    if slot == "appointment":
        return False  # asked together with the mode; the centre rings to fix it
    return question.required


def _last_needed(slot: str, state: IntakeState) -> bool:
    if slot == "contact_phone":
        return state.asked.get("contact_phone", 0) < 2
    # A matter that is no mediation has no handling mode to choose.
    return not (slot == "handling_mode" and "redirected" in state.told)


def also(question: Question, state: IntakeState) -> list[str]:
    """Slots the same question asks for and that are still unknown."""
    return [slot for slot in question.also if not state.knows(slot)]
