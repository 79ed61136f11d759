"""The legality gate in the conversation: the reason in plain words, the right door with what to bring, and never a refusal."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from common.payloads import CaseFacts, Expecting, Reply
from intake.listening import Listener
from intake.speaking import PUBLIC_STATE, Speaker, joined
from intake.state import IntakeState, Stage
from knowledge.models import LegalityRule, OrganisationKind

REDIRECTED = "redirected"


class Gate:
    """Tells what mediation cannot take: once per rule, hard rules with doors, soft ones in passing."""

    def __init__(self, speaker: Speaker, listener: Listener) -> None:
        self.speaker = speaker
        self.listener = listener

    def check(self, state: IntakeState) -> LegalityRule | None:
        """The first rule that applies and was not told yet."""
        rule = self.holding(state)
        return None if rule is None or rule.id in state.told or (rule.hard and REDIRECTED in state.told) else rule

    def holding(self, state: IntakeState) -> LegalityRule | None:
        """The rule that applies, told or not."""
        facts = self.listener.facts(state)
        if self.listener.type_unclear(state):  # only what was said plainly (flags) may send somebody elsewhere, no doubtful type
            facts = replace(facts, dispute_type="QT", subtype=None, route=None, secondary=())
        return self.listener.tools.check(facts, self.speaker.knowledge)

    def enquiry(self, state: IntakeState, *before: str) -> Reply:
        """A question without a dispute: the doors for procedures and legal help."""
        return self.redirect(state, self.enquiry_rule(state), *before)

    def enquiry_rule(self, state: IntakeState) -> LegalityRule:
        """The rule whose doors are for questions without a dispute."""
        subtype = state.subtype if (state.subtype or "").startswith("XZ") else "XZ05"
        rule = self.listener.tools.check(CaseFacts(dispute_type="XZ", subtype=subtype, route="ZX"), self.speaker.knowledge)
        if rule is None:
            raise LookupError("legality.yml has no rule for enquiries (XZ05)")
        return rule

    def mention(self, state: IntakeState, rule: LegalityRule) -> str:
        """A soft rule, told in passing."""
        state.told.append(rule.id)
        return joined(self.speaker.say(state, "redirected.tell_only", reason=rule.reason), self._still(state, rule))

    def redirect(self, state: IntakeState, rule: LegalityRule, *before: str) -> Reply:
        """A hard rule: reason, doors, what to bring; then the resident chooses: a page to take along, a human, or filing all the same."""
        state.told += [rule.id, REDIRECTED]
        state.stage = Stage.REDIRECTED
        doors, bring = self.doors(rule), self.bring(rule)
        texts = [
            *before,
            self.speaker.say(state, "redirected.main", reason=rule.reason),
            self.speaker.say(state, "redirected.doors", doors="；".join(door_text(door) for door in doors)) if doors else "",
            self.speaker.say(state, "redirected.bring", bring="、".join(bring)) if bring else "",
            self._still(state, rule),
            self.speaker.say(state, "redirected.help"),
            self.speaker.say(state, "redirected.continue"),
        ]
        card = {
            "kind": "redirect",
            "title": self.speaker.knowledge.phrase("redirected.title"),
            "reason": rule.reason,
            "doors": [{"code": d.code, "name": d.name, "phone": d.phone, "handles": d.handles} for d in doors],
            "bring": bring,
            "still_possible": rule.still_possible,
        }
        return self._offer(state, card, *texts)

    def again(self, state: IntakeState, *before: str) -> Reply:
        """The same choices once more."""
        return self._offer(state, None, *before, self.speaker.say(state, "redirected.continue"))

    def _offer(self, state: IntakeState, card: dict[str, Any] | None, *texts: str) -> Reply:
        leave = (self.speaker.button("leave_matter", "leave_matter"),) if len(state.matters) > 1 else ()
        buttons = (
            self.speaker.button("statement", "statement"),
            self.speaker.button("continue", "continue"),
            *leave,
            self.speaker.button("handoff", "handoff"),
        )
        reply = self.speaker.plain(state, *texts, choices=buttons)
        state.expecting = "confirm"
        return Reply(
            text=reply.text,
            choices=buttons,
            card=card,
            expecting=Expecting("confirm", "choice", optional=True),
            state=PUBLIC_STATE[state.stage],
        )

    def doors(self, rule: LegalityRule) -> list[OrganisationKind]:
        kinds = self.speaker.knowledge.organisation_kinds
        return [kinds[code] for code in rule.doors if code in kinds]

    def bring(self, rule: LegalityRule) -> list[str]:
        if rule.bring:
            return list(rule.bring)
        return list(dict.fromkeys(item for door in self.doors(rule) for item in door.bring))

    def _still(self, state: IntakeState, rule: LegalityRule) -> str:
        return self.speaker.say(state, "redirected.still", still_possible=rule.still_possible) if rule.still_possible else ""


def door_text(door: OrganisationKind) -> str:
    """``name（电话 110）``."""
    return f"{door.name}（电话 {door.phone}）" if door.phone else door.name
