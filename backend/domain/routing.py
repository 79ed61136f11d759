"""Where a case goes: hard gates, then channel rules, then level rules, then the model's word. Pure, data in ``knowledge/routing.yml``.

Order of authority (shared design, “Classification”):
1. danger: an emergency door of a level or channel rule beats everything;
2. a channel rule with ``overrides_level`` (danger, court, authority …) is itself a hard gate and decides alone;
3. the legality gate: what mediation cannot take goes to the right door, a centre keeps the resident company;
4. any other channel rule decides route and kind of organisation, a level rule decides level, mode and deadlines;
5. where no channel rule matches, the model's route stands.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from backend.domain.calendar import WorkCalendar
from backend.domain.decision import Door, RoutingDecision
from backend.domain.organisations import LADDER, LADDER_KINDS, Found, find_organisation, level_rank
from common.enums import AdminLevel, Flag, HandlingMode, Route
from common.payloads import CaseFacts
from knowledge import Knowledge
from knowledge.matching import matches
from knowledge.models import ChannelRule, Deadline, LegalityRule, LevelRule, When

MAX_BRING = 8
DEFAULT_LEVEL = LevelRule.model_validate(
    {
        "id": "default",
        "level": "community",
        "organisation_kind": "P1",
        "handling_mode": "appointment",
        "contact": {"working_days": 3, "text": "3个工作日内和您联系"},
        "reason": "这件事先在家门口的社区办，就近、方便。",
        "source": {"mark": "D"},
    }
)


@dataclass(frozen=True)
class _Plan:
    """A decision without its organisation."""

    route: Route
    kind: str
    level: AdminLevel
    mode: HandlingMode
    contact: Deadline
    finish: Deadline | None
    joint: bool = False
    emergency: bool = False
    doors: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()
    advice: tuple[str, ...] = ()


def decide(
    facts: CaseFacts, knowledge: Knowledge, *, now: datetime, calendar: WorkCalendar | None = None, place: str | None = None
) -> RoutingDecision:
    """Decide route, level, organisation, mode and deadlines.

    Args:
        facts: what is known; an unknown type code is treated as 其他.
        now: zone-aware moment of filing, from which deadlines run.
        calendar: holidays; None knows weekends only.
        place: the resident's own words for the place, to find the community's room.
    """
    facts = _on_corps_land(facts, knowledge)
    level_rule = next((rule for rule in knowledge.routing.level_rules if matches(rule.when, facts)), DEFAULT_LEVEL)
    channel = next((rule for rule in knowledge.routing.channel_rules if matches(rule.when, facts)), None)
    plan = _base(facts, level_rule, channel, knowledge)
    if not plan.emergency:
        plan = _through_gate(plan, facts, knowledge, decided=channel is not None and channel.overrides_level)
    plan = _with_mode(plan, facts)
    found = find_organisation(plan.kind, plan.level, facts.division_code, place, knowledge)
    return _finish(plan, found, facts, knowledge, now, calendar or WorkCalendar())


def _on_corps_land(facts: CaseFacts, knowledge: Knowledge) -> CaseFacts:
    """A place that 团场 (the Corps 兵团) administers counts as if the resident had said so."""
    division = knowledge.divisions.get(facts.division_code or "")
    return replace(facts, flags=facts.flags | {Flag.BINGTUAN}) if division is not None and division.bingtuan else facts


def _base(facts: CaseFacts, level_rule: LevelRule, channel: ChannelRule | None, knowledge: Knowledge) -> _Plan:
    level_route = knowledge.organisation_kinds[level_rule.organisation_kind].route
    if level_route is Route.JJ and (channel is None or channel.route is not Route.JJ):
        return _from_level(level_rule, level_route, emergency=True)
    if channel is None:
        return _without_channel(facts, level_rule, knowledge)
    return _from_channel(level_rule, channel, knowledge)


def _from_level(rule: LevelRule, route: Route, *, emergency: bool = False) -> _Plan:
    return _Plan(
        route=route,
        kind=rule.organisation_kind,
        level=rule.level,
        mode=rule.handling_mode,
        contact=rule.contact,
        finish=rule.finish,
        joint=rule.joint,
        emergency=emergency,
        rules=(rule.id,),
        reasons=(rule.reason,),
    )


def _without_channel(facts: CaseFacts, rule: LevelRule, knowledge: Knowledge) -> _Plan:
    """No channel rule: the model's route, and of its kinds of organisation the one the type prefers."""
    kind_info = knowledge.organisation_kinds
    if kind_info[rule.organisation_kind].is_exit and not _catches_all(rule.when):
        return _from_level(rule, kind_info[rule.organisation_kind].route)
    route = Route(facts.route) if facts.route else None
    dispute = knowledge.types.get(facts.dispute_type)
    preferred = dispute.channels if dispute else []
    if route is None:
        route = kind_info[preferred[0]].route if preferred else Route.RM
    of_route = [k for k in preferred if kind_info[k].route is route] or list(knowledge.routes[route].organisation_kinds)
    plan = _from_level(rule, route)
    plan = replace(plan, emergency=route is Route.JJ, doors=tuple(k for k in of_route if kind_info[k].is_exit))
    return _place(plan, rule, of_route, knowledge)


