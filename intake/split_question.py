"""Two disputes in one story: apart, together, or one of them first; and which one is meant where that is not clear."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

from intake import answers
from intake.conversation import Message, Turn
from intake.desk import Desk
from intake.interruptions import SIDE_LENGTH
from intake.matters import APART, FIRST, TOGETHER
from intake.moves import INTERRUPTIONS, Move, is_no, is_yes
from intake.state import IntakeState
from knowledge.models import ChoiceItem

TELLING = 12  # characters; a reply this long that decides nothing belongs to the story
_TOGETHER = re.compile(
    r"合(在|到|并|成|起来|办|着)|(?<!不)(?<!别)(一起|一块|一并)|并(在|到|成)一|(一件|一个)(就行|就好|就可以|算了|吧)|(不|别)(用|要|想|需要)?(再)?(分|拆)"
    r"|(算|当|是|就)(作|成|同)?一(件|回|码)事?|同一(件|个)"
)
_APART = re.compile(
    r"分(开|成|别|着|两|2|三|头)|各(办|是|登|走|算)|(两|二|三|俩|2|3)(件|个|码|边|样)?(事)?(都|全|也)|都(要|得|想)?(办|登|记|报|弄|解决|管)|一件一件|挨个|单独|拆开|(两|二|2|三|3)(件|码)"
)
_FIRST = re.compile(
    r"先(只|就)?(办|说|登|弄|解决|处理|管|来|报|把|要)|只(办|说|登|要|弄|想|报|管)|就(办|登|弄|报)(那|这|一)|其中一|先.{1,8}(那|这)?(件|个)"
)
_LEAVE = re.compile(r"(先|就)?(不(办|管|登|弄|报)|别(办|管|登|弄)|放一?放|算了|以后再|回头再|后面再|过后再|缓一?缓|不急)")
_EITHER = re.compile(r"怎么(方便|好|省事)|随便|都行|都可以|你们?(看|定|说)|您(看|定|说)|听你|无所谓|咋(办|弄)都")
_NOT_APART = re.compile(r"不(是)?(两|二|2|三)(件|码)|(不|别)(用|要|想|需要)?(再)?(分|拆)")
_ASKS = re.compile(r"啥|什么|为何|怎么|咋|区别|好处|坏处|要(不要)?(交|给|花|收)?钱|收费|多久")
# Later on the words must speak of filing: “还是一起过吧” and “两边都给我” are wishes.
_CHANGE = re.compile(r"还是|改|换成|要不|算了|想了想|(我想|我要|帮我|给我|把它?们?)(分|合|拆|单独|一起)")
_APART_AFTER_ALL = re.compile(r"分(开|成|别|头)?.{0,3}(办|登|报|填|(两|二|三|2|3)件)|拆(开|成)|单独(办|登|报|填)")
_TOGETHER_AFTER_ALL = re.compile(
    r"合(在|到|成|起来|着)?.{0,3}(办|登|报|填|一件)|合并|一(起|块儿?|并)(办|登|报|填)|不(用|要)?分开?了?(办|登|报|吧?$)|并(成|到|在)一"
)


class SplitQuestion:
    """Asks nothing itself (the desk does); reads the answers and carries them out."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.matters = desk.matters

    # ── how many ──

    def answered(self, state: IntakeState, move: Move, message: Message) -> Turn:
        text = message.text.strip()
        if _ASKS.search(text) and not _EITHER.search(text) and len(text) <= SIDE_LENGTH:  # 分开是啥意思
            return self.desk.interrupted(state, move if move in INTERRUPTIONS else Move.WHY, message)
        decision = self._decision(state, text)
        if decision is None and move in INTERRUPTIONS and len(text) <= SIDE_LENGTH:
            return self.desk.interrupted(state, move, message)
        state.remember()
        if decision is not None:
            return self.decided(state, decision, message.today, text)
        before = self._together(state)
        extracted = self.desk.listener.extract(state, text, message.today)
        if move is not Move.SKIP and (len(text) >= TELLING or move is Move.DESCRIBE):
            self.desk.listener.story(state, message, extracted)
        elif move is not Move.SKIP:
            self.desk.listener.take(state, extracted, "told")
        return Turn(state, self.desk.next(state, *before))

    def _decision(self, state: IntakeState, text: str) -> str | None:
        if _NOT_APART.search(text):
            return TOGETHER
        if (_FIRST.search(text) or (_LEAVE.search(text) and self.matters.named(state, text) is not None)) and not _APART.search(text):
            return FIRST
        together, apart = _TOGETHER.search(text), _APART.search(text)
        if bool(together) != bool(apart):
            return TOGETHER if together else APART
        if is_yes(text) or _EITHER.search(text):
            return APART
        if is_no(text):
            return TOGETHER
        question = self.desk.knowledge.questions["split"]
        offered = [ChoiceItem(title=choice.title, value=choice.value) for choice in self.desk.split_choices(state)]
        if len(text) <= SIDE_LENGTH and (value := answers.chosen(question, offered, text)):
            return value
        return FIRST if len(text) <= TELLING and self.matters.named(state, text) is not None else None

    def decided(self, state: IntakeState, decision: str, today: date, text: str = "") -> Turn:
        """By button, or as the words were read."""
        if decision == TOGETHER:
            return Turn(state, self.desk.next(state, *self._together(state)))
        if decision == APART:
            self.matters.divide(state, today)
            say, names = self.desk.speaker.say, self.matters.names(state)
            before = [say(state, "split.apart", count=self.desk.count_word(len(names)))]
            if self.matters.has_questions(state):
                before.append(say(state, "split.begin", type_name=names[state.at]))
            return Turn(state, self.desk.next(state, *before))
        index = self._first_named(state, text)
        if index is not None:
            return self._only(state, index, today)
        state.pending = "first"
        return Turn(state, self.desk.speaker.ask(state, "which"))

    def _first_named(self, state: IntakeState, text: str) -> int | None:
        """先办押金的, or 工资的先不管, which leaves the other one."""
        for clause in re.split(r"[，,。；;！!\s]+", text):
            named = self.matters.named(state, clause)
            if named is None:
                continue
            if not _LEAVE.search(clause):
                return named
            if len(state.parts) == 2:
                return 1 - named
        return None

    def _together(self, state: IntakeState) -> list[str]:
        names = "、".join(self.matters.names(state))
        self.matters.together(state)
        return [self.desk.speaker.say(state, "split.together", types=names)]

    def _only(self, state: IntakeState, index: int, today: date) -> Turn:
        self.matters.only(state, index, today)
        name, other = self.matters.name(state.matters[0]), self.matters.name(state.later[0])
        return Turn(state, self.desk.next(state, self.desk.speaker.say(state, "split.first", type_name=name, types=other)))

    # ── which one ──

    def which(self, state: IntakeState, message: Message, index: int | None = None) -> tuple[int | None, str]:
        """The matter meant and what was pending; the pending remark is taken off the state."""
        pending, state.pending = state.pending or "", None
        if index is None:
            index = self.matters.named(state, message.text)
            offered = [ChoiceItem(title=choice.title, value=choice.value) for choice in self.desk.which_choices(state)]
            value = answers.chosen(self.desk.knowledge.questions["which"], offered, message.text) if index is None else None
            index = int(value[1:]) - 1 if value else index
        return index, pending

    def first_answered(self, state: IntakeState, message: Message, index: int | None) -> Turn:
        """先办哪一件; whoever does not say begins with the first."""
        if index is None or index >= len(state.parts):
            index = 0
        state.remember()
        return self._only(state, index, message.today)

    # ── second thoughts ──

    def reconsidered(self, state: IntakeState, message: Message) -> Turn | None:
        """“还是分开办吧”, “算了还是合在一起吧” at any later time."""
        text = message.text.strip()
        if len(text) > SIDE_LENGTH or not _CHANGE.search(text):
            return None
        together = _TOGETHER_AFTER_ALL.search(text)
        apart = _APART_AFTER_ALL.search(text) and not _NOT_APART.search(text)
        if state.split == TOGETHER and len(state.parts) > 1 and apart and not together:
            state.remember()
            return self.decided(state, APART, message.today)
        if len(state.matters) > 1 and together and not (apart or any("receipt" in entry for entry in state.matters)):
            state.remember()
            self.matters.merge(state)
            return Turn(state, self.desk.next(state, *self._together(state)))
        return None


def with_text(message: Message, text: str) -> Message:
    """A share of a message; what the classifier said of the whole does not hold for it."""
    return replace(message, text=text, prediction=None, parts=())
