from tests.desk import browser, counted, person, supervisor, today

__all__ = ["browser", "counted", "person", "supervisor", "today"]
