"""Pages of fees: the admin's, the cadre's, and the county's answers to waivers."""

from recruitment.fees import facts
from recruitment.fees.imports import BANK
from recruitment.fees.views import cadre, payments, plan, waivers
from recruitment.fees.views.base import blueprint
from recruitment.lists.pages import register

register(blueprint, BANK)

__all__ = ["blueprint", "cadre", "facts", "payments", "plan", "waivers"]
