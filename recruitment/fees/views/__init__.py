"""Pages of fees: the admin's, the cadre's, and the county's answers to waivers."""

from recruitment.fees import facts
from recruitment.fees.views import bank, cadre, payments, plan, waivers
from recruitment.fees.views.base import blueprint

__all__ = ["bank", "blueprint", "cadre", "facts", "payments", "plan", "waivers"]
