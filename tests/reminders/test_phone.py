"""Nobody is told to call when nobody answers."""

from datetime import date, time

import pytest

from recruitment.calendar.working_days import WorkingDays
from recruitment.reminders.phone import last_answered, note
from tests.reminders.conftest import at

OFFICE = (time(9), time(17))


@pytest.mark.parametrize(
    ("now", "deadline", "last"),
    [
        ("2026-11-30 08:00", "2026-12-02 08:00", "2026-12-01 17:00"),  # Monday to Wednesday morning
        ("2026-11-27 18:00", "2026-11-29 20:00", None),  # from Friday evening over a weekend
        ("2026-11-27 08:00", "2026-11-30 08:00", "2026-11-27 17:00"),  # the weekend lies between
        ("2026-11-27 08:00", "2026-11-27 11:30", "2026-11-27 11:30"),  # within one morning
        ("2026-11-27 16:59", "2026-11-27 20:00", "2026-11-27 17:00"),
        ("2026-11-27 17:00", "2026-11-27 20:00", None),
        ("2026-09-30 18:00", "2026-10-07 08:00", None),  # National Day
        ("2026-10-08 08:00", "2026-10-10 20:00", "2026-10-10 17:00"),  # a Saturday worked in lieu
    ],
)
def test_the_last_moment_somebody_answers(now: str, deadline: str, last: str | None) -> None:
    assert last_answered(WorkingDays(), *OFFICE, at(now), at(deadline)) == (at(last) if last else None)


def test_the_line_says_when_or_that_nobody_answers_or_only_the_hours() -> None:
    calendar = WorkingDays({date(2026, 12, 1): False})
    said = note(calendar, *OFFICE, at("2026-11-30 08:00"), at("2026-12-02 08:00"))
    assert "最晚在2026年11月30日（星期一）17:00前打" in said
    said = note(calendar, *OFFICE, at("2026-11-28 08:00"), at("2026-11-29 20:00"))
    assert "咨询电话都没有人接" in said
    assert "请直接在网上办理" in said
    unknown = note(calendar, *OFFICE, at("2029-03-01 08:00"), at("2029-03-02 08:00"))
    assert unknown == "咨询电话工作日09:00至17:00有人接听，周末和节假日没有人接。"
