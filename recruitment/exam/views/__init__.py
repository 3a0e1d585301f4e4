"""Pages of ``exam``: plan, venues, seats, paper and attendance of a call's exam."""

from recruitment.exam.views import attendance, papers, plan, seats, venues
from recruitment.exam.views.base import blueprint

__all__ = ["attendance", "blueprint", "papers", "plan", "seats", "venues"]
