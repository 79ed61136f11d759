"""What happens to a case is told in the conversations about it, without being asked: accepted, referred, a time, how it ended.

A notice is written in the transaction of the change itself, so that there is exactly one for each event, also after a crash. Nobody is
told when the case was taken back, and none when its conversation has been deleted.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from backend.conversations.delivery import publish_lines
from backend.conversations.hub import Hub
from backend.conversations.ports import PhrasesPort
from backend.conversations.speaking import say
from backend.db.models_cases import Case, CaseEvent, OrganisationRow
from backend.db.models_conversations import Conversation, Message
from backend.domain.case_rules import REJECTION_REASONS
from common.enums import CaseStatus, ConversationState
from common.payloads import Choice, to_json

Written = tuple[Conversation, Message]
_BY_STATUS = {
    CaseStatus.ACCEPTED: "notice.accepted",
    CaseStatus.ASSIGNED: "notice.assigned",
    CaseStatus.REFERRED: "notice.referred",
    CaseStatus.RETURNED: "notice.returned",
    CaseStatus.SETTLED: "notice.settled",
    CaseStatus.FAILED: "notice.failed",
    CaseStatus.REJECTED: "notice.rejected",
    CaseStatus.CLOSED: "notice.closed",
}
_OUTCOMES = frozenset({CaseStatus.SETTLED, CaseStatus.FAILED, CaseStatus.REJECTED, CaseStatus.CLOSED})


class CaseNotices:
    """Words a change for the people it concerns."""

    def __init__(self, clock: Callable[[], datetime], phrases: PhrasesPort, hub: Hub) -> None:
        self._clock = clock
        self._phrases = phrases
        self._hub = hub

    def post(self) -> NoticePost:
        """For one change: written with it, sent after it."""
        return NoticePost(self, self._hub)

    async def write(self, session: AsyncSession, case: Case, events: Sequence[CaseEvent]) -> list[Written]:
        """A line in each conversation about the case for what the events bring; several events of one change are one line."""
        unit = await session.get(OrganisationRow, case.organisation_id) if case.organisation_id else None
        texts = [text for event in events for text in self._texts(case, event, unit)]
        if not texts:
            return []
        about = or_(Conversation.id == case.conversation_id, Conversation.case_number == case.number)
        written = []
        for conversation in await session.scalars(select(Conversation).where(about).with_for_update()):
            choices = self._choices(case, conversation)
            line = say(session, conversation, "\n".join(texts), self._clock(), choices=choices)
            line.extra = {"case_notice": case.number}
            written.append((conversation, line))
        return written

    def _texts(self, case: Case, event: CaseEvent, unit: OrganisationRow | None) -> list[str]:
        say_ = self._phrases.phrase
        if event.kind == "appointment":
            return self._appointment(case, event, unit)
        if event.kind != "status" or event.to_status is None or event.from_status == CaseStatus.WITHDRAWN.value:
            return []
        key = _BY_STATUS.get(CaseStatus(event.to_status))
        texts = []
        if key is not None:
            reason = REJECTION_REASONS.get(event.reason_code or "", "")
            organisation = unit.name if unit is not None else say_("notice.somebody")
            texts.append(say_(key, number=case.number, organisation=organisation, reason=reason))
        if event.note:
            texts.append(say_("notice.note", text=event.note))
        return texts

    def _appointment(self, case: Case, event: CaseEvent, unit: OrganisationRow | None) -> list[str]:
        before = (event.details.get("before") or {}).get("appointment")
        if before == case.appointment or case.status == CaseStatus.WITHDRAWN.value:
            return []
        if not case.appointment:
            return [self._phrases.phrase("notice.appointment_off", number=case.number)]
        texts = [self._phrases.phrase("notice.appointment", number=case.number, date=case.appointment)]
        if unit is not None and unit.address and case.handling_mode != "home_visit":
            texts.append(self._phrases.phrase("notice.where", address=unit.address))
        return texts

    def _choices(self, case: Case, conversation: Conversation) -> tuple[Choice, ...]:
        """Buttons, where the conversation is about this case and nothing else is being asked."""
        asking = conversation.state != ConversationState.FILED.value or conversation.expecting is not None
        if asking or conversation.case_number != case.number:
            return ()
        wanted = ("rate", "status") if CaseStatus(case.status) in _OUTCOMES else ("status", "reschedule")
        choices = tuple(Choice(self._phrases.phrase(f"choice.{name}"), name) for name in wanted)
        kept = [c for c in conversation.offered if c["value"] not in wanted]
        conversation.offered = [*to_json(choices), *kept]
        return choices


class NoticePost:
    """The notices of one change: ``write`` inside its transaction, ``send`` when it has been committed."""

    def __init__(self, notices: CaseNotices, hub: Hub) -> None:
        self._notices = notices
        self._hub = hub
        self._written: list[Written] = []

    async def write(self, session: AsyncSession, case: Case, events: Sequence[CaseEvent]) -> None:
        """Put the lines into the conversations."""
        self._written += await self._notices.write(session, case, events)

    def send(self) -> None:
        """Show them to open pages."""
        for conversation, line in self._written:
            publish_lines(self._hub, conversation, [line])
