"""The legality gate 能不能调: what mediation cannot take, decided by the rules of ``legality.yml`` before any model."""

from __future__ import annotations

from common.payloads import CaseFacts
from knowledge import Knowledge
from knowledge.matching import matches
from knowledge.models import LegalityRule


def check(facts: CaseFacts, knowledge: Knowledge) -> LegalityRule | None:
    """The first hard rule that holds; otherwise the first soft one (tell, then go on); None when mediation may take the matter.

    A soft rule never hides a hard one that stands further down.
    """
    holding = [rule for rule in knowledge.legality if matches(rule.when, facts)]
    return next((rule for rule in holding if rule.hard), holding[0] if holding else None)
