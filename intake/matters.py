"""Two or three disputes in one story 一案多诉: divided when the resident says so, one on the desk, the others packed in the state."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from datetime import date
from typing import Any

from common.payloads import StoryPart
from intake.gate import REDIRECTED
from intake.inference import fill_from_story
from intake.listening import GENERAL_FIELDS, SUBTYPE_SURE, Listener
from intake.questions import LAST, is_generic, plan
from intake.state import SHARED_FLAGS, SHARED_SLOTS, FieldValue, IntakeState, prediction_to_dict
from knowledge.store import Knowledge

APART, TOGETHER, FIRST = "two", "one", "first"
_LEAD = 14  # characters; “一共一万八，另外…”: what stands before the word that announces a matter still belongs to the one before
_ANNOUNCES = re.compile(r"另外|还有(一|个|件|就是|，|,)|再就是|再有|顺便|对了|第[二三]件|其次")
_CLAUSE = re.compile(r"[^，,。；;！!？?\n]+[，,。；;！!？?\n]*")
_ORDINALS = (r"第一件|头一件|前(一|面那)件", r"第二件|后(一|面那)件|另(外)?(一|那)?件", r"第三件|最后(一|那)件")
_ROLES = re.compile(
    r"老板|工头|包工头|单位|公司|工地|工资|朋友|同事|亲戚|物业|房东|房客|租客|押金|邻居|楼上|楼下|隔壁|健身房|店家?|商家|卖家|饭店|酒店|导游|旅行社|医院|医生|学校|老师"
    r"|中介|开发商|装修|保险|银行|司机|车主|老公|老婆|丈夫|妻子|儿子|女儿|兄弟|哥|弟|姐|妹|爸|妈|公婆|婆婆|借条|借款|欠条|房租|房子|车祸|追尾|孩子|抚养费|赡养"
)


class Matters:
    """Divides a story, moves between its matters, and tells which one a remark is about."""

    def __init__(self, knowledge: Knowledge, listener: Listener) -> None:
        self.knowledge = knowledge
        self.listener = listener

    # ── what the classifier heard ──

    def heard(self, state: IntakeState, parts: Sequence[StoryPart]) -> None:
        """Keep the parts of the story until the resident has decided; one part means one matter."""
        if not parts or state.split is not None or state.matters or state.expecting in ("split", "which"):
            return  # decided, or just being decided by the names that were said
        texts = [part.text for part in parts]
        for i in range(1, len(texts)):
            announced = _ANNOUNCES.search(texts[i])
            if announced and 0 < announced.start() <= _LEAD:
                texts[i - 1] += texts[i][: announced.start()]
                texts[i] = texts[i][announced.start() :]
        known = [(part, text) for part, text in zip(parts, texts, strict=True) if part.dispute_type in self.knowledge.types]
        state.parts = [self._entry(part, text) for part, text in known] if len(known) > 1 else []

    def undecided(self, state: IntakeState) -> bool:
        """Whether the resident should be asked how many matters she wants to file."""
        return len(state.parts) > 1 and state.split is None and not state.matters

    @staticmethod
    def _entry(part: StoryPart, text: str) -> dict[str, Any]:
        if part.prediction is not None:
            predicted = {**prediction_to_dict(part.prediction), "abstained": False}
        else:
            scores = {"types": part.dispute_type, "subtypes": part.subtype, "routes": part.route}
            predicted = {name: [[code, 1.0]] if code else [] for name, code in scores.items()}
            predicted |= {"abstained": False, "version": ""}
        return {
            "words": text,
            "dispute_type": part.dispute_type,
            "subtype": part.subtype,
            "route": part.route,
            "prediction": predicted,
            "type_fixed": True,  # the classifier was sure, and the resident sees the names before she divides
            "excluded_types": [],
        }

    def name(self, entry: dict[str, Any]) -> str:
        """A matter in plain words: 拖欠工资, 离婚或想和好."""
        scores = dict(entry["prediction"]["subtypes"]) if entry["prediction"] else {}
        subtype = self.knowledge.subtypes.get(entry["subtype"] or "")
        if subtype is not None and (scores.get(entry["subtype"], 0.0) >= SUBTYPE_SURE or not scores):
            return subtype.plain
        kind = self.knowledge.types.get(entry["dispute_type"] or "")
        return kind.plain if kind else self.knowledge.phrase("summary.type_open")

    def names(self, state: IntakeState) -> list[str]:
        """Names of all matters, divided or not yet."""
        state.pack()
        return [self.name(entry) for entry in state.matters or state.parts]

    # ── dividing ──

    def divide(self, state: IntakeState, today: date) -> None:
        """Give each part its own facts. What was answered so far belongs to the matter that was on the desk."""
        entries = state.parts
        read = [self._read(entry["words"], today) for entry in entries]
        flags = [{flag.value for flag in self.listener.tools.find_flags(entry["words"])} for entry in entries]
        elsewhere = set(state.flags) - set().union(*flags) - SHARED_FLAGS  # said outside the story, such as an injury
        main = next((i for i, entry in enumerate(entries) if entry["dispute_type"] == state.dispute_type), 0)
        told: dict[str, set[str]] = {slot: {str(fields[slot].value) for fields in read if slot in fields} for slot in GENERAL_FIELDS}
        for slot in SHARED_SLOTS:
            for fields in read:
                if slot in fields:
                    state.fields.setdefault(slot, fields[slot])
        for i, entry in enumerate(entries):
            own = {slot: field for slot, field in read[i].items() if slot not in SHARED_SLOTS}
            if i == main:
                own |= {slot: f for slot, f in state.fields.items() if slot not in SHARED_SLOTS and _stays(slot, f, told)}
            entry["fields"] = {slot: asdict(field) for slot, field in own.items()}
            entry["skipped"] = [s for s in state.skipped if i == main and s not in SHARED_SLOTS]
            entry["asked"] = {s: n for s, n in state.asked.items() if i == main and s not in SHARED_SLOTS}
            entry["again"], entry["told"] = {}, []
            entry["flags"] = sorted(flags[i] - SHARED_FLAGS | elsewhere)
        state.parts, state.matters, state.split = [], entries, APART
        begun = any(slot not in SHARED_SLOTS and slot != "dispute_type" for slot in state.asked)
        state.load(main if begun else 0)

    def only(self, state: IntakeState, index: int, today: date) -> None:
        """File one matter now; the others wait until it is filed."""
        self.divide(state, today)
        self._go(state, index)
        state.pack()
        state.later = [entry for i, entry in enumerate(state.matters) if i != index]
        state.matters, state.at, state.split = [state.matters[index]], 0, FIRST

    def together(self, state: IntakeState) -> None:
        """One case. Where the whole story was unclear, its first part names the type; the others become secondary."""
        state.split = TOGETHER
        unclear = state.prediction is None or bool(state.prediction["abstained"])
        if unclear and not state.type_fixed and state.parts:
            first = state.parts[0]
            state.dispute_type, state.subtype, state.route = first["dispute_type"], first["subtype"], first["route"]
            state.prediction = {**first["prediction"], "version": (state.prediction or first["prediction"])["version"]}

    def merge(self, state: IntakeState) -> None:
        """Undivided after all: the first matter's facts, completed by the others'."""
        state.open(0)
        for entry in state.matters[1:]:
            for slot, value in entry["fields"].items():
                state.fields.setdefault(slot, FieldValue(**value))
            state.flags = sorted({*state.flags, *entry["flags"]})
        state.skipped = [slot for slot in state.skipped if slot not in state.fields]
        state.parts, state.matters, state.at = state.matters, [], 0
        state.expecting, state.also = None, []

    def drop(self, state: IntakeState) -> None:
        """The open matter is not filed after all."""
        gone = state.at
        state.matters = [entry for i, entry in enumerate(state.matters) if i != gone]
        state.load(gone % len(state.matters))
        state.expecting, state.also = None, []

    def next_one(self, state: IntakeState, fresh: IntakeState) -> None:
        """After filing one: begin ``fresh`` with the matter that waited; story, contact and consent are not asked again."""
        fresh.story, fresh.safety, fresh.split = list(state.story), state.safety, FIRST
        fresh.fields = {slot: f for slot, f in state.fields.items() if slot in SHARED_SLOTS}
        fresh.skipped = [slot for slot in state.skipped if slot in SHARED_SLOTS]
        fresh.asked = {s: n for s, n in state.asked.items() if s in SHARED_SLOTS and s != "confirm"}
        fresh.flags = [flag for flag in state.flags if flag in SHARED_FLAGS]
        fresh.told = [mark for mark in state.told if mark != REDIRECTED]
        fresh.link, fresh.risk, fresh.crisis_cleared = state.link, state.risk, state.crisis_cleared
        fresh.matters, fresh.later = [state.later[0]], state.later[1:]
        fresh.load(0)

    # ── moving ──

    def _go(self, state: IntakeState, index: int) -> None:
        if index != state.at:
            state.open(index)
            state.expecting, state.also = None, []

    def turn_to_open(self, state: IntakeState) -> int | None:
        """Go to the next matter that still has questions of its own; None when none has."""
        for index in range(len(state.matters)):
            if index != state.at and self._open_questions(state, index):
                self._go(state, index)
                return index
        return None

    def waiting(self, state: IntakeState) -> bool:
        """Whether a matter that is not on the desk still has questions of its own."""
        return any(self._open_questions(state, i) for i in range(len(state.matters)) if i != state.at)

    def _open_questions(self, state: IntakeState, index: int) -> bool:
        if "receipt" in state.matters[index]:
            return False
        with self.at(state, index):
            rule = self.listener.tools.check(self.listener.facts(state), self.knowledge)
            doors = rule is not None and rule.hard and rule.id not in state.told and REDIRECTED not in state.told
            return doors or self.has_questions(state)

    def has_questions(self, state: IntakeState) -> bool:
        """Whether the matter on the desk has questions of its own."""
        fill_from_story(state, self.knowledge)
        return any(slot not in LAST and slot not in SHARED_SLOTS for slot in plan(state, self.knowledge))

    @contextmanager
    def at(self, state: IntakeState, index: int) -> Iterator[IntakeState]:
        """The state with another matter on the desk, and back again."""
        before, expecting, also = state.at, state.expecting, state.also
        if index != before:
            state.open(index)
            state.expecting, state.also = None, []
        try:
            yield state
        finally:
            if index != before:
                state.open(before)
                state.expecting, state.also = expecting, also

    # ── which matter is meant ──

    def shares(self, state: IntakeState, text: str) -> dict[int, str]:
        """The message cut by matter, clause by clause; a clause that names none goes with the one before it.

        Returns:
            Index → words. Only the open matter when nothing names another.
        """
        if len(state.matters) < 2:
            return {state.at: text}
        cues, current = self._cues(state), state.at
        found: dict[int, str] = {}
        for clause in _CLAUSE.findall(text):
            named = self._named(cues, clause)
            current = named if named is not None else current
            found[current] = found.get(current, "") + clause
        return {index: words.strip().strip("，,。；;") for index, words in found.items()} or {state.at: text}

    def named(self, state: IntakeState, text: str) -> int | None:
        """The matter a remark names: 押金那件, 第二件, 工资的. None when it names none, or several."""
        return self._named(self._cues(state), text)

    def _cues(self, state: IntakeState) -> list[set[str]]:
        state.pack()
        entries = state.matters or state.parts
        cues = [self._words_of(entry) for entry in entries]
        return [{cue for cue in own if sum(cue in other for other in cues) == 1} for own in cues]

    def _named(self, cues: list[set[str]], text: str) -> int | None:
        for index, pattern in enumerate(_ORDINALS[: len(cues)]):
            if re.search(pattern, text):
                return index
        counts = [sum(cue in text for cue in own) for own in cues]
        best = max(range(len(counts)), key=lambda i: counts[i], default=0)
        return best if counts and counts[best] and counts.count(counts[best]) == 1 else None

    def _words_of(self, entry: dict[str, Any]) -> set[str]:
        subtype, kind = self.knowledge.subtypes.get(entry["subtype"] or ""), self.knowledge.types.get(entry["dispute_type"] or "")
        titles = [item.plain for item in (subtype, kind) if item is not None] + ([subtype.name] if subtype else [])
        cues = {title[i : i + 2] for title in titles for i in range(len(title) - 1)}
        cues |= {match.group() for match in _ROLES.finditer(entry["words"])}
        named = (entry.get("fields") or {}).get("counterparty")
        if named and isinstance(named["value"], str) and not is_generic(named["value"]):
            cues |= {named["value"][i : i + 2] for i in range(len(named["value"]) - 1)}
        return {cue for cue in cues if re.fullmatch(r"[\u4e00-\u9fffA-Za-z0-9]+", cue)} - {"纠纷", "矛盾"}

    def _read(self, words: str, today: date) -> dict[str, FieldValue]:
        blank = IntakeState(expecting=None)
        self.listener.take(blank, self.listener.extract(blank, words, today), "told")
        return blank.fields


def _stays(slot: str, field: FieldValue, told: dict[str, set[str]]) -> bool:
    """Answers stay with the matter that was asked about; what was told in passing stays when no part of the story says it."""
    if field.source != "told":
        return True
    return slot in GENERAL_FIELDS and not told.get(slot)
