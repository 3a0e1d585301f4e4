"""How a point in time is said."""

from datetime import UTC, datetime

from flask import Flask

from recruitment.wording import deadline, moment


def test_the_midnight_that_ends_a_day_is_said_as_of_that_day(app: Flask) -> None:
    midnight, eight = datetime(2026, 7, 26, 16, tzinfo=UTC), datetime(2026, 7, 27, 0, tzinfo=UTC)
    with app.test_request_context():
        assert moment(midnight) == "2026年07月27日（星期一）00:00"
        assert deadline(midnight) == "2026年07月26日（星期日）24:00"
        assert deadline(eight) == moment(eight) == "2026年07月27日（星期一）08:00"