def _from_channel(level_rule: LevelRule, channel: ChannelRule, knowledge: Knowledge) -> _Plan:
    plan = _from_level(level_rule, channel.route, emergency=channel.route is Route.JJ)
    plan = replace(
        plan,
        rules=(channel.id, *plan.rules),
        reasons=(channel.reason, *plan.reasons),
        advice=tuple(channel.advice),
        doors=tuple(k for k in channel.organisation_kinds if knowledge.organisation_kinds[k].is_exit),
    )
    if channel.overrides_level and level_rule.joint and level_rule.level is AdminLevel.CITY and not plan.emergency:
        return replace(plan, contact=_sooner(channel.contact, plan.contact))  # so many people: the city leads, whatever the trade
    if channel.overrides_level:
        plan = replace(
            plan,
            kind=channel.organisation_kinds[0],
            level=channel.level or plan.level,
            mode=channel.handling_mode or plan.mode,
            contact=channel.contact or plan.contact,
            finish=channel.finish or plan.finish,
            rules=(channel.id,),
            reasons=(channel.reason,),
        )
        return replace(plan, kind=LADDER[plan.level]) if plan.kind in LADDER_KINDS else plan
    if channel.level and level_rank(channel.level) > level_rank(plan.level):
        plan = replace(plan, level=channel.level)
    ordinary = _catches_all(level_rule.when)
    plan = replace(
        plan,
        mode=channel.handling_mode if channel.handling_mode and ordinary else plan.mode,
        contact=_sooner(channel.contact, plan.contact),
        finish=channel.finish or plan.finish,
    )
    return _place(plan, level_rule, channel.organisation_kinds, knowledge)


def _place(plan: _Plan, rule: LevelRule, kinds: list[str], knowledge: Knowledge) -> _Plan:
    """Reconcile the kinds a channel offers with the level that was decided."""
    if plan.joint:
        return plan  # the centre leads a joint handling, whatever the trade
    own = [k for k in kinds if not knowledge.organisation_kinds[k].is_exit] or kinds
    if rule.organisation_kind in own and not _catches_all(rule.when):
        return replace(plan, kind=rule.organisation_kind)
    kind = own[0]
    if kind in LADDER_KINDS:
        return replace(plan, kind=LADDER[plan.level])
    level = knowledge.organisation_kinds[kind].admin_level
    if level is not None and (_catches_all(rule.when) or level_rank(level) > level_rank(plan.level)):
        plan = replace(plan, level=level)
    return replace(plan, kind=kind)


def _through_gate(plan: _Plan, facts: CaseFacts, knowledge: Knowledge, *, decided: bool) -> _Plan:
    """What mediation cannot take: the first hard rule turns the case to its door; soft rules only add advice.

    Where a channel rule has ``decided`` already, a hard rule only adds its doors and what is still possible.
    """
    hit = [rule for rule in knowledge.legality if matches(rule.when, facts)]
    for soft in (rule for rule in hit if not rule.hard):
        plan = replace(plan, advice=(*plan.advice, soft.reason), doors=(*plan.doors, *soft.doors))
    hard = next((rule for rule in hit if rule.hard), None)
    if hard is None:
        return plan
    if decided:
        possible = (hard.still_possible,) if hard.still_possible else ()
        return replace(plan, doors=(*plan.doors, *hard.doors), advice=(*plan.advice, *possible), rules=(*plan.rules, hard.id))
    return _gated(plan, hard, knowledge)


