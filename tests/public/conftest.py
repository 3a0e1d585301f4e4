"""The public pages are tested in the same world as the admin's."""

from tests.calls.conftest import client, counted, today

__all__ = ["client", "counted", "today"]
