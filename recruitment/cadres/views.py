"""Pages of ``cadres``."""

from flask import Blueprint

blueprint = Blueprint("cadres", __name__)
