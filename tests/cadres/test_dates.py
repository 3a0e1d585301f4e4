"""A day typed on a telephone is understood, or answered in words."""

from contextlib import suppress
from datetime import date

import pytest
from flask.ctx import AppContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from recruitment.cadres.dates import DayError, read_day

pytestmark = pytest.mark.usefixtures("app_context")


@pytest.mark.parametrize(
    "typed",
    [
        ("2019", "3", "5"),
        ("2019", "03", "05"),
        ("２０１９", "３", "５"),
        ("2019年", "3月", "5日"),
        (" 2019 ", "3 月", "5号"),
        ("2019-3-5", "", ""),
        ("2019.03.05", "", ""),
        ("2019/3/5", "", ""),
        ("2019年3月5日", "", ""),
        ("２０１９年３月５日", "", ""),
        ("20190305", "", ""),
    ],
)
def test_one_day_in_many_spellings(typed: tuple[str, str, str]) -> None:
    assert read_day(*typed) == date(2019, 3, 5)


def test_nothing_typed_is_no_day() -> None:
    assert read_day("", " ", "　") is None


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        (("2023", "2", "29"), "2023年2月只有28天，没有29日。"),
        (("2023", "2", "30"), "2月没有30日，请填1到28。"),
        (("2024", "2", "30"), "2月没有30日，请填1到29。"),
        (("2023", "4", "31"), "4月没有31日，请填1到30。"),
        (("2023", "4", "0"), "4月没有0日，请填1到30。"),
        (("2023", "13", "1"), "没有13月，月份请填1到12。"),
        (("2023-13-1", "", ""), "没有13月，月份请填1到12。"),
        (("20230230", "", ""), "2月没有30日，请填1到28。"),
        (("98", "3", "5"), "年份请写四位数，例如1998。"),
        (("1066", "3", "5"), "没有1066年这样的日期，请核对年份。"),
        (("2019", "", ""), "请补上月、日。"),
        (("2019", "3", ""), "请补上日。"),
        (("", "3", "5"), "请补上年。"),
        (("2019", "三", "5"), "“三”看不懂。请只填数字，例如2019年3月5日。"),
        (("前年春天", "", ""), "“前年春天”看不懂。请只填数字，例如2019年3月5日。"),
        (("2019", "3", "-5"), "“-5”看不懂。请只填数字，例如2019年3月5日。"),
        (("2019", "3", "٣"), "“٣”看不懂。请只填数字，例如2019年3月5日。"),
    ],
)
def test_what_is_no_day_is_answered_in_words(typed: tuple[str, str, str], words: str) -> None:
    with pytest.raises(DayError) as error:
        read_day(*typed)
    assert str(error.value) == words


@given(st.dates(date(1900, 1, 1), date(2100, 12, 31)))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50, deadline=None)
def test_every_day_is_read_back(app_context: AppContext, day: date) -> None:
    assert read_day(str(day.year), str(day.month), str(day.day)) == day
    assert read_day(day.isoformat(), "", "") == day
    assert read_day(f"{day:%Y%m%d}", "", "") == day


@given(st.text(max_size=12), st.text(max_size=4), st.text(max_size=4))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=100, deadline=None)
def test_anything_typed_is_a_day_or_words(app_context: AppContext, year: str, month: str, day: str) -> None:
    with suppress(DayError):
        found = read_day(year, month, day)
        assert found is None or found.year >= 1900