def _gated(plan: _Plan, rule: LegalityRule, knowledge: Knowledge) -> _Plan:
    route = knowledge.organisation_kinds[rule.doors[0]].route if rule.doors else plan.route
    return replace(
        plan,
        route=route,
        kind=rule.doors[0] if rule.doors else plan.kind,
        emergency=route is Route.JJ,
        doors=(*rule.doors, *plan.doors),
        rules=(rule.id, *plan.rules),
        reasons=(rule.reason,),
        advice=((rule.still_possible,) if rule.still_possible else ()) + plan.advice,
    )


def _with_mode(plan: _Plan, facts: CaseFacts) -> _Plan:
    """The resident's wish counts unless there is danger or a joint meeting; old and disabled people are visited by default."""
    if plan.emergency or plan.joint:
        return plan
    wish = next((mode for mode in HandlingMode if mode.value == facts.handling_mode), None)
    if wish is not None:
        return replace(plan, mode=wish)
    if facts.flags & {Flag.ELDERLY, Flag.DISABLED} and plan.mode is HandlingMode.APPOINTMENT:
        return replace(plan, mode=HandlingMode.HOME_VISIT, reasons=(*plan.reasons, "考虑到出门不便，先安排工作人员上门。"))
    return plan


def _finish(plan: _Plan, found: Found, facts: CaseFacts, knowledge: Knowledge, now: datetime, calendar: WorkCalendar) -> RoutingDecision:
    reasons = list(dict.fromkeys(plan.reasons))
    if found.stand_in and found.organisation is not None:
        kind = knowledge.organisation_kinds[plan.kind]
        verb = "并陪您找对门" if kind.is_exit else f"再交给{kind.name}"
        reasons.append(f"先由{found.organisation.name}接收登记，{verb}，您不用重新说一遍。")
    if Flag.BINGTUAN in facts.flags:
        reasons.append("团场管理的地方由兵团的调解组织来办，我们登记后转过去。")
    return RoutingDecision(
        route=plan.route,
        admin_level=plan.level,
        organisation=found.organisation,
        organisation_kind=plan.kind,
        handling_mode=plan.mode,
        contact_deadline=calendar.after(now, plan.contact),
        contact_text=plan.contact.text,
        finish_deadline=calendar.after(now, plan.finish) if plan.finish else None,
        finish_text=plan.finish.text if plan.finish else "",
        joint=plan.joint,
        rules=plan.rules,
        reasons=tuple(reasons),
        advice=tuple(dict.fromkeys(plan.advice)),
        bring=_bring(plan, facts, knowledge),
        exits=_doors(plan.doors, knowledge),
    )


def _bring(plan: _Plan, facts: CaseFacts, knowledge: Knowledge) -> tuple[str, ...]:
    dispute = knowledge.types.get(facts.dispute_type)
    evidence = [e.name for e in dispute.evidence if not e.subtypes or facts.subtype in e.subtypes] if dispute else []
    return tuple(dict.fromkeys([*knowledge.organisation_kinds[plan.kind].bring, *evidence]))[:MAX_BRING]


def _doors(codes: tuple[str, ...], knowledge: Knowledge) -> tuple[Door, ...]:
    kinds = [knowledge.organisation_kinds[code] for code in dict.fromkeys(codes)]
    return tuple(Door(k.code, k.name, k.handles, k.phone, tuple(k.bring)) for k in kinds)


def _catches_all(when: When) -> bool:
    return when == When()


def _sooner(first: Deadline | None, second: Deadline) -> Deadline:
    """The shorter of two periods, a working day counted as a day and a half."""
    return second if first is None or _hours(second) <= _hours(first) else first


def _hours(deadline: Deadline) -> float:
    if deadline.hours is not None:
        return deadline.hours
    return 24.0 * deadline.days if deadline.days is not None else 36.0 * (deadline.working_days or 0)
