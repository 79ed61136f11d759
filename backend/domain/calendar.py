"""Deadlines in Beijing time: working days, holidays, and when a day is over."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from knowledge.models import Deadline

BEIJING = ZoneInfo("Asia/Shanghai")
_SATURDAY = 5


@dataclass(frozen=True)
class WorkCalendar:
    """Which days are worked. Weekends are known; public holidays and made-up workdays 调休 change by yearly notice, so they are settings."""

    holidays: frozenset[date] = field(default_factory=frozenset)
    extra_workdays: frozenset[date] = field(default_factory=frozenset)

    def is_workday(self, day: date) -> bool:
        if day in self.extra_workdays:
            return True
        return day.weekday() < _SATURDAY and day not in self.holidays

    def after(self, start: datetime, deadline: Deadline) -> datetime:
        """The last moment of a period that starts at ``start`` (zone-aware).

        Hours run through the clock. Days and working days start counting on the next day (民法典第201条) and end with the
        last day (第203条), Beijing time.

        Raises:
            ValueError: ``start`` has no time zone, or the deadline has no unit.
        """
        if start.tzinfo is None:
            raise ValueError("a deadline needs a zone-aware start")
        if deadline.hours is not None:
            return start + timedelta(hours=deadline.hours)
        day = start.astimezone(BEIJING).date()
        if deadline.days is not None:
            return end_of_day(day + timedelta(days=deadline.days))
        if deadline.working_days is not None:
            return end_of_day(self.add_working_days(day, deadline.working_days))
        raise ValueError("a deadline needs hours, days or working_days")

    def add_working_days(self, day: date, count: int) -> date:
        """The ``count``-th working day after ``day``; 0 gives ``day`` itself, or the next working day when it is none."""
        while count == 0 and not self.is_workday(day):
            day += timedelta(days=1)
        for _ in range(count):
            day += timedelta(days=1)
            while not self.is_workday(day):
                day += timedelta(days=1)
        return day


def end_of_day(day: date) -> datetime:
    """The last second of a day in Beijing."""
    return datetime.combine(day, time(23, 59, 59), BEIJING)


def parse_dates(text: str) -> frozenset[date]:
    """ISO dates separated by commas, as settings hold them.

    Raises:
        ValueError: something that is no date.
    """
    return frozenset(date.fromisoformat(part.strip()) for part in text.split(",") if part.strip())
