"""情况说明: the matter written down as a page to take along, to another door or to the mediation itself."""

from __future__ import annotations

import re
from typing import Any

from common.payloads import Expecting, Reply
from intake.conversation import Turn
from intake.gate import Gate
from intake.sidetalk import evidence
from intake.speaking import PUBLIC_STATE
from intake.state import IntakeState, Stage
from intake.summary import Summariser
from knowledge.models import LegalityRule

# Where the page can be had: the doors were shown, the card was shown, the case is on its way, or the talk was left after the story.
READY = frozenset({Stage.REDIRECTED, Stage.CONFIRMING, Stage.PAUSED, Stage.HANDOFF, Stage.FILING, Stage.FILED})
WHO = ("contact_name", "contact_phone", "speaks_for")
OTHER = ("counterparty", "relation", "when", "place", "amount", "people")
LAST = ("narrative", "claim", "tried", "willing", "evidence")
BLANK = ("contact_name", "contact_phone", "counterparty")  # an empty one is left open, to be filled in by hand
_NOT_FOR_PAPER = ("handling_mode", "appointment", "adult")
_OUR_WORD_ONLY = ("XZ", "QT")  # 非调解事项, 其他: how we sort matters says nothing at another door
BRING_MOST = 8
WISH = 28  # characters; a longer message tells something
_WANTED = re.compile(
    r"^(?!.*(他|她|对方|老板|公司|物业).{0,4}(给|写|出|开))(请|麻烦|能不能|能|可以|可不可以|你)?(再)?(给|帮|替)?(我)?(们)?(想|要|想要)?(把.{0,12})?"
    r"(整理|写|打印|生成|下载|出|要|拿|导出|做|弄)(一下|个|成|下来|出来)*.{0,6}(情况说明|书面|说明|一份|文档|纸|pdf|word|docx).{0,10}$",
    re.IGNORECASE,
)


class Statements:
    """Builds the page out of the state, and shows it where the resident is."""

    def __init__(self, summariser: Summariser, gate: Gate) -> None:
        self.summariser = summariser
        self.gate = gate
        self.speaker = summariser.speaker
        self.knowledge = summariser.knowledge

    def wanted(self, state: IntakeState, text: str) -> bool:
        """“帮我整理一份说明” at the card or after filing; the doors have their own ear."""
        words = text.strip()
        at_card = state.stage in (Stage.CONFIRMING, Stage.FILED, Stage.FILING)
        return at_card and bool(state.story) and len(words) <= WISH and _WANTED.match(words) is not None

    def turn(self, state: IntakeState) -> Turn:
        """The page with its buttons; what was open stays open."""
        ready = self.speaker.say(state, "statement.ready")
        if state.stage is Stage.REDIRECTED:
            reply = self.gate.again(state, ready)
        elif state.stage is Stage.CONFIRMING:
            reply = self.summariser.confirm(state, ready)
        else:
            buttons = (self.speaker.button("status", "status"), self.speaker.button("new_case", "new_case"))
            reply = self.speaker.plain(state, ready, choices=buttons)
        expecting: Expecting | None = reply.expecting
        shown = Reply(text=reply.text, choices=reply.choices, card=self.card(state), expecting=expecting, state=PUBLIC_STATE[state.stage])
        return Turn(state, shown)

    def card(self, state: IntakeState) -> dict[str, Any]:
        """``{kind, title, lines: [{slot, label, value, group?}], doors: [{name, phone, handles}], bring, notes}``; the story unchanged."""
        rule = self._rule(state)
        phrase = self.knowledge.phrase
        return {
            "kind": "statement",
            "title": phrase("statement.title"),
            "lines": self._lines(state),
            "doors": [{"name": d.name, "phone": d.phone, "handles": d.handles} for d in self.gate.doors(rule)] if rule else [],
            "bring": self.gate.bring(rule) if rule else evidence(state, self.speaker, BRING_MOST),
            "notes": [phrase("statement.own_words"), phrase("statement.no_advice")],
        }

    def _rule(self, state: IntakeState) -> LegalityRule | None:
        """Whose doors belong on the page: only those that were shown."""
        if state.stage is not Stage.REDIRECTED:
            return None
        return self.gate.enquiry_rule(state) if "enquiry" in state.told else self.gate.holding(state)

    def _lines(self, state: IntakeState) -> list[dict[str, str]]:
        """In the order of a page: who, against whom, when and where, the particulars, then what happened and what is wanted."""
        if len(state.matters) < 2 or state.stage is Stage.REDIRECTED:
            return self._sorted(self._own(state))
        own: list[dict[str, str]] = []
        shared: list[dict[str, str]] = []
        for index, name in enumerate(self.summariser.matters.names(state)):
            with self.summariser.matters.at(state, index):
                lines = self._own(state)
            group = self.speaker.say(state, "summary.matter", position=index + 1, type_name=name)
            own += [{**line, "group": group} for line in self._sorted(lines) if state.own_slot(line["slot"])]
            shared = [line for line in lines if not state.own_slot(line["slot"])]
        return [*self._sorted(shared), *own]

    def _own(self, state: IntakeState) -> list[dict[str, str]]:
        """Lines of the matter on the desk, without what is no use on paper."""
        unsaid = ("dispute_type",) if state.dispute_type in (None, *_OUR_WORD_ONLY) or self.summariser.listener.type_unclear(state) else ()
        lines = [line for line in self.summariser.lines(state) if _shown(line) and line["slot"] not in unsaid]
        return [{"slot": line["slot"], "label": self._label(line), "value": line["value"]} for line in lines]

    def _label(self, line: dict[str, Any]) -> str:
        """On her own page a resident does not call herself 您."""
        key = f"statement.label.{line['slot']}"
        return self.knowledge.phrase(key) if key in self.knowledge.phrases else str(line["label"]).replace("您", "我")

    @staticmethod
    def _sorted(lines: list[dict[str, str]]) -> list[dict[str, str]]:
        order = {slot: i for i, slot in enumerate((*WHO, *OTHER))} | {slot: 100 + i for i, slot in enumerate(LAST)}
        return sorted(lines, key=lambda line: order.get(line["slot"], 50))


def _shown(line: dict[str, Any]) -> bool:
    return line["slot"] not in _NOT_FOR_PAPER and (bool(line["value"]) or line["slot"] in BLANK)
