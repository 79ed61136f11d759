"""Pure rules: calendar, places, statuses, masks. Milliseconds."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.domain.calendar import BEIJING, WorkCalendar, parse_dates
from backend.domain.case_rules import (
    REJECTION_REASONS,
    RETURN_REASONS,
    STATUS_NAMES,
    TRACKING_ALPHABET,
    TRANSITIONS,
    case_number,
    check_requirements,
    check_transition,
    clean_tracking_code,
    mask_name,
    mask_numbers,
    mask_phone,
    new_tracking_code,
)
from backend.domain.places import find_division
from common.enums import CaseStatus
from common.errors import BadInput, Conflict
from knowledge import Knowledge
from knowledge.models import Deadline

FRIDAY = datetime(2026, 11, 27, 2, 30, tzinfo=UTC)  # 10:30 in Beijing


class TestCalendar:
    def test_working_days_skip_the_weekend(self) -> None:
        assert WorkCalendar().after(FRIDAY, Deadline(working_days=1, text="x")).isoformat() == "2026-11-30T23:59:59+08:00"

    def test_working_days_skip_holidays_and_use_made_up_days(self) -> None:
        calendar = WorkCalendar(parse_dates("2026-11-30, 2026-12-01"), parse_dates("2026-11-28"))
        assert calendar.after(FRIDAY, Deadline(working_days=2, text="x")).date() == date(2026, 12, 2)

    def test_hours_run_through_the_weekend(self) -> None:
        assert WorkCalendar().after(FRIDAY, Deadline(hours=24, text="x")) == datetime(2026, 11, 28, 2, 30, tzinfo=UTC)

    def test_days_end_with_the_last_day_in_beijing(self) -> None:
        late = datetime(2026, 11, 27, 17, 0, tzinfo=UTC)  # already 28 November in Beijing
        assert WorkCalendar().after(late, Deadline(days=7, text="x")).isoformat() == "2026-12-05T23:59:59+08:00"

    def test_zero_working_days_on_a_sunday_mean_monday(self) -> None:
        sunday = datetime(2026, 11, 29, 4, 0, tzinfo=UTC)
        assert WorkCalendar().after(sunday, Deadline(working_days=0, text="x")).date() == date(2026, 11, 30)

    def test_a_naive_start_is_refused(self) -> None:
        with pytest.raises(ValueError, match="zone"):
            WorkCalendar().after(datetime(2026, 11, 27), Deadline(hours=1, text="x"))

    @given(st.dates(date(2026, 1, 1), date(2030, 1, 1)), st.integers(1, 60))
    def test_working_days_land_on_working_days(self, start: date, count: int) -> None:
        end = WorkCalendar().add_working_days(start, count)
        assert end.weekday() < 5
        assert (end - start).days >= count


@pytest.mark.parametrize(
    ("place", "code"),
    [
        ("我住在胜利路那边的天山小区", "650203002"),
        ("克拉玛依区银河路街道工地", "650203004"),
        ("独山子", "650202"),
        ("独山子区金山路三号", "650202001"),
        ("白碱滩区中兴路", "650204001"),
        ("乌尔禾镇查干草村", "650205100"),
        ("乌尔禾", "650205"),
        ("克拉玛依", "650200"),
        ("小拐乡", "650203200"),
        ("乌鲁木齐", None),
        ("", None),
        (None, None),
    ],
)
def test_place_names_a_division(place: str | None, code: str | None, knowledge: Knowledge) -> None:
    assert find_division(place, knowledge.divisions) == code


class TestStatus:
    def test_every_status_has_a_name_and_a_row(self) -> None:
        assert set(STATUS_NAMES) == set(CaseStatus) == set(TRANSITIONS)

    def test_every_status_can_be_reached_and_ends_in_closed(self) -> None:
        reached, frontier = {CaseStatus.SUBMITTED}, [CaseStatus.SUBMITTED]
        while frontier:
            for following in TRANSITIONS[frontier.pop()] - reached:
                reached.add(following)
                frontier.append(following)
        assert reached == set(CaseStatus)
        assert [status for status in CaseStatus if not TRANSITIONS[status]] == [CaseStatus.CLOSED]

    @pytest.mark.parametrize(
        ("current", "new"),
        [
            (CaseStatus.CLOSED, CaseStatus.ACCEPTED),
            (CaseStatus.SUBMITTED, CaseStatus.SETTLED),
            (CaseStatus.SETTLED, CaseStatus.WITHDRAWN),
            (CaseStatus.WITHDRAWN, CaseStatus.MEDIATING),
            (CaseStatus.ACCEPTED, CaseStatus.ACCEPTED),
        ],
    )
    def test_forbidden(self, current: CaseStatus, new: CaseStatus) -> None:
        with pytest.raises(Conflict):
            check_transition(current, new)

    def test_referral_names_the_next_unit(self) -> None:
        with pytest.raises(BadInput, match="哪个单位"):
            check_requirements(CaseStatus.REFERRED, reason_code=None, next_organisation=None)

    @pytest.mark.parametrize("code", [None, "", "因为忙", "not_mediable"])
    def test_return_needs_a_coded_reason(self, code: str | None) -> None:
        with pytest.raises(BadInput, match="退回必须选一个原因"):
            check_requirements(CaseStatus.RETURNED, reason_code=code, next_organisation=None)

    def test_reasons_are_accepted(self) -> None:
        for code in RETURN_REASONS:
            check_requirements(CaseStatus.RETURNED, reason_code=code, next_organisation=None)
        for code in REJECTION_REASONS:
            check_requirements(CaseStatus.REJECTED, reason_code=code, next_organisation=None)


class TestWriting:
    def test_number(self) -> None:
        assert case_number("KLMY", datetime(2026, 11, 26, 17, tzinfo=UTC).astimezone(BEIJING).date(), 123) == "KLMY-20261127-000123"

    def test_tracking_codes_differ_and_cannot_be_misread(self) -> None:
        codes = {new_tracking_code() for _ in range(2000)}
        assert len(codes) == 2000
        assert all(len(code) == 8 and set(code) <= set(TRACKING_ALPHABET) for code in codes)
        assert not set("01ILO") & set(TRACKING_ALPHABET)

    @pytest.mark.parametrize("typed", ["abcd2345", " ABCD 2345 ", "ABCD-2345", "ａｂｃｄ２３４５", "abcd_23 45"])
    def test_typed_codes_are_forgiven(self, typed: str) -> None:
        assert clean_tracking_code(typed) == "ABCD2345"

    @pytest.mark.parametrize(
        ("phone", "masked"), [("13899012345", "138****2345"), ("09906234567", "099****4567"), ("110", "***"), (None, None), ("", "")]
    )
    def test_phones_are_masked(self, phone: str | None, masked: str | None) -> None:
        assert mask_phone(phone) == masked

    @pytest.mark.parametrize(("name", "masked"), [("王建国", "王**"), ("阿依古丽·买买提", "阿***"), ("李", "李*"), (None, None)])
    def test_names_are_masked(self, name: str | None, masked: str | None) -> None:
        assert mask_name(name) == masked

    @pytest.mark.parametrize("text", ["电话13899012345", "电话138 9901 2345，急", "卡号6222-0001-2345-6789", "身份证650203199001011234"])
    def test_numbers_inside_words_are_masked(self, text: str) -> None:
        assert "****" in mask_numbers(text)
        assert "2345" not in mask_numbers(text)

    def test_amounts_and_dates_stay(self) -> None:
        assert mask_numbers("2026年欠我32000元") == "2026年欠我32000元"
