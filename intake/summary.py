"""The card to confirm, the statement to take along, and what is said after filing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from common.payloads import Choice, Expecting, Reply
from intake import answers, questions
from intake.listening import Listener
from intake.matters import Matters
from intake.speaking import PUBLIC_STATE, Speaker, joined
from intake.state import IntakeState, Stage

BRING_SAID = 5  # the card lists all of it
# Shown even when empty, so that a gap can be filled on the card.
ALWAYS = ("counterparty", "when", "place", "claim", "contact_name", "contact_phone")
ORDER = ("counterparty", "relation", "when", "place", "amount", "people")
AFTER = ("tried", "claim", "willing", "evidence", "contact_name", "contact_phone", "handling_mode", "appointment")


class Summariser:
    """Builds cards out of the state."""

    def __init__(self, speaker: Speaker, listener: Listener, matters: Matters) -> None:
        self.speaker = speaker
        self.listener = listener
        self.matters = matters
        self.knowledge = speaker.knowledge

    def confirm(self, state: IntakeState, *before: str) -> Reply:
        """The summary card with everything that will be filed; each line can be corrected on the card or in words."""
        state.stage = Stage.CONFIRMING
        first = "confirm" not in state.asked
        state.asked["confirm"] = state.asked.get("confirm", 0) + 1
        question = self.knowledge.questions["confirm"]
        choices = (*(Choice(item.title, item.value) for item in question.choices), self.speaker.button("statement", "statement"))
        state.expecting, state.also, state.offered = "confirm", [], [choice.value for choice in choices]
        texts = [*before]
        if first:
            texts.append(self.speaker.say(state, "summary.intro"))
            if soon := self.all_limits(state, soon=True):
                texts += [*soon, self.speaker.say(state, "legal.limitation_note")]
        texts.append(question.ask[0 if first else min(1, len(question.ask) - 1)])
        return Reply(
            text=joined(*texts),
            choices=choices,
            card=self.card(state),
            expecting=Expecting("confirm", "confirm"),
            state=PUBLIC_STATE[state.stage],
        )

    def card(self, state: IntakeState) -> dict[str, Any]:
        """``{kind, title, lines: [{slot, label, value, editable, kind, choices}], note}``.

        With several matters each line has a ``group`` (the matter's name), and its own slots are ``m1_amount``, ``m2_amount`` …
        """
        return {
            "kind": "summary",
            "title": self.knowledge.phrase("summary.title"),
            "lines": self.all_lines(state),
            "note": joined(self.knowledge.phrase("summary.own_words"), self.knowledge.phrase("summary.not_yet")),
        }

    def all_lines(self, state: IntakeState) -> list[dict[str, Any]]:
        """Lines of every matter that is still to be filed, then what they share, then the story."""
        if len(state.matters) < 2:
            return self.lines(state)
        own: list[dict[str, Any]] = []
        shared: list[dict[str, Any]] = []
        for index, name in enumerate(self.matters.names(state)):
            if "receipt" in state.matters[index]:
                continue
            with self.matters.at(state, index):
                lines = self.lines(state)
            group = self.speaker.say(state, "summary.matter", position=index + 1, type_name=name)
            own += [{**line, "slot": f"m{index + 1}_{line['slot']}", "group": group} for line in lines if state.own_slot(line["slot"])]
            shared = [line for line in lines if not state.own_slot(line["slot"])]
        together = self.speaker.say(state, "summary.shared")
        return [*own, *({**line, "group": together} for line in shared)]

    def all_limits(self, state: IntakeState, *, soon: bool = False) -> list[str]:
        """The most pressing period of each matter."""
        found: list[str] = []
        for index in range(max(1, len(state.matters))):
            with self.matters.at(state, index):
                found += self.limits(state, soon=soon)[:1]
        return list(dict.fromkeys(found))

    def lines(self, state: IntakeState) -> list[dict[str, Any]]:
        specific = [slot for slot in state.fields if slot not in ORDER and slot not in AFTER]
        slots = [slot for slot in (*ORDER, *specific, *AFTER) if slot in state.fields or slot in ALWAYS]
        lines = [self._line(state, slot) for slot in slots]
        story = {"slot": "narrative", "label": self._label(state, "narrative"), "value": state.narrative, "editable": False, "kind": "text"}
        return [self._type_line(state), *lines, story]

    def _type_line(self, state: IntakeState) -> dict[str, Any]:
        return {
            "slot": "dispute_type",
            "label": self._label(state, "dispute_type"),
            "value": self.type_text(state),
            "editable": True,
            "kind": "choice",
            "choices": [{"title": kind.name, "value": code} for code, kind in self.knowledge.types.items()],
        }

    def type_text(self, state: IntakeState) -> str:
        """婚姻家庭纠纷 · 离婚, as far as known."""
        kind = self.knowledge.types.get(state.dispute_type or "")
        subtype = self.knowledge.subtypes.get(state.subtype or "")
        if kind is None:
            return self.knowledge.phrase("summary.type_open")
        return f"{kind.name}（{subtype.name}）" if subtype else kind.name

    def _line(self, state: IntakeState, slot: str) -> dict[str, Any]:
        question = questions.question_for(slot, state, self.knowledge)
        choices = questions.choices_of(slot, state, self.knowledge)
        field = state.fields.get(slot)
        line: dict[str, Any] = {
            "slot": slot,
            "label": self._label(state, slot),
            "value": answers.shown(question, choices, field) if field else "",
            "editable": True,
            "kind": question.kind if question else "text",
        }
        if choices:
            line["choices"] = [{"title": item.title, "value": item.value} for item in choices]
        return line

    def _label(self, state: IntakeState, slot: str) -> str:
        general = self.knowledge.questions.get(slot)  # 地点 stays 地点 whatever a type's combined question is labelled
        question = general or questions.question_for(slot, state, self.knowledge)
        return question.label if question else slot

    def label(self, state: IntakeState, slot: str) -> str:
        """A slot's name; where there are several matters, with the one it belongs to."""
        label = self._label(state, slot)
        if len(state.matters) < 2 or not state.own_slot(slot):
            return label
        return self.speaker.say(state, "summary.of_matter", type_name=self.matters.names(state)[state.at], field=label)

    def shown(self, state: IntakeState, slot: str) -> str:
        """A slot's value as read by people; empty when unknown."""
        return str(self._line(state, slot)["value"])

    def limits(self, state: IntakeState, *, soon: bool = False) -> list[str]:
        """Sentences of the limitation clock; ``soon``: only those of periods with a known end that a person should look at."""
        if state.today is None:
            return []
        items = self.listener.tools.clock(
            self.listener.facts(state), self.listener.dates(state), self.knowledge, date.fromisoformat(state.today)
        )
        return [
            self.speaker.say(state, "summary.limits", text=item.text)
            for item in items
            if item.text and (not soon or (item.needs_human and item.may_end_on))
        ]

    def result(self, state: IntakeState, *receipts: Mapping[str, Any] | None) -> Reply:
        """Number, code, who, when, what to bring, and that it is free and voluntary; of each case where there are several."""
        earlier = {i for i, entry in enumerate(state.matters) if "receipt" in entry}  # told before, when the other half was refused
        told = [(index, receipt) for index, receipt in enumerate(receipts) if receipt is not None]
        state.stage = Stage.FILED if len({index for index, _ in told} | earlier) == len(receipts) else Stage.FILING
        say, several = self.speaker.say, len(receipts) > 1
        texts: list[str] = []
        cards: list[dict[str, Any]] = []
        if several and len(told) == len(receipts):
            texts.append(say(state, "split.filed", count={2: "两", 3: "三"}.get(len(told), len(told))))
        names = self.matters.names(state)
        for index, receipt in enumerate(receipts):
            if receipt is None:
                texts += [] if index in earlier else [say(state, "split.filed_rest", type_name=names[index])]
                continue
            with self.matters.at(state, index):
                limits = self.limits(state)
            texts += self._case_texts(state, receipt, names[index] if several else None, limits[:1])
            cards.append(self._result_card(receipt, limits))
        texts += [say(state, "filed.free"), say(state, "legal.disclaimer")]
        texts.append(say(state, "statement.offer"))
        buttons: tuple[Choice, ...] = tuple(self.speaker.button(name, name) for name in ("status", "statement", "new_case"))
        if state.later:
            texts.append(say(state, "split.later", type_name=self.matters.name(state.later[0])))
            buttons = (self.speaker.button("next_matter", "next_matter"), *buttons)
        reply = self.speaker.plain(state, *texts, choices=buttons)
        return Reply(
            text=reply.text,
            choices=buttons,
            card={**cards[0], **({"others": cards[1:]} if len(cards) > 1 else {})},
            state=PUBLIC_STATE[state.stage],
            case_number=str(told[0][1]["number"]),
        )

    def _case_texts(self, state: IntakeState, receipt: Mapping[str, Any], name: str | None, limits: list[str]) -> list[str]:
        """What to write down, who handles it, when they call and what to bring. ``name``: of one of several cases, told briefly."""
        organisation, bring = self._organisation(receipt), distinct(receipt.get("bring") or [])
        mode, say = str(receipt.get("handling_mode") or ""), self.speaker.say
        number = {"number": receipt["number"], "code": receipt["tracking_code"]}
        first = say(state, "split.filed_one", type_name=name, **number) if name else say(state, "filed.done", **number)
        by = "filed.organisation_placeholder" if organisation.get("placeholder", True) else "filed.organisation"
        texts = [first, say(state, by, organisation=organisation["name"])]
        if organisation.get("address"):
            texts.append(say(state, "filed.where", address=organisation["address"]))
        if organisation.get("phone"):
            texts.append(say(state, "filed.phone", phone=organisation["phone"]))
        if f"mode.{mode}" in self.knowledge.phrases and name is None:
            texts.append(say(state, "filed.mode", mode=say(state, f"mode.{mode}")))
        if receipt.get("contact_by_text"):
            texts.append(say(state, "filed.contact_by", contact_by=receipt["contact_by_text"]))
        if bring:
            texts.append(say(state, "filed.bring", bring="、".join(bring[:BRING_SAID])))
        return [*texts, *limits]

    def _organisation(self, receipt: Mapping[str, Any]) -> dict[str, Any]:
        given = dict(receipt.get("organisation") or {})
        return {**given, "name": str(given.get("name") or self.speaker.centre)}

    def _result_card(self, receipt: Mapping[str, Any], limits: list[str]) -> dict[str, Any]:
        organisation = self._organisation(receipt)
        return {
            "kind": "result",
            "title": self.knowledge.phrase("filed.title"),
            "number": receipt["number"],
            "tracking_code": receipt["tracking_code"],
            "dispute_type_name": receipt.get("dispute_type_name") or "",
            "subtype_name": receipt.get("subtype_name") or "",
            "route_name": receipt.get("route_name") or "",
            "organisation": organisation["name"],
            "placeholder": bool(organisation.get("placeholder", True)),
            "address": organisation.get("address") or "",
            "phone": organisation.get("phone") or "",
            "admin_level": receipt.get("admin_level"),
            "handling_mode": receipt.get("handling_mode"),
            "contact_by": receipt.get("contact_by_text") or "",
            "finish_by": receipt.get("finish_by_text") or "",
            "bring": distinct(receipt.get("bring") or []),
            "reasons": [str(reason) for reason in receipt.get("reasons") or []],
            "limits": limits,
            "advice": list(receipt.get("advice") or []),
            "exits": list(receipt.get("exits") or []),
        }


def distinct(items: Iterable[str]) -> list[str]:
    """Without repeats and without items that another one contains (小票 beside 小票、发票、订单)."""
    kept = list(dict.fromkeys(items))
    return [item for item in kept if not any(item != other and item in other.split("、") for other in kept)]
