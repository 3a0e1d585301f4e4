from tests.desk import browser, person, supervisor, today

__all__ = ["browser", "person", "supervisor", "today"]
