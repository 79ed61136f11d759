"""Takes in everything a message says at once: details, flags, story, corrections, type and route."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from common.enums import CounterpartyKind, Flag, RiskLevel
from common.payloads import CaseFacts, ExtractedField, Prediction
from intake import answers, questions
from intake.conversation import Message, Tools
from intake.state import FieldValue, IntakeState, prediction_to_dict
from knowledge.models import Question
from knowledge.store import Knowledge

SUBTYPE_FLOOR = 0.02  # a type none of whose subtypes is among the best three is not ruled out
SUBTYPE_SURE = 0.5
ENQUIRIES = ("XZ05", "XZ06", "XZ08")  # procedures, legal help, suggestions and praise
TELLING_ANSWERS = ("counterparty", "amount", "tried", "claim")
CLAIM_LONGEST = 40  # characters; a longer “claim” in passing is half a story, and is asked for again
SECONDARY_FROM = 0.12  # as classifier.runtime.SECONDARY_AT_LEAST: the second and third type count from this probability
GENERAL_FIELDS = ("amount", "people", "contact_phone", "contact_name", "counterparty", "place", "when", "claim", "tried", "relation")
CORRECTION = re.compile(
    r"^(不对|错了|不是|更正|纠正|啊不|哦不|等等)|(说|写|打|填|记|弄|报|讲|留)(错|反|少|多|漏)了?|搞错|弄混|记错|改(一下|成|为|下|到)|换成|换一下|应该是|才对|不算(的)?[，, ]|才是|其实是"
)
_CUES: tuple[tuple[str, str], ...] = (
    ("contact_phone", r"电话|手机|号码|[那这]个号|的号|我的?号"),
    ("contact_name", r"名字|姓名|称呼|我叫|我姓"),
    ("people", r"人数|几个人"),
    ("amount", r"金额|钱数|数目|总数|多少钱|款数"),
    ("when", r"日期|时间|日子|哪天|月份"),
    ("place", r"地点|地址|地方|位置|住址"),
    ("counterparty", r"对方|被告|欠钱的"),
    ("claim", r"要求|诉求"),
    ("appointment", r"预约|约的"),
    ("handling_mode", r"上门|窗口|办理方式"),
)
_NEW_VALUE = re.compile(r"(?:改成|改为|改到|换成|应该是|应是|其实是|用全名|是|^改|[：:])\s*[“\"']?([^，。,.!！“”\"']{1,40})[”\"']?\s*$")
_SWAP = re.compile(
    r"不(?:是|叫|姓)[“\"]?(?P<old>.{1,15}?)[”\"]?(?:[，, ]+(?:而)?(?:是|叫|姓)?|而?是|叫)[“\"]?(?P<new>[^，。,.”\"]{1,20})[”\"]?$"
    r"|(?:是|姓|叫)[“\"]?(?P<new2>[^，。,. ”\"]{1,12}?)[”\"]?[，, ]*不(?:是|姓|叫)[“\"]?(?P<old2>[^，。,.”\"]{1,12})[”\"]?$"
    r"|(?P<old3>.{1,12}?)其实是(?P<new3>.{1,20})$"
)
_BEGINS, _GOES_ON = re.compile(r".*(不是|不叫|不姓|错了)"), re.compile(r"(而)?(应该)?(是|叫|姓|改成)")
_BARE = ("contact_phone", "amount", "when", "contact_name")  # a correction that is only a value: tried in this order
_BARE_COVERS = 0.6
_BARE_LEAD = re.compile(
    r"^(?:不是[^，, ]{1,12}[，, ]+|(?:不对|错了|不是|更正|应该是?|改成?|(?:我)?记错了|哦|啊|嗯)[，,。:： ]*)+(?:是|而是|应该是)?"
)


def _pieces(text: str) -> list[str]:
    """Clauses of a message with several, “不是三万，是三万五” kept whole; none for a message of one clause."""
    pieces: list[str] = []
    for clause in re.split(r"[，,。；;！!\n]+", text):
        clause = clause.strip()
        if pieces and _GOES_ON.match(clause) and _BEGINS.match(pieces[-1]):
            pieces[-1] += f"，{clause}"
        elif clause:
            pieces.append(clause)
    return pieces if len(pieces) > 1 else []


class Listener:
    """Reads messages into the state. Knows nothing about what is said back."""

    def __init__(self, knowledge: Knowledge, tools: Tools) -> None:
        self.knowledge = knowledge
        self.tools = tools

    def extract(self, state: IntakeState, text: str, today: date) -> list[ExtractedField]:
        """Fields of a message in the light of the open question."""
        expecting = state.expecting
        question = questions.question_for(expecting, state, self.knowledge) if expecting else None
        if question is not None and expecting not in self.knowledge.questions:
            expecting = {"amount": "amount", "date": "when", "people": "people", "phone": "contact_phone"}.get(question.kind)
        return self.tools.extract(text, expecting=expecting, today=today, knowledge=self.knowledge)

    def take(self, state: IntakeState, extracted: Sequence[ExtractedField], source: str, *, without: Sequence[str] = ()) -> list[str]:
        """Put fields into the state.

        What was told first stays when it merely comes by again; an answer to its question, a correction or a surer reading replaces it.

        Returns:
            Slots that changed.
        """
        changed: list[str] = []
        for field in sorted(extracted, key=lambda item: item.confidence):
            slot = answers.slot_of(field.name)
            if slot not in GENERAL_FIELDS or slot in without or field.value is None:
                continue
            if slot == "claim" and source == "told" and len(str(field.value)) > CLAIM_LONGEST:
                continue
            old, new = state.fields.get(slot), answers.as_value(field, source)
            replaces = (
                old is None or source == "corrected" or slot in changed or (old.source == "told" and old.confidence < new.confidence - 0.05)
            )
            if replaces and (old is None or old.value != new.value):
                state.fields[slot] = new
                changed.append(slot)
        state.skipped = [slot for slot in state.skipped if slot not in changed]
        return list(dict.fromkeys(changed))

    def put(self, state: IntakeState, question: Question, answer: FieldValue) -> None:
        """Store the answer to a question, with the flags its choice raises."""
        if question.slot == "handling_mode" and answer.value == "any":
            state.skipped.append(question.slot)  # left to the centre
            return
        state.fields[question.slot] = answer
        state.skipped = [slot for slot in state.skipped if slot != question.slot]
        raised = question.sets_flags.get(str(answer.value), [])
        state.flags = sorted({*state.flags, *(flag.value for flag in raised)})

    def notice(self, state: IntakeState, text: str) -> None:
        """Flags of any message."""
        state.flags = sorted({*state.flags, *(flag.value for flag in self.tools.find_flags(text))})

    def story(self, state: IntakeState, message: Message, extracted: Sequence[ExtractedField]) -> list[str]:
        """Add a message to the story, unchanged, with what it says and what the classifier makes of the whole."""
        if message.text.strip() and message.text not in state.story:
            if not (state.matters and any(message.text in told for told in state.story)):  # a clause of a message that was kept whole
                state.story.append(message.text)
            if state.matters:
                entry = state.matters[state.at]
                entry["words"] = f"{entry['words']}\n{message.text}"
        self.notice(state, message.text)
        changed = self.take(state, extracted, "told")
        if message.prediction is not None:
            self.predicted(state, message.prediction)
        return changed

    def predicted(self, state: IntakeState, prediction: Prediction) -> None:
        """Keep the prediction and choose type, subtype and route by it, unless the resident chose the type."""
        if state.matters:
            return  # each matter's type is settled; a look at the whole story would mix them
        if prediction.abstained and state.dispute_type is not None:
            return  # an unsure second look does not overturn the first, nor what was made of it
        if self._doubtful_exit(state, prediction):
            prediction = replace(prediction, abstained=True)
        state.prediction = prediction_to_dict(prediction)
        if not state.type_fixed:
            state.dispute_type = self._likeliest(prediction, state.excluded_types) or state.dispute_type
        self.settle(state)

    @staticmethod
    def _doubtful_exit(state: IntakeState, prediction: Prediction) -> bool:
        """A story with two sides (亲属, 雇主与劳动者 …) or a sum is hardly praise or a question of procedure: ask before sending away."""
        enquiry = bool(prediction.subtypes) and prediction.subtypes[0].code in ENQUIRIES
        exit_first = bool(prediction.dispute_types) and prediction.dispute_types[0].code == "XZ"
        return exit_first and enquiry and any(slot in state.fields for slot in ("relation", "amount"))

    def _likeliest(self, prediction: Prediction, excluded: Sequence[str]) -> str | None:
        """The type both heads agree on most: its probability times that of its best subtype.

        An abstained prediction never sends somebody away: the exit class XZ comes last then.
        """
        best: dict[str, float] = {}
        for score in prediction.subtypes:
            if score.code in self.knowledge.subtypes:
                kind = self.knowledge.type_of(score.code)
                best[kind] = max(best.get(kind, 0.0), score.probability)
        scored = {s.code: s.probability * max(best.get(s.code, 0.0), SUBTYPE_FLOOR) for s in prediction.dispute_types}
        fitting = [code for code in scored if code not in excluded]
        if prediction.abstained and len(fitting) > 1:
            fitting = [code for code in fitting if code != "XZ"]
        return max(fitting, key=lambda code: scored[code], default=None)

    def sure_subtype(self, state: IntakeState) -> str | None:
        """The subtype where it is likely enough to ask by it, to name it, or to hold a rule against it."""
        scores = dict((state.prediction or {}).get("subtypes", []))
        return state.subtype if scores.get(state.subtype, 0.0) >= SUBTYPE_SURE else None

    def words(self, state: IntakeState) -> list[str]:
        """What was told so far, for the classifier: the story, and the answers that say what it is about."""
        answered = [state.fields[slot].text for slot in TELLING_ANSWERS if slot in state.fields and state.fields[slot].source == "asked"]
        return [*state.story, *(text for text in dict.fromkeys(answered) if text not in state.story)]

    def settle(self, state: IntakeState) -> None:
        """Subtype and route that go with the type."""
        predicted = state.prediction or {"subtypes": [], "routes": []}
        fitting = [c for c, _ in predicted["subtypes"] if c in self.knowledge.subtypes and self.knowledge.type_of(c) == state.dispute_type]
        held = state.subtype if state.subtype in self.knowledge.subtypes else None
        if fitting:
            state.subtype = fitting[0]
        elif held is None or self.knowledge.type_of(held) != state.dispute_type:
            state.subtype = None
        if predicted["routes"]:
            state.route = predicted["routes"][0][0]

    def type_unclear(self, state: IntakeState) -> bool:
        """Whether the one clarifying question about the type is due."""
        if state.type_fixed or "dispute_type" in state.asked:
            return False
        return state.prediction is None or bool(state.prediction["abstained"]) or state.dispute_type is None

    def secondary(self, state: IntakeState) -> list[str]:
        """Up to two further types in the story."""
        scores = (state.prediction or {}).get("types", [])
        likely = [code for code, p in scores if p >= SECONDARY_FROM and code not in state.excluded_types]
        told = [str(part["dispute_type"]) for part in state.parts]  # filed together on the resident's wish
        return [code for code in dict.fromkeys([*told, *likely]) if code != state.dispute_type][:2]

    def counterparty_kind(self, state: IntakeState) -> CounterpartyKind:
        named = state.value("counterparty")
        kind = self.tools.kind_of(str(named)) if named else CounterpartyKind.UNKNOWN
        return kind if kind is not CounterpartyKind.UNKNOWN else self.tools.kind_of(state.own_story)

    def facts(self, state: IntakeState) -> CaseFacts:
        """What routing and the legality gate decide on."""
        amount, people = state.value("amount"), state.value("people")
        return CaseFacts(
            dispute_type=state.dispute_type or "QT",
            subtype=self.sure_subtype(state) or (state.subtype if state.type_fixed else None),
            secondary=tuple(self.secondary(state)),
            route=state.route,
            amount=float(amount) if isinstance(amount, (int, float)) else None,
            people=int(people) if isinstance(people, (int, float)) else None,
            counterparty_kind=self.counterparty_kind(state),
            risk=RiskLevel(state.risk),
            flags=frozenset(Flag(flag) for flag in state.flags),
            handling_mode=state.value("handling_mode"),
        )

    def dates(self, state: IntakeState) -> dict[str, date]:
        """Slots that hold a full day, for the limitation clock."""
        found: dict[str, date] = {}
        for slot, field in state.fields.items():
            try:
                found[slot] = date.fromisoformat(str(field.value))
            except ValueError:
                continue
        return found

    # ── corrections ──

    def correct(self, state: IntakeState, message: Message, extracted: Sequence[ExtractedField]) -> list[tuple[str, Any]]:
        """Apply a correction that names or implies what it corrects.

        Returns:
            ``(slot, old value)`` of what changed; empty when the message does not say to what.
        """
        text, today = message.text, message.today
        before = {slot: field.value for slot, field in state.fields.items()}
        cued = [slot for slot, pattern in _CUES if re.search(pattern, text)]
        if "contact_name" in cued and "contact_name" not in state.fields and "counterparty" in state.fields and "我" not in text:
            cued = ["counterparty" if slot == "contact_name" else slot for slot in cued]  # the only name told so far is theirs
            extracted = [replace(field, name="counterparty") if field.name == "name" else field for field in extracted]
        changed = self._swapped(state, text)
        changed += self.take(state, self._meant(state, extracted, cued), "corrected", without=changed)
        if not changed:
            changed = self._by_words(state, text, cued, today)
        if not changed and not cued:
            changed = self._bare_value(state, text, today)
        for piece in _pieces(text):  # several corrections in one message, each with its own words
            changed += [slot for slot in self._piece(state, piece, today, changed) if slot not in changed]
        return [(slot, before.get(slot)) for slot in changed]

    def _piece(self, state: IntakeState, piece: str, today: date, done: Sequence[str]) -> list[str]:
        cued = [slot for slot, pattern in _CUES if re.search(pattern, piece)]
        changed = self._swapped(state, piece)
        named = (len(cued) == 1 and cued[0] not in done) or (not cued and CORRECTION.search(piece))  # 押金改成两千五
        if not changed and named:
            changed = self._by_words(state, piece, cued, today)
        return changed

    def _meant(self, state: IntakeState, extracted: Sequence[ExtractedField], cued: Sequence[str]) -> list[ExtractedField]:
        """With a cue (“名字错了，是…”) only that slot, unless several things are said; phones and amounts always count."""
        sure = {*cued, "contact_phone", "amount", "when", "people"}
        fields = [field for field in extracted if answers.slot_of(field.name) in sure or not cued]
        return fields or list(extracted)

    @staticmethod
    def _swapped(state: IntakeState, text: str) -> list[str]:
        """“不是老王，是老黄” where 老王 stands in some detail."""
        swap = _SWAP.search(text)
        if not swap:
            return []
        old, new = next((swap[f"old{n}"], swap[f"new{n}"]) for n in ("", "2", "3") if swap[f"new{n}"])
        for slot, field in state.fields.items():
            if old and isinstance(field.value, str) and old.strip() in field.value:
                state.fields[slot] = FieldValue(field.value.replace(old.strip(), new.strip()), text, "corrected", 0.8)
                return [slot]
        return []

    def _by_words(self, state: IntakeState, text: str, cued: Sequence[str], today: date) -> list[str]:
        """“金额改成三万五”: the words after 改成, read as an answer to the question of the slot that is named."""
        given = _NEW_VALUE.search(text)
        if not given:
            return self._cued_value(state, text, cued, today)
        slot, words = (cued[0] if cued else None), given[1].strip()
        read = self.tools.extract(words, expecting=slot or "amount", today=today, knowledge=self.knowledge)
        wanted = [field for field in read if slot is None or answers.slot_of(field.name) == slot]
        changed = self.take(state, wanted, "corrected")
        if changed or slot is None or slot in ("contact_phone", "amount", "people"):
            return changed
        state.fields[slot] = FieldValue(words, text, "corrected", 0.7)
        return [slot]

    def _cued_value(self, state: IntakeState, text: str, cued: Sequence[str], today: date) -> list[str]:
        """“月份错了 十月”: read in the light of the slot that is named."""
        if not cued:
            return []
        read = self.tools.extract(text, expecting=cued[0], today=today, knowledge=self.knowledge)
        return self.take(state, [field for field in read if answers.slot_of(field.name) == cued[0]], "corrected")

    def _bare_value(self, state: IntakeState, text: str, today: date) -> list[str]:
        """“13800002233” or “八月十五” alone at the card: the field it can only belong to."""
        text = _BARE_LEAD.sub("", text.strip())
        for slot in _BARE:
            if slot not in state.fields:
                continue
            read = self.tools.extract(text, expecting=slot, today=today, knowledge=self.knowledge)
            fitting = [f for f in read if answers.slot_of(f.name) == slot and len(f.text) >= _BARE_COVERS * len(text.strip())]
            if fitting and (changed := self.take(state, fitting, "corrected")):
                return changed
        return []

    @staticmethod
    def cued_slot(text: str) -> str | None:
        """The slot that a complaint without a new value is about: “电话写错了”."""
        return next((slot for slot, pattern in _CUES if re.search(pattern, text)), None)
