"""The card to confirm, the statement to take along, and what is said after filing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from common.payloads import Choice, Expecting, Reply
from intake import answers, questions
from intake.listening import Listener
from intake.speaking import PUBLIC_STATE, Speaker, joined
from intake.state import IntakeState, Stage

BRING_SAID = 5  # the card lists all of it
# Shown even when empty, so that a gap can be filled on the card.
ALWAYS = ("counterparty", "when", "place", "claim", "contact_name", "contact_phone")
ORDER = ("counterparty", "relation", "when", "place", "amount", "people")
AFTER = ("tried", "claim", "willing", "evidence", "contact_name", "contact_phone", "handling_mode", "appointment")


class Summariser:
    """Builds cards out of the state."""

    def __init__(self, speaker: Speaker, listener: Listener) -> None:
        self.speaker = speaker
        self.listener = listener
        self.knowledge = speaker.knowledge

    def confirm(self, state: IntakeState, *before: str) -> Reply:
        """The summary card with everything that will be filed; each line can be corrected on the card or in words."""
        state.stage = Stage.CONFIRMING
        first = "confirm" not in state.asked
        state.asked["confirm"] = state.asked.get("confirm", 0) + 1
        question = self.knowledge.questions["confirm"]
        choices = tuple(Choice(item.title, item.value) for item in question.choices)
        state.expecting, state.also, state.offered = "confirm", [], [choice.value for choice in choices]
        texts = [*before]
        if first:
            texts.append(self.speaker.say(state, "summary.intro"))
            if soon := self.limits(state, soon=True)[:1]:
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
        """``{kind, title, lines: [{slot, label, value, editable, kind, choices}], note}``."""
        return {
            "kind": "summary",
            "title": self.knowledge.phrase("summary.title"),
            "lines": self.lines(state),
            "note": joined(self.knowledge.phrase("summary.own_words"), self.knowledge.phrase("summary.not_yet")),
        }

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
        return self._label(state, slot)

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

    def statement(self, state: IntakeState) -> dict[str, Any]:
        """A page to take along to another door: the facts in lines, the story unchanged."""
        return {
            "kind": "statement",
            "title": self.knowledge.phrase("statement.title"),
            "lines": [
                {"label": line["label"], "value": line["value"]}
                for line in self.lines(state)
                if line["value"] and line["slot"] not in ("handling_mode", "appointment")
            ],
        }

    def result(self, state: IntakeState, receipt: Mapping[str, Any]) -> Reply:
        """Number, code, who, when, what to bring, and that it is free and voluntary."""
        state.stage = Stage.FILED
        organisation = receipt.get("organisation") or {}
        mode = str(receipt.get("handling_mode") or "")
        reasons = [str(reason) for reason in receipt.get("reasons") or []]
        bring, limits = _distinct(receipt.get("bring") or []), self.limits(state)
        placeholder = bool(organisation.get("placeholder", True))
        name = str(organisation.get("name") or self.speaker.centre)
        say = self.speaker.say
        texts = [
            say(state, "filed.done", number=receipt["number"], code=receipt["tracking_code"]),
            say(state, "filed.organisation_placeholder" if placeholder else "filed.organisation", organisation=name),
            say(state, "filed.where", address=organisation["address"]) if organisation.get("address") else "",
            say(state, "filed.phone", phone=organisation["phone"]) if organisation.get("phone") else "",
            say(state, "filed.mode", mode=say(state, f"mode.{mode}")) if f"mode.{mode}" in self.knowledge.phrases else "",
            say(state, "filed.contact_by", contact_by=receipt["contact_by_text"]) if receipt.get("contact_by_text") else "",
            say(state, "filed.bring", bring="、".join(bring[:BRING_SAID])) if bring else "",
            *limits[:1],
            say(state, "filed.free"),
            say(state, "legal.disclaimer"),
        ]
        buttons = (self.speaker.button("status", "status"), self.speaker.button("new_case", "new_case"))
        reply = self.speaker.plain(state, *texts, choices=buttons)
        return Reply(
            text=reply.text,
            choices=buttons,
            card={**self._result_card(receipt, organisation, name, reasons, bring), "limits": limits},
            state=PUBLIC_STATE[state.stage],
            case_number=str(receipt["number"]),
        )

    def _result_card(
        self, receipt: Mapping[str, Any], organisation: Mapping[str, Any], name: str, reasons: list[str], bring: list[str]
    ) -> dict[str, Any]:
        return {
            "kind": "result",
            "title": self.knowledge.phrase("filed.title"),
            "number": receipt["number"],
            "tracking_code": receipt["tracking_code"],
            "dispute_type_name": receipt.get("dispute_type_name") or "",
            "subtype_name": receipt.get("subtype_name") or "",
            "route_name": receipt.get("route_name") or "",
            "organisation": name,
            "placeholder": bool(organisation.get("placeholder", True)),
            "address": organisation.get("address") or "",
            "phone": organisation.get("phone") or "",
            "admin_level": receipt.get("admin_level"),
            "handling_mode": receipt.get("handling_mode"),
            "contact_by": receipt.get("contact_by_text") or "",
            "finish_by": receipt.get("finish_by_text") or "",
            "bring": bring,
            "reasons": reasons,
            "advice": list(receipt.get("advice") or []),
            "exits": list(receipt.get("exits") or []),
        }


def _distinct(items: Iterable[str]) -> list[str]:
    """Without repeats and without items that another one contains (小票 beside 小票、发票、订单)."""
    kept = list(dict.fromkeys(items))
    return [item for item in kept if not any(item != other and item in other.split("、") for other in kept)]
