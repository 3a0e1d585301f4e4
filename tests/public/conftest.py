"""The public pages are tested in the same world as the admin's."""

from tests.desk import counted, today

__all__ = ["counted", "today"]
